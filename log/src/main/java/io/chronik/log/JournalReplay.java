package io.chronik.log;

import io.chronik.log.Disk.DiskFile;
import io.chronik.log.JournalRound.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts what was journaled last into the logs' files again: the rounds whose files need not be synced yet, in their
/// order. Where a file has the bytes already nothing changes; a file that is gone was deleted after it was synced.
final class JournalReplay {
    private static final Logger LOG = LoggerFactory.getLogger(JournalReplay.class);

    private final Disk disk;
    private final DiskFile journal;
    private final boolean syncs;

    /// A whole round, and where it begins.
    private record Found(long at, JournalRound round) {}

    private record Piece(long at, int position, int bytes) {}

    private JournalReplay(Disk disk, DiskFile journal, boolean syncs) {
        this.disk = disk;
        this.journal = journal;
        this.syncs = syncs;
    }

    /// Before any log of the directory is opened. The files that were written are synced one by one, or left to a sync
    /// of the whole file system.
    static void run(Disk disk, Path path, Path partitions, boolean syncs) throws IOException {
        if (!disk.exists(path)) return;
        try (DiskFile journal = disk.open(path, false)) {
            new JournalReplay(disk, journal, syncs).replay(partitions);
        }
    }

    /// 0 when the file holds no round.
    static long lastSequence(Disk disk, Path path) throws IOException {
        try (DiskFile journal = disk.open(path, false)) {
            List<Found> rounds = new JournalReplay(disk, journal, false).rounds();
            return rounds.isEmpty() ? 0 : rounds.getLast().round.sequence();
        }
    }

    private void replay(Path partitions) throws IOException {
        Map<Path, List<Piece>> pieces = new LinkedHashMap<>();
        List<Found> rounds = needed(rounds());
        for (Found found : rounds) {
            for (Entry entry : found.round.entries()) {
                pieces.computeIfAbsent(entry.fileIn(partitions), _ -> new ArrayList<>())
                        .add(new Piece(found.at + entry.dataAt(), entry.position(), entry.bytes()));
            }
        }
        int files = 0;
        for (Map.Entry<Path, List<Piece>> ofFile : pieces.entrySet()) {
            if (!disk.exists(ofFile.getKey())) continue;
            write(ofFile.getKey(), ofFile.getValue());
            files++;
        }
        if (files > 0) {
            LOG.atInfo()
                    .addKeyValue("rounds", rounds.size())
                    .addKeyValue("files", files)
                    .log("commit journal replayed");
        }
    }

    private void write(Path path, List<Piece> pieces) throws IOException {
        try (DiskFile file = disk.open(path, false)) {
            for (Piece piece : pieces) {
                ByteBuffer bytes = ByteBuffer.allocate(piece.bytes);
                if (journal.read(bytes, piece.at) < piece.bytes) throw new IOException("journal became shorter");
                file.write(bytes.flip(), piece.position);
            }
            if (syncs) file.sync();
        }
    }

    /// Ascending by sequence.
    private List<Found> rounds() throws IOException {
        List<Found> rounds = new ArrayList<>();
        long end = journal.size() - JournalRound.PAGE_BYTES;
        for (long at = 0; at <= end; ) {
            Optional<JournalRound> round = roundAt(at);
            if (round.isPresent()) rounds.add(new Found(at, round.get()));
            at += round.map(JournalRound::sizeBytes).orElse(JournalRound.PAGE_BYTES);
        }
        rounds.sort(Comparator.comparingLong(found -> found.round.sequence()));
        return rounds;
    }

    private Optional<JournalRound> roundAt(long at) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(JournalRound.PAGE_BYTES);
        var _ = journal.read(page, at);
        int claimed = JournalRound.claimedBytes(page.flip());
        if (claimed == 0 || at + claimed > journal.size() || claimed > 2 * CommitJournal.MAX_ROUND_BYTES) {
            return Optional.empty();
        }
        ByteBuffer whole = ByteBuffer.allocate(claimed);
        var _ = journal.read(whole, at);
        return JournalRound.parse(whole.flip());
    }

    /// Those that the newest round says are needed. What else is there is left from a turn before: the reset behind it
    /// may be overwritten already.
    private static List<Found> needed(List<Found> rounds) {
        if (rounds.isEmpty()) return rounds;
        JournalRound newest = rounds.getLast().round;
        List<Found> needed = rounds.stream()
                .filter(found -> found.round.session() == newest.session())
                .filter(found -> found.round.sequence() >= newest.neededFrom())
                .toList();
        long missing = newest.sequence() - newest.neededFrom() + 1 - needed.size();
        if (missing > 0) {
            LOG.atError()
                    .addKeyValue("missing", missing)
                    .addKeyValue("from", newest.neededFrom())
                    .addKeyValue("to", newest.sequence())
                    .log("commit journal damaged: what the missing rounds held may be lost");
        }
        return needed;
    }
}
