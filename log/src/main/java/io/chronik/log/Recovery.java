package io.chronik.log;

import io.chronik.log.Segment.Facts;
import io.chronik.log.SegmentedLog.Recovered;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens what a log left on disk. Below the recovery point of its checkpoint it believes the segments; from there
/// on it checks every batch. A torn tail is cut; damage is reported and kept. What was lost besides (indexes,
/// epochs, producers) is rebuilt. Used once, on one thread.
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /// Larger than the pieces that the page cache holds: each is forgotten as a whole or not at all.
    private static final int CACHED_PIECE_BYTES = 4 << 20;

    private static final Pattern SEGMENT_NAME = Pattern.compile("[0-9]{20}\\.log");

    private final LogServices services;
    private final PartitionDirectory directory;
    private final SegmentIndexes indexes;
    private final Damage damage;
    private final LogSettings settings;
    private final SmallFiles smallFiles;
    private final long nowMs;

    /// What is in the directory, sorted: most logs have few of the files that there may be, and asking for each takes
    /// time.
    private Set<String> names = Set.of();

    /// What a clean stop knew, when that is more than the log's own checkpoint knows.
    private @Nullable ClosedLog closed;

    private final List<Segment> segments = new ArrayList<>();
    /// Checked, and perhaps not durable yet.
    private final List<Segment> checked = new ArrayList<>();

    /// Recovery itself has changed files or names.
    private boolean changed;

    private boolean rolled;

    /// Whether compaction may have removed offsets.
    private boolean gapsAllowed;

    /// Where the last good batch of the last segment ends; before its size when something else follows.
    private int goodEnd;

    private long startOffset;
    private long expectedOffset;
    private int lastEpoch = RecordBatch.NO_PARTITION_LEADER_EPOCH;
    private long scannedBytes;

    Recovery(
            LogServices services,
            PartitionDirectory directory,
            SegmentIndexes indexes,
            Damage damage,
            LogSettings settings,
            long nowMs) {
        this.services = services;
        this.directory = directory;
        this.indexes = indexes;
        this.damage = damage;
        this.settings = settings;
        this.nowMs = nowMs;
        this.smallFiles = new SmallFiles(services.disk(), directory);
    }

    Recovered run() throws IOException {
        ProducerStates producers = new ProducerStates(services.options().maxProducersPerPartition());
        Optional<ClosedLog> ofCleanStop = services.closedLogs().take(directory.topicId(), directory.partition());
        names = new LinkedHashSet<>(directory.list());
        if (names.isEmpty() && ofCleanStop.isEmpty()) return recovered(0, EpochHistory.EMPTY, producers);
        finishSwap();
        gapsAllowed = settings.compactEnabled() || names.contains(SmallFiles.CLEAN_END);
        Optional<LogCheckpoint> own = ownCheckpoint();
        long ownPoint = own.map(LogCheckpoint::recoveryPoint).orElse(-1L);
        closed = ofCleanStop
                .filter(log -> log.checkpoint().recoveryPoint() > ownPoint)
                .orElse(null);
        Optional<LogCheckpoint> checkpoint = closed == null ? own : Optional.of(closed.checkpoint());
        List<Long> bases = segmentBases();
        startOffset = startOffset(checkpoint, bases);
        bases = dropBelowStart(bases);
        checkpoint.ifPresent(known -> known.damage().forEach(damage::report));
        expectedOffset = bases.isEmpty() ? startOffset : Math.min(bases.getFirst(), firstKnown(checkpoint));
        openSegments(checkpoint, bases);
        long recoveryPoint = checkpoint.map(LogCheckpoint::recoveryPoint).orElse(0L);
        reportMissing(Math.max(recoveryPoint, startOffset));
        damage.forgetBelow(startOffset);
        makeDurable();
        EpochHistory epochs = replay(checkpoint, producers);
        // The log's own: what only the clean stop knew is to be written again, before retention counts on it.
        return recovered(ownPoint, epochs, producers);
    }

    private Recovered recovered(long recoveryPoint, EpochHistory epochs, ProducerStates producers) throws IOException {
        long cleanEndOffset =
                names.contains(SmallFiles.CLEAN_END) ? smallFiles.readCleanEnd().orElse(0) : 0;
        return new Recovered(
                segments,
                rolled,
                startOffset,
                expectedOffset,
                recoveryPoint,
                Math.min(cleanEndOffset, expectedOffset),
                epochs,
                producers,
                damage);
    }

    /// A compaction was decided, and perhaps not finished.
    private void finishSwap() throws IOException {
        if (!names.contains(CompactionSwap.FILE)) return;
        Disk disk = services.disk();
        Optional<CompactionSwap> swap = CompactionSwap.decided(disk, directory);
        if (swap.isEmpty()) return;
        swap.get().apply(disk, directory);
        smallFiles.writeCleanEnd(swap.get().cleanEndOffset());
        // They may end below the new recovery point: rebuilt instead.
        disk.delete(directory.file(SmallFiles.LEADER_EPOCHS));
        swap.get()
                .checkpointAfter(LogCheckpoint.read(disk, directory))
                .write(disk, directory, CheckpointFile.Sync.BEFORE_RENAME);
        directory.sync();
        disk.delete(directory.file(CompactionSwap.FILE));
        names = new LinkedHashSet<>(directory.list());
    }

    private Optional<LogCheckpoint> ownCheckpoint() throws IOException {
        boolean mayBeThere = names.contains(LogCheckpoint.FILE) || names.contains(LogCheckpoint.UNSYNCED_FILE);
        return mayBeThere ? LogCheckpoint.read(services.disk(), directory) : Optional.empty();
    }

    private List<Long> segmentBases() throws IOException {
        List<Long> bases = new ArrayList<>();
        for (String name : names) {
            if (name.endsWith(".tmp") || CompactionSwap.isLeftOver(name)) {
                services.disk().delete(directory.file(name));
            } else if (SEGMENT_NAME.matcher(name).matches()) {
                bases.add(Long.parseLong(name.substring(0, 20)));
            }
        }
        return bases;
    }

    private long startOffset(Optional<LogCheckpoint> checkpoint, List<Long> bases) throws IOException {
        OptionalLong written =
                names.contains(SmallFiles.START_OFFSET) ? smallFiles.readStartOffset() : OptionalLong.empty();
        if (written.isPresent()) return written.getAsLong();
        if (checkpoint.isPresent() && !checkpoint.get().segments().isEmpty()) {
            return checkpoint.get().segments().getFirst().baseOffset();
        }
        if (!bases.isEmpty()) return bases.getFirst();
        return checkpoint.map(LogCheckpoint::recoveryPoint).orElse(0L);
    }

    /// Retention made the start offset durable, but a crash may have come before all files were gone. What the
    /// producer states still have to be read from stays until the next retention.
    private List<Long> dropBelowStart(List<Long> bases) throws IOException {
        if (bases.size() < 2) return bases;
        long needed = knownProducers().map(ProducerSnapshot::offset).orElse(0L);
        int kept = 0;
        while (kept + 1 < bases.size() && bases.get(kept + 1) <= Math.min(startOffset, needed)) kept++;
        for (long base : bases.subList(0, kept)) {
            for (String suffix : List.of(
                    PartitionDirectory.LOG_SUFFIX,
                    PartitionDirectory.INDEX_SUFFIX,
                    PartitionDirectory.TIME_INDEX_SUFFIX)) {
                services.disk().delete(directory.file(base, suffix));
            }
        }
        return bases.subList(kept, bases.size());
    }

    private long firstKnown(Optional<LogCheckpoint> checkpoint) {
        if (checkpoint.isEmpty()) return startOffset;
        for (Facts facts : checkpoint.get().segments()) {
            if (facts.nextOffset() > startOffset) return facts.baseOffset();
        }
        return Math.max(startOffset, checkpoint.get().recoveryPoint());
    }

    private void openSegments(Optional<LogCheckpoint> checkpoint, List<Long> bases) throws IOException {
        boolean neverCheckpointed = checkpoint.isEmpty() && !names.contains(LogCheckpoint.FILE);
        for (int i = 0; i < bases.size(); i++) {
            long base = bases.get(i);
            Optional<Facts> facts = checkpoint.flatMap(known -> factsOf(known, base));
            boolean beyondCheckpoint =
                    checkpoint.isPresent() && base >= checkpoint.get().recoveryPoint();
            // A damaged checkpoint was there once: gaps in the older segments are damage rather than lost writes.
            boolean mayBeUnsynced =
                    beyondCheckpoint || neverCheckpointed || (checkpoint.isEmpty() && i >= bases.size() - 2);
            if (!continuesAt(base, mayBeUnsynced)) {
                dropFrom(bases.subList(i, bases.size()), base);
                return;
            }
            boolean last = i == bases.size() - 1;
            boolean believed = facts.isPresent() && believes(facts.get(), checkpoint.get());
            boolean intact =
                    believed ? open(facts.get(), checkpoint.get(), last) : scan(base, facts, mayBeUnsynced, last);
            if (!intact && !last) {
                dropFrom(bases.subList(i + 1, bases.size()), expectedOffset);
                return;
            }
        }
    }

    private static Optional<Facts> factsOf(LogCheckpoint checkpoint, long base) {
        return checkpoint.segments().stream()
                .filter(facts -> facts.baseOffset() == base)
                .findFirst();
    }

    /// Whether the segment at `base` continues the log: offsets or bytes missing before it are reported as damage
    /// where they may not be missing. False when they are a write that a crash lost.
    private boolean continuesAt(long base, boolean mayBeUnsynced) {
        Segment last = segments.isEmpty() ? null : segments.getLast();
        boolean badTail = last != null && goodEnd < last.sizeBytes();
        if (base < expectedOffset) return false;
        if (base > expectedOffset && mayBeUnsynced && !badTail && !gapsAllowed) return false;
        if (badTail || (base > expectedOffset && !gapsAllowed)) {
            damage.report(new DamagedRange(
                    last == null ? expectedOffset : last.baseOffset(),
                    last == null ? 0 : goodEnd,
                    last == null ? 0 : last.sizeBytes(),
                    expectedOffset,
                    base));
        }
        expectedOffset = base;
        return true;
    }

    private boolean believes(Facts facts, LogCheckpoint checkpoint) throws IOException {
        long size = services.disk().size(directory.file(facts.baseOffset(), PartitionDirectory.LOG_SUFFIX));
        boolean mayHaveGrown = facts.equals(checkpoint.segments().getLast());
        return mayHaveGrown ? size >= facts.sizeBytes() : size == facts.sizeBytes();
    }

    /// A segment that the checkpoint knows; what was appended behind the recovery point is checked.
    private boolean open(Facts facts, LogCheckpoint checkpoint, boolean last) throws IOException {
        Segment segment = Segment.of(facts, newFile(facts.baseOffset()));
        segments.add(segment);
        goodEnd = facts.sizeBytes();
        expectedOffset = facts.nextOffset();
        int size = (int) services.disk().size(segment.file().path());
        if (size == facts.sizeBytes() || !facts.equals(checkpoint.segments().getLast())) return true;
        segment.open(indexes.of(segment));
        indexes.onRemoved(segment);
        return check(segment, facts.sizeBytes(), size, true, last);
    }

    /// A segment that the checkpoint does not know, or knows differently: all of it is checked.
    private boolean scan(long base, Optional<Facts> facts, boolean mayBeUnsynced, boolean last) throws IOException {
        Segment segment = new Segment(base, newFile(base), nowMs);
        segment.open(new SegmentIndex(base));
        segments.add(segment);
        long size = services.disk().size(segment.file().path());
        if (size > Integer.MAX_VALUE)
            throw new IOException("segment too large: " + segment.file().path());
        boolean intact = check(segment, 0, (int) size, mayBeUnsynced, last && facts.isEmpty());
        if (facts.isPresent() && expectedOffset < facts.get().nextOffset()) {
            reportTail(segment, facts.get().nextOffset());
        }
        if (!last && segment.isOpen()) segment.seal();
        return intact;
    }

    private SegmentFile newFile(long base) {
        return new SegmentFile(services.openFiles(), directory.file(base, PartitionDirectory.LOG_SUFFIX));
    }

    /// Checks the batches in [from, size). False when the log ends here because a crash lost what followed.
    private boolean check(Segment segment, int from, int size, boolean mayBeUnsynced, boolean last) throws IOException {
        checked.add(segment);
        scannedBytes += size - from;
        Disk.DiskFile file = segment.file().acquire();
        try {
            believeTheDiskOnly(file, from);
            BatchScanner scanner = new BatchScanner(file, size);
            SegmentScan scan = new SegmentScan(
                    segment,
                    scanner,
                    new SegmentScan.Start(from, expectedOffset, lastEpoch),
                    gapsAllowed,
                    mayBeUnsynced);
            scan.run((buffer, at, position) -> segment.onAppended(buffer, at, position, settings.indexIntervalBytes()));
            scan.damage().forEach(damage::report);
            expectedOffset = scan.expectedOffset();
            lastEpoch = scan.lastEpoch();
            return settleTail(file, scanner, scan, segment, mayBeUnsynced, last);
        } finally {
            segment.file().release();
        }
    }

    /// From here on what is read behind `from` is on the disk. After a failed sync the kernel calls the pages clean
    /// that it could not write: they can be read, and are nowhere else. So what may be dirty is written first, and
    /// then all is forgotten (ADR 0036).
    private void believeTheDiskOnly(Disk.DiskFile file, int from) throws IOException {
        if (!services.foundDurable()) file.sync();
        services.disk().dropCached(file.path(), from - from % CACHED_PIECE_BYTES, Long.MAX_VALUE);
    }

    private boolean settleTail(
            Disk.DiskFile file,
            BatchScanner scanner,
            SegmentScan scan,
            Segment segment,
            boolean mayBeUnsynced,
            boolean last)
            throws IOException {
        goodEnd = scan.position();
        if (goodEnd == scanner.end()) return true;
        boolean lost = scan.lostWrites()
                || last
                || (mayBeUnsynced && (scanner.hasZeroSector(goodEnd, scanner.end()) || scanner.isCutShort(goodEnd)));
        if (!lost) {
            segment.skipTo(scanner.end(), expectedOffset);
            return true;
        }
        LOG.atWarn()
                .addKeyValue("segment", file.path())
                .addKeyValue("fromPosition", goodEnd)
                .addKeyValue("endPosition", scanner.end())
                .addKeyValue("endOffset", expectedOffset)
                .log("torn tail cut");
        file.truncate(goodEnd);
        changed = true;
        return false;
    }

    private void dropFrom(List<Long> bases, long fromOffset) throws IOException {
        for (long base : bases) {
            var path = directory.file(base, PartitionDirectory.LOG_SUFFIX);
            LOG.atWarn()
                    .addKeyValue("segment", path)
                    .addKeyValue("endOffset", fromOffset)
                    .log("segment behind a lost write dropped");
            services.disk().rename(path, path.resolveSibling(path.getFileName() + ".dropped"));
            changed = true;
        }
    }

    private void reportTail(Segment segment, long nextOffset) {
        int size = segment.sizeBytes();
        damage.report(new DamagedRange(segment.baseOffset(), goodEnd, size, expectedOffset, nextOffset));
        segment.skipTo(size, nextOffset);
        if (segment.isOpen()) segment.seal();
        goodEnd = size;
        rolled = true;
        expectedOffset = nextOffset;
    }

    /// What was durable up to `recoveryPoint` and is not there at all.
    private void reportMissing(long recoveryPoint) {
        if (expectedOffset >= recoveryPoint) return;
        if (segments.isEmpty()) {
            if (startOffset < recoveryPoint) {
                damage.report(new DamagedRange(expectedOffset, 0, 0, expectedOffset, recoveryPoint));
            }
            expectedOffset = recoveryPoint;
            return;
        }
        reportTail(segments.getLast(), recoveryPoint);
    }

    /// The names of what was found behind the recovery point may be in memory only, and so may be what recovery has
    /// changed. It is about to be served as durable.
    private void makeDurable() throws IOException {
        if (changed) syncChecked();
        if (changed || (!services.foundDurable() && !checked.isEmpty())) directory.sync();
        for (Segment segment : checked) segment.onNameDurable();
        if (scannedBytes > 0) {
            LOG.atInfo()
                    .addKeyValue("directory", directory.path())
                    .addKeyValue("scannedBytes", scannedBytes)
                    .addKeyValue("endOffset", expectedOffset)
                    .log("log recovered");
        }
    }

    private void syncChecked() throws IOException {
        for (Segment segment : checked) {
            Disk.DiskFile file = segment.file().acquire();
            try {
                file.sync();
            } finally {
                segment.file().release();
            }
        }
    }

    /// Epochs and producers as of the recovery point, then everything behind it.
    private EpochHistory replay(Optional<LogCheckpoint> checkpoint, ProducerStates producers) throws IOException {
        Optional<ProducerSnapshot> snapshot = snapshot(checkpoint);
        Optional<EpochHistory> known = knownEpochs();
        snapshot.ifPresent(kept -> kept.entries().forEach(producers::put));
        long producersFrom = snapshot.map(ProducerSnapshot::offset).orElse(0L);
        long epochsFrom =
                known.isPresent() && checkpoint.isPresent() ? checkpoint.get().recoveryPoint() : startOffset;
        // One that began at the recovery point had no record then; what came behind it may be of an older one.
        Epochs epochs = new Epochs(known.filter(written -> checkpoint.isPresent())
                .map(written -> written.before(epochsFrom))
                .orElse(EpochHistory.EMPTY));
        long from = Math.min(producersFrom, epochsFrom);
        if (from < expectedOffset) {
            new HeaderReplay(segments, indexes, damage).run(from, (buffer, at) -> {
                epochs.onBatch(buffer, at);
                if (BatchHeader.baseOffset(buffer, at) >= producersFrom) producers.onAppended(buffer, at, nowMs);
            });
        }
        return epochs.history.before(expectedOffset).from(startOffset);
    }

    private Optional<ProducerSnapshot> snapshot(Optional<LogCheckpoint> checkpoint) throws IOException {
        if (checkpoint.isPresent() && !checkpoint.get().producersKept()) {
            return Optional.of(new ProducerSnapshot(checkpoint.get().recoveryPoint(), List.of()));
        }
        return knownProducers().filter(known -> known.offset() <= expectedOffset);
    }

    private Optional<ProducerSnapshot> knownProducers() throws IOException {
        if (closed != null) {
            return Optional.of(new ProducerSnapshot(closed.checkpoint().recoveryPoint(), closed.producers()));
        }
        if (!names.contains(ProducerSnapshot.FILE)) return Optional.empty();
        return ProducerSnapshot.read(services.disk(), directory);
    }

    private Optional<EpochHistory> knownEpochs() throws IOException {
        if (closed != null) return Optional.of(closed.epochs());
        return names.contains(SmallFiles.LEADER_EPOCHS) ? smallFiles.readEpochs() : Optional.empty();
    }

    private static final class Epochs {
        private EpochHistory history;

        Epochs(EpochHistory history) {
            this.history = history;
        }

        void onBatch(ByteBuffer buffer, int at) {
            history = history.begin(BatchHeader.leaderEpoch(buffer, at), BatchHeader.baseOffset(buffer, at));
        }
    }
}
