package io.chronik.log;

import io.chronik.log.Segment.Facts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where recovery may begin: everything below the recovery point was durable when this was written. The last
/// segment's facts reach up to the recovery point, not further. `producersKept` tells whether a producer snapshot
/// belongs to it.
record LogCheckpoint(long recoveryPoint, boolean producersKept, List<Facts> segments, List<DamagedRange> damage) {
    static final String FILE = "recovery-point-checkpoint";

    /// The one of a clean stop that [ClosedLogs] did not take. It is not synced: it must not put a durable one at risk.
    static final String UNSYNCED_FILE = "recovery-point-checkpoint.closed";

    private static final String VERSION = "version 1";

    LogCheckpoint {
        segments = List.copyOf(segments);
        damage = List.copyOf(damage);
    }

    void write(Disk disk, PartitionDirectory directory, CheckpointFile.Sync sync) throws IOException {
        List<String> lines = lines();
        lines.addFirst(VERSION);
        boolean synced = sync == CheckpointFile.Sync.BEFORE_RENAME;
        new CheckpointFile(disk, directory.file(synced ? FILE : UNSYNCED_FILE)).write(lines, sync);
        if (synced) disk.delete(directory.file(UNSYNCED_FILE));
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("recoveryPoint " + recoveryPoint + " " + producersKept);
        for (Facts facts : segments) lines.add(line(facts));
        for (DamagedRange range : damage) lines.add(line(range));
        return lines;
    }

    static String line(Facts facts) {
        SegmentIndex.Seal index = facts.index();
        return words(
                "segment",
                facts.baseOffset(),
                facts.sizeBytes(),
                facts.nextOffset(),
                facts.createdMs(),
                facts.firstTimestamp(),
                facts.maxTimestamp(),
                facts.maxTimestampOffset(),
                index.offsetEntries(),
                index.offsetCrc(),
                index.timeEntries(),
                index.timeCrc());
    }

    private static String line(DamagedRange range) {
        return words(
                "damage",
                range.segmentBaseOffset(),
                range.fromPosition(),
                range.toPosition(),
                range.fromOffset(),
                range.toOffset());
    }

    private static String words(String kind, long... values) {
        StringBuilder line = new StringBuilder(kind);
        for (long value : values) line.append(' ').append(value);
        return line.toString();
    }

    /// The one that knows most.
    static Optional<LogCheckpoint> read(Disk disk, PartitionDirectory directory) throws IOException {
        Optional<LogCheckpoint> synced = read(disk, directory, FILE);
        Optional<LogCheckpoint> unsynced = read(disk, directory, UNSYNCED_FILE);
        if (synced.isEmpty() || unsynced.isEmpty()) return unsynced.or(() -> synced);
        return unsynced.get().recoveryPoint >= synced.get().recoveryPoint ? unsynced : synced;
    }

    private static Optional<LogCheckpoint> read(Disk disk, PartitionDirectory directory, String name)
            throws IOException {
        Optional<List<String>> lines = new CheckpointFile(disk, directory.file(name)).read();
        if (lines.isEmpty() || !lines.get().getFirst().equals(VERSION)) return Optional.empty();
        return Optional.of(parse(lines.get().subList(1, lines.get().size())));
    }

    static LogCheckpoint parse(List<String> lines) {
        String[] head = lines.getFirst().split(" ", -1);
        List<Facts> segments = new ArrayList<>();
        List<DamagedRange> damage = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("segment")) segments.add(facts(words));
            else damage.add(damagedRange(words));
        }
        return new LogCheckpoint(Long.parseLong(head[1]), Boolean.parseBoolean(head[2]), segments, damage);
    }

    static Facts facts(String[] words) {
        return new Facts(
                Long.parseLong(words[1]),
                Integer.parseInt(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                Long.parseLong(words[5]),
                Long.parseLong(words[6]),
                Long.parseLong(words[7]),
                new SegmentIndex.Seal(
                        Integer.parseInt(words[8]),
                        Integer.parseInt(words[9]),
                        Integer.parseInt(words[10]),
                        Integer.parseInt(words[11])));
    }

    private static DamagedRange damagedRange(String[] words) {
        return new DamagedRange(
                Long.parseLong(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                Long.parseLong(words[4]),
                Long.parseLong(words[5]));
    }
}
