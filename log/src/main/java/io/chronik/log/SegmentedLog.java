package io.chronik.log;

import io.chronik.base.Invariant;
import io.chronik.log.AppendResult.Appended;
import io.chronik.log.AppendResult.Rejected;
import io.chronik.log.Disk.DiskFile;
import io.chronik.log.LogSettings.Durability;
import io.chronik.log.LogState.Tail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A log as a run of segment files, of which only the last grows. Owned by the partition's lane; what other threads
/// see is the [LogState] published after each change. It has no open file while nothing happens to it.
final class SegmentedLog implements PartitionLog {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentedLog.class);
    private static final long CHECKPOINT_INTERVAL_MS = 60_000;
    private static final long MIN_CHECKPOINT_BYTES = 1 << 20;

    private final TopicIdPartition id;
    private final LogServices services;
    private final PartitionDirectory directory;
    private final SmallFiles smallFiles;
    private final SegmentIndexes indexes;
    private final CheckpointWriter checkpoints;
    private final ProducerStates producers;
    private final EarlierProducers earlierProducers = new EarlierProducers();
    private final Damage damage;
    private final UnreadPages unread = new UnreadPages();
    private final Consumer<PartitionLog> onClosed;
    private LogSettings settings;

    /// Ascending, immutable; replaced when one is added or removed.
    private List<Segment> segments;

    /// The last segment is complete; the next append begins another.
    private boolean rolled;

    private final UnsyncedFiles unsynced = new UnsyncedFiles();
    private final DurableMark mark;
    private long sealedBytes;
    private long startOffset;
    private long endOffset;
    private EpochHistory epochs;

    /// Everything below was synced.
    private volatile long syncedEndOffset;

    /// Counts truncations.
    private long generation;

    /// Counts what takes segments away or replaces them: truncations, compactions, retention.
    private long layout;

    private @Nullable SegmentCompaction compaction;

    /// Below it the log has been compacted.
    private long cleanEndOffset;

    private long writtenBytes;
    private boolean admitsFormerProducers;
    private @Nullable Throwable failed;

    private CheckpointWriter.@Nullable Image pendingCheckpoint;
    private long checkpointedPoint;
    private long checkpointedBytes;
    private long checkpointedMs;
    private long lastAppendMs;

    private volatile LogState view;

    SegmentedLog(
            TopicIdPartition id,
            LogServices services,
            PartitionDirectory directory,
            SegmentIndexes indexes,
            LogSettings settings,
            Recovered recovered,
            Consumer<PartitionLog> onClosed) {
        this.id = id;
        this.onClosed = onClosed;
        this.services = services;
        this.directory = directory;
        this.smallFiles = new SmallFiles(services.disk(), directory);
        this.indexes = indexes;
        this.checkpoints = new CheckpointWriter(services, directory);
        this.settings = settings;
        this.producers = recovered.producers();
        earlierProducers.add(new ProducerSnapshot(recovered.endOffset(), producers.snapshot()));
        this.damage = recovered.damage();
        this.segments = recovered.segments();
        this.rolled = recovered.rolled();
        this.startOffset = recovered.startOffset();
        this.endOffset = recovered.endOffset();
        this.syncedEndOffset = endOffset;
        this.epochs = recovered.epochs();
        this.checkpointedPoint = recovered.recoveryPoint();
        this.cleanEndOffset = recovered.cleanEndOffset();
        this.sealedBytes = sumOfSealed();
        this.view = state();
        this.mark = new DurableMark(newest(view));
    }

    /// What recovery found.
    record Recovered(
            List<Segment> segments,
            boolean rolled,
            long startOffset,
            long endOffset,
            long recoveryPoint,
            long cleanEndOffset,
            EpochHistory epochs,
            ProducerStates producers,
            Damage damage) {
        Recovered {
            segments = List.copyOf(segments);
        }
    }

    @Override
    public TopicIdPartition id() {
        return id;
    }

    @Override
    public LogView view() {
        return view;
    }

    @Override
    public AppendResult appendAsLeader(MemoryRecords records, int leaderEpoch, Origin origin, long nowMs) {
        checkWritable();
        return switch (origin) {
            case CLIENT -> appendFromClient(records.buffer(), leaderEpoch, nowMs);
            case COORDINATOR -> appendFromCoordinator(records.buffer(), leaderEpoch, nowMs);
        };
    }

    private AppendResult appendFromClient(ByteBuffer records, int leaderEpoch, long nowMs) {
        return switch (BatchValidator.validate(records, settings, nowMs)) {
            case BatchValidator.Verdict.Refused(Rejected answer) -> answer;
            case BatchValidator.Verdict.Accepted(ByteBuffer batch, long logAppendTimeMs) -> {
                int at = batch.position();
                Optional<AppendResult> answer =
                        producers.check(batch, at, isLogAppendTime(), () -> knowsAllProducers(nowMs));
                if (answer.isPresent()) yield answer.get();
                long baseOffset = endOffset;
                BatchHeader.assign(batch, at, baseOffset, leaderEpoch);
                write(batch, nowMs);
                yield new Appended(baseOffset, endOffset - 1, logAppendTimeMs);
            }
        };
    }

    /// Of all producers that can have more than a first batch to append the state is known: nothing was removed, the
    /// log is so young that none of them has expired, and none comes from another log.
    private boolean knowsAllProducers(long nowMs) {
        if (admitsFormerProducers) return false;
        if (startOffset > 0 || cleanEndOffset > 0 || !damage.ranges().isEmpty() || !producers.areFew()) return false;
        return segments.isEmpty()
                || nowMs - segments.getFirst().createdMs() < services.options().producerIdExpirationMs();
    }

    private AppendResult appendFromCoordinator(ByteBuffer records, int leaderEpoch, long nowMs) {
        long baseOffset = endOffset;
        long nextOffset = baseOffset;
        for (int at = records.position(); at < records.limit(); at += (int) BatchHeader.sizeBytes(records, at)) {
            Invariant.check(isWhole(records, at), "not a whole v2 batch");
            long size = BatchHeader.sizeBytes(records, at);
            if (size > settings.maxMessageBytes()) {
                return new Rejected(Errors.MESSAGE_TOO_LARGE, "batch of " + size + " bytes");
            }
            BatchHeader.assign(records, at, nextOffset, leaderEpoch);
            if (isLogAppendTime()) BatchHeader.stamp(records, at, true, nowMs);
            nextOffset = BatchHeader.lastOffset(records, at) + 1;
        }
        if (nextOffset == baseOffset) return new Rejected(Errors.INVALID_RECORD, "no record batch");
        write(records, nowMs);
        return new Appended(baseOffset, endOffset - 1, isLogAppendTime() ? nowMs : RecordBatch.NO_TIMESTAMP);
    }

    private boolean isLogAppendTime() {
        return settings.timestampType() == TimestampType.LOG_APPEND_TIME;
    }

    @Override
    public FollowerAppend appendAsFollower(MemoryRecords records, long nowMs) {
        checkWritable();
        // An epoch that began here without a record is not part of what the leader has.
        epochs = epochs.before(endOffset);
        ByteBuffer batches = records.buffer();
        boolean inside = beginsInside(batches);
        long expected = inside ? BatchHeader.baseOffset(batches, batches.position()) : endOffset;
        Optional<String> wrong = whyNotNext(batches, expected);
        if (wrong.isPresent()) return new FollowerAppend.Refused(wrong.get());
        long firstToRead = startOffset;
        if (inside) restartAt(expected);
        if (batches.hasRemaining()) write(batches, nowMs);
        if (inside) advanceStartOffset(firstToRead);
        return new FollowerAppend.Appended(endOffset);
    }

    /// The log is empty and begins inside the first batch: the start offset is a record's, and batches stay whole.
    private boolean beginsInside(ByteBuffer batches) {
        int at = batches.position();
        return startOffset == endOffset
                && batches.remaining() >= BatchHeader.SIZE
                && BatchHeader.baseOffset(batches, at) < endOffset
                && BatchHeader.lastOffset(batches, at) >= endOffset;
    }

    /// What keeps `batches` from being what the log goes on with.
    private Optional<String> whyNotNext(ByteBuffer batches, long from) {
        long expected = from;
        int epoch = epochs.lastEpoch();
        for (int at = batches.position(); at < batches.limit(); at += (int) BatchHeader.sizeBytes(batches, at)) {
            if (!isWhole(batches, at)) return Optional.of("not a whole v2 batch behind offset " + expected);
            if (!BatchHeader.hasValidCrc(batches, at)) return Optional.of("a wrong checksum behind offset " + expected);
            long baseOffset = BatchHeader.baseOffset(batches, at);
            long lastOffset = BatchHeader.lastOffset(batches, at);
            if (baseOffset < expected || lastOffset < baseOffset) {
                return Optional.of("offsets " + baseOffset + " to " + lastOffset + " behind offset " + expected);
            }
            int leaderEpoch = BatchHeader.leaderEpoch(batches, at);
            if (leaderEpoch < epoch) return Optional.of("epoch " + leaderEpoch + " behind epoch " + epoch);
            epoch = leaderEpoch;
            expected = lastOffset + 1;
        }
        return Optional.empty();
    }

    private static boolean isWhole(ByteBuffer batches, int at) {
        int left = batches.limit() - at;
        return left >= BatchHeader.SIZE
                && BatchHeader.isPlausible(batches, at)
                && BatchHeader.sizeBytes(batches, at) <= left;
    }

    private void checkWritable() {
        Throwable cause = failed == null ? services.failure().get() : failed;
        if (cause != null) throw new LogFailure(id + " accepts no more appends after a failure", cause, false);
    }

    /// Whole batches, with their offsets, to the end of the last segment. All of them or none become visible.
    private void write(ByteBuffer batches, long nowMs) {
        int last = lastBatch(batches);
        long lastOffset = BatchHeader.lastOffset(batches, last);
        long timestamp = BatchHeader.maxTimestamp(batches, last);
        Segment segment;
        try {
            segment = segmentFor(batches, lastOffset, timestamp, nowMs);
            unsynced.add(segment);
        } catch (IOException e) {
            throw writeFailed(e);
        }
        int position = segment.sizeBytes();
        writeAt(segment, position, batches);
        for (int at = batches.position(); at < batches.limit(); at += (int) BatchHeader.sizeBytes(batches, at)) {
            onWritten(segment, batches, at, nowMs);
        }
        writtenBytes += batches.remaining();
        lastAppendMs = nowMs;
        publish();
    }

    private static int lastBatch(ByteBuffer batches) {
        int at = batches.position();
        while (at + BatchHeader.sizeBytes(batches, at) < batches.limit())
            at += (int) BatchHeader.sizeBytes(batches, at);
        return at;
    }

    private void onWritten(Segment segment, ByteBuffer batches, int at, long nowMs) {
        long baseOffset = BatchHeader.baseOffset(batches, at);
        int position = segment.sizeBytes();
        epochs = epochs.begin(BatchHeader.leaderEpoch(batches, at), baseOffset);
        producers.onAppended(batches, at, nowMs);
        segment.file().addRecent((int) (baseOffset - segment.baseOffset()), position);
        segment.onAppended(batches, at, position, settings.indexIntervalBytes());
        endOffset = segment.nextOffset();
    }

    private void writeAt(Segment segment, int position, ByteBuffer batches) {
        try {
            DiskFile file = segment.file().acquire();
            try {
                writeOrUndo(segment, file, position, batches);
            } finally {
                segment.file().release();
            }
        } catch (IOException e) {
            throw writeFailed(e);
        }
    }

    private void writeOrUndo(Segment segment, DiskFile file, int position, ByteBuffer batches) throws IOException {
        try {
            file.write(batches.duplicate(), position);
        } catch (IOException e) {
            try {
                file.truncate(position);
                segment.file().sync(services.failure());
            } catch (IOException undo) {
                failed = undo;
                tellOfFailedSync(undo);
                e.addSuppressed(undo);
            }
            throw e;
        }
    }

    /// A full disk may have room again; after any other error nothing is known about the file.
    private LogFailure writeFailed(IOException e) {
        LogFailure failure = LogFailure.of("append to " + id + " failed", e);
        if (!failure.diskFull() && failed == null) failed = e;
        LOG.atError()
                .addKeyValue("partition", id)
                .addKeyValue("offset", endOffset)
                .addKeyValue("diskFull", failure.diskFull())
                .addKeyValue("cause", e.getMessage())
                .log("append failed");
        return failure;
    }

    private Segment segmentFor(ByteBuffer batches, long lastOffset, long timestamp, long nowMs) throws IOException {
        Segment last = lastSegment();
        if (last == null || rolled) return addSegment(nowMs);
        if (!last.isOpen()) last.open(indexes.of(last));
        if (!RollRule.rollsBefore(last, settings, batches.remaining(), lastOffset, timestamp, nowMs)) return last;
        roll(last);
        return addSegment(nowMs);
    }

    private @Nullable Segment lastSegment() {
        return segments.isEmpty() ? null : segments.getLast();
    }

    /// Completes the last segment. The next one is created by the next append.
    private void roll(Segment last) {
        if (last.isOpen()) {
            SegmentIndex complete = last.seal();
            indexes.onSealed(last, complete);
            writeIndexLater(last, complete);
        }
        rolled = true;
        last.file().forgetRecent();
        requestCheckpoint();
    }

    private void writeIndexLater(Segment segment, SegmentIndex complete) {
        SegmentIndex.Seal seal = segment.indexSeal();
        if (seal == null) return;
        services.background().execute(() -> {
            try {
                if (!segment.isDeleted()) indexes.files().write(segment.baseOffset(), complete, seal);
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("partition", id).setCause(e).log("index not written");
            }
        });
    }

    private Segment addSegment(long nowMs) throws IOException {
        directory.create();
        SegmentFile file = newFile(endOffset);
        DiskFile created = file.create();
        try {
            if (created.size() > 0) created.truncate(0);
        } finally {
            file.release();
        }
        Segment added = new Segment(endOffset, file, nowMs);
        added.open(new SegmentIndex(endOffset));
        List<Segment> next = new ArrayList<>(segments);
        next.add(added);
        segments = List.copyOf(next);
        sealedBytes = sumOfSealed();
        rolled = false;
        return added;
    }

    private long sumOfSealed() {
        long sum = 0;
        for (int i = 0; i < segments.size() - 1; i++) sum += segments.get(i).sizeBytes();
        return sum;
    }

    @Override
    public void beginEpoch(int leaderEpoch) {
        epochs = epochs.begin(leaderEpoch, endOffset);
        publish();
    }

    @Override
    public SyncTask syncTask() {
        LogState state = view;
        long synced = syncedEndOffset;
        List<Segment> dirty = new ArrayList<>(2);
        for (int i = state.indexOf(synced); i < state.segments().size() && synced < state.endOffset(); i++) {
            if (state.endPosition(i) > 0) dirty.add(state.segments().get(i));
        }
        return new LogSyncTask(
                dirty,
                directory,
                services.failure(),
                mark,
                newest(state),
                state.endOffset(),
                Math.max(0, state.writtenBytes() - mark.reached().writtenBytes()));
    }

    /// Where `state` ends.
    private static DurableMark.Reached newest(LogState state) {
        List<Segment> all = state.segments();
        long base = all.isEmpty() ? -1 : all.getLast().baseOffset();
        return new DurableMark.Reached(state.generation(), base, state.tail().endPosition(), state.writtenBytes());
    }

    @Override
    public void onSynced(SyncTask task) {
        LogSyncTask done = (LogSyncTask) task;
        if (done.end().generation() != generation || done.endOffset() <= syncedEndOffset) return;
        syncedEndOffset = done.endOffset();
        unsynced.onSynced(syncedEndOffset);
        publish();
        if (!done.segments().isEmpty()) dropUnread(done.segments().getLast());
        writeDueCheckpoint();
        if (checkpointIsDue()) requestCheckpoint();
    }

    private void dropUnread(Segment segment) {
        Optional<UnreadPages.Part> part = unread.onDurable(segment.baseOffset(), segment.fileSyncedTo());
        if (part.isEmpty()) return;
        services.background().execute(() -> {
            try {
                services.disk()
                        .dropCached(
                                segment.file().path(),
                                part.get().from(),
                                part.get().to());
            } catch (IOException e) {
                LOG.atDebug().addKeyValue("partition", id).setCause(e).log("page cache not dropped");
            }
        });
    }

    private boolean checkpointIsDue() {
        long bytes = writtenBytes - checkpointedBytes;
        return pendingCheckpoint == null
                && (bytes >= services.options().checkpointBytes()
                        || (bytes >= MIN_CHECKPOINT_BYTES && lastAppendMs - checkpointedMs >= CHECKPOINT_INTERVAL_MS));
    }

    /// Takes an image of the log as it is now; it is written when everything in it is durable.
    private void requestCheckpoint() {
        if (pendingCheckpoint != null || endOffset == checkpointedPoint) return;
        pendingCheckpoint = image();
        checkpointedBytes = writtenBytes;
        checkpointedMs = lastAppendMs;
        writeDueCheckpoint();
    }

    private void writeDueCheckpoint() {
        CheckpointWriter.Image due = pendingCheckpoint;
        if (due == null || due.checkpoint().recoveryPoint() > syncedEndOffset) return;
        pendingCheckpoint = null;
        checkpointedPoint = due.checkpoint().recoveryPoint();
        checkpoints.writeLater(due);
    }

    private CheckpointWriter.Image image() {
        List<Segment.Facts> facts = new ArrayList<>();
        for (Segment segment : segments) facts.add(segment.facts());
        Segment last = lastSegment();
        SegmentIndex index = last == null ? null : last.index();
        Optional<CheckpointWriter.GrowingIndex> growing = last == null || index == null
                ? Optional.empty()
                : Optional.of(new CheckpointWriter.GrowingIndex(
                        last.baseOffset(), index, facts.getLast().index()));
        ProducerSnapshot now = new ProducerSnapshot(endOffset, producers.snapshot());
        earlierProducers.add(now);
        Optional<ProducerSnapshot> snapshot = now.entries().isEmpty() ? Optional.empty() : Optional.of(now);
        return new CheckpointWriter.Image(
                layout,
                new LogCheckpoint(endOffset, snapshot.isPresent(), facts, damage.ranges()),
                growing,
                snapshot,
                epochs);
    }

    @Override
    public void configure(LogSettings changed) {
        boolean stricter = settings.durability() == Durability.PAGE_CACHE && changed.durability() == Durability.FSYNC;
        if (stricter) syncNow();
        settings = changed;
        indexes.configure(changed.indexIntervalBytes());
        publish();
    }

    /// On the caller's thread, for what is rare.
    private void syncNow() {
        SyncTask task = syncTask();
        try {
            task.sync();
        } catch (IOException e) {
            services.onSyncFailed().accept(e);
            throw LogFailure.of("sync of " + id + " failed", e);
        }
        onSynced(task);
    }

    @Override
    public void advanceStartOffset(long newStartOffset) {
        if (newStartOffset <= startOffset) return;
        Invariant.check(newStartOffset <= endOffset, "start %d above the end %d", newStartOffset, endOffset);
        try {
            directory.create();
            smallFiles.writeStartOffset(newStartOffset);
        } catch (IOException e) {
            tellOfFailedSync(e);
            throw LogFailure.of("start offset of " + id + " not written", e);
        }
        startOffset = newStartOffset;
        epochs = epochs.from(newStartOffset);
        damage.forgetBelow(newStartOffset);
        publish();
    }

    @Override
    public void admitFormerProducers() {
        admitsFormerProducers = true;
    }

    @Override
    public long deleteOldSegments(long highWatermark, long nowMs) {
        Segment last = lastSegment();
        if (last != null && !rolled && RollRule.rollsByAge(last, settings, nowMs)) roll(last);
        requestCheckpoint();
        // What producers did in a segment must be in a snapshot before the segment goes.
        long removable = producers.isEmpty() ? highWatermark : Math.min(highWatermark, checkpointedPoint);
        Retention retention = new Retention(settings, startOffset, removable, nowMs);
        long freed = removeOldest(retention.deletable(segments));
        producers.expire(nowMs - services.options().producerIdExpirationMs());
        if (settings.durability() == Durability.PAGE_CACHE && syncedEndOffset < endOffset) syncNow();
        return freed;
    }

    private long removeOldest(int count) {
        if (count == 0) return 0;
        List<Segment> removed = segments.subList(0, count);
        if (count == segments.size()) roll(removed.getLast());
        // Durable before a file goes: recovery must not take the hole for damage.
        advanceStartOffset(removed.getLast().nextOffset());
        segments = List.copyOf(segments.subList(count, segments.size()));
        layout++;
        sealedBytes = sumOfSealed();
        unsynced.keepOnly(segments);
        publish();
        long freed = 0;
        for (Segment segment : removed) freed += segment.sizeBytes();
        remove(removed);
        LOG.atInfo()
                .addKeyValue("partition", id)
                .addKeyValue("segments", count)
                .addKeyValue("bytes", freed)
                .addKeyValue("startOffset", startOffset)
                .log("old segments deleted");
        return freed;
    }

    private void remove(List<Segment> removed) {
        for (Segment segment : removed) {
            segment.onDeleted();
            indexes.onRemoved(segment);
            services.background().execute(() -> unlink(segment));
        }
    }

    private void unlink(Segment segment) {
        try {
            deleteFiles(segment);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("partition", id).setCause(e).log("segment not deleted");
        }
    }

    private void deleteFiles(Segment segment) throws IOException {
        segment.file().onReplaced();
        services.disk().delete(segment.file().path());
        segment.file().retire();
        for (String suffix : List.of(PartitionDirectory.INDEX_SUFFIX, PartitionDirectory.TIME_INDEX_SUFFIX)) {
            services.disk().delete(directory.file(segment.baseOffset(), suffix));
        }
    }

    @Override
    public Optional<Compaction> prepareCompaction(long highWatermark, long nowMs) {
        if (!settings.compactEnabled()
                || compaction != null
                || segments.isEmpty()
                || !damage.ranges().isEmpty()) {
            return Optional.empty();
        }
        Segment last = segments.getLast();
        if (!rolled && RollRule.rollsByAge(last, settings, nowMs)) roll(last);
        List<Segment> sealed = rolled ? segments : segments.subList(0, segments.size() - 1);
        CompactionRule rule = new CompactionRule(
                settings, Math.min(highWatermark, syncedEndOffset), Math.max(cleanEndOffset, startOffset), nowMs);
        List<Segment> cleanable = rule.cleanable(sealed);
        if (!rule.isDue(cleanable)) return Optional.empty();
        SegmentCompaction prepared = new SegmentCompaction(
                services.disk(),
                directory,
                cleanable,
                settings,
                rule.firstDirtyOffset(),
                producers.lastOffsets(),
                nowMs,
                SegmentCompaction.MAX_KEYS);
        compaction = prepared;
        return Optional.of(prepared);
    }

    @Override
    public long completeCompaction(Compaction done) {
        Invariant.check(done == compaction, "not the compaction that was prepared");
        SegmentCompaction finished = (SegmentCompaction) done;
        compaction = null;
        Optional<CompactionSwap> swap = finished.result();
        int count = finished.sources().size();
        boolean sourcesAreThere =
                segments.size() >= count && segments.subList(0, count).equals(finished.sources());
        if (swap.isEmpty() || !sourcesAreThere || failed != null) {
            services.background().execute(() -> finished.discard());
            return 0;
        }
        try {
            return replace(finished.sources(), swap.get());
        } catch (IOException e) {
            throw broken("compaction of " + id, e);
        }
    }

    private long replace(List<Segment> sources, CompactionSwap swap) throws IOException {
        layout++;
        pendingCheckpoint = null;
        services.journal().forget(mark);
        checkpoints.restart(layout);
        swap.decide(services.disk(), directory);
        for (Segment source : sources) {
            source.onDeleted();
            indexes.onRemoved(source);
            source.file().onReplaced();
        }
        List<Path> old = swap.apply(services.disk(), directory);
        List<Segment> next = new ArrayList<>();
        for (Segment.Facts facts : swap.outputs()) next.add(Segment.of(facts, newFile(facts.baseOffset())));
        next.addAll(segments.subList(sources.size(), segments.size()));
        segments = List.copyOf(next);
        unsynced.keepOnly(segments);
        sealedBytes = sumOfSealed();
        cleanEndOffset = swap.cleanEndOffset();
        publish();
        forgetSwap(swap);
        services.background().execute(() -> unlinkReplaced(sources, old));
        long saved = sizeOf(sources)
                - swap.outputs().stream().mapToLong(Segment.Facts::sizeBytes).sum();
        LOG.atInfo()
                .addKeyValue("partition", id)
                .addKeyValue("segments", sources.size())
                .addKeyValue("savedBytes", saved)
                .addKeyValue("cleanEndOffset", cleanEndOffset)
                .log("log compacted");
        return saved;
    }

    /// The checkpoint must know the new segments before the list of the swap goes.
    private void forgetSwap(CompactionSwap swap) throws IOException {
        smallFiles.writeCleanEnd(cleanEndOffset);
        smallFiles.writeEpochs(epochs.before(swap.sourcesEndOffset()), CheckpointFile.Sync.BEFORE_RENAME);
        swap.checkpointAfter(Optional.empty()).write(services.disk(), directory, CheckpointFile.Sync.BEFORE_RENAME);
        directory.sync();
        services.disk().delete(directory.file(CompactionSwap.FILE));
        checkpointedPoint = swap.sourcesEndOffset();
    }

    private void unlinkReplaced(List<Segment> sources, List<Path> old) {
        try {
            for (Segment source : sources) source.file().retire();
            for (Path path : old) services.disk().delete(path);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("partition", id).setCause(e).log("replaced segment not deleted");
        }
    }

    private static long sizeOf(List<Segment> some) {
        return some.stream().mapToLong(Segment::sizeBytes).sum();
    }

    private SegmentFile newFile(long baseOffset) {
        return new SegmentFile(services.openFiles(), directory.file(baseOffset, PartitionDirectory.LOG_SUFFIX));
    }

    @Override
    public void truncateTo(long newEndOffset) {
        if (newEndOffset >= endOffset) return;
        LOG.atInfo()
                .addKeyValue("partition", id)
                .addKeyValue("fromOffset", newEndOffset)
                .addKeyValue("endOffset", endOffset)
                .log("log truncated");
        try {
            truncate(newEndOffset);
        } catch (IOException | LogDamaged e) {
            throw broken("truncation of " + id + " failed", e);
        }
    }

    private void truncate(long newEndOffset) throws IOException {
        beforeCut();
        List<Segment> kept = new ArrayList<>(segments);
        // The newest first: a crash must not leave a log that begins behind what was cut.
        while (!kept.isEmpty() && kept.getLast().baseOffset() >= newEndOffset) {
            Segment segment = kept.removeLast();
            segment.onDeleted();
            indexes.onRemoved(segment);
            deleteFiles(segment);
        }
        endOffset = newEndOffset;
        if (!kept.isEmpty() && reachesBeyond(kept.getLast(), newEndOffset)) {
            kept.add(cut(kept.removeLast(), newEndOffset));
            endOffset = kept.getLast().nextOffset();
        }
        segments = List.copyOf(kept);
        unsynced.keepOnly(segments);
        rolled = !segments.isEmpty() && !segments.getLast().isOpen();
        directory.sync();
        afterTruncation();
    }

    @Override
    public void restartAt(long offset) {
        truncateTo(offset);
        LOG.atInfo()
                .addKeyValue("partition", id)
                .addKeyValue("fromOffset", endOffset)
                .addKeyValue("toOffset", offset)
                .log("log begins anew");
        try {
            beginAnew(offset);
        } catch (IOException e) {
            throw broken("new beginning of " + id + " failed", e);
        }
    }

    /// Nobody knows what the files hold now.
    private LogFailure broken(String what, Exception cause) {
        failed = cause;
        tellOfFailedSync(cause);
        return LogFailure.of(what, cause);
    }

    /// Outside of the syncer's rounds nobody else would: the caller sees a log that refuses, and tries again.
    private void tellOfFailedSync(Exception cause) {
        if (!(cause instanceof FailedSync)) return;
        services.failure().compareAndSet(null, cause);
        services.onSyncFailed().accept(cause);
    }

    /// At or above the end. The start offset goes first: with it recovery takes what is below for deleted.
    private void beginAnew(long offset) throws IOException {
        beforeCut();
        directory.create();
        smallFiles.writeStartOffset(offset);
        for (Segment segment : segments) {
            segment.onDeleted();
            indexes.onRemoved(segment);
            unlink(segment);
        }
        segments = List.of();
        unsynced.keepOnly(segments);
        rolled = false;
        sealedBytes = 0;
        startOffset = offset;
        endOffset = offset;
        syncedEndOffset = offset;
        cleanEndOffset = offset;
        epochs = EpochHistory.EMPTY;
        producers.clear();
        earlierProducers.clear();
        directory.sync();
        publish();
        damage.forgetBelow(Long.MAX_VALUE);
    }

    /// Nothing that is known of the log outside its segments may be believed after a crash.
    private void beforeCut() throws IOException {
        generation++;
        mark.onTruncation(generation);
        services.journal().forget(mark);
        pendingCheckpoint = null;
        layout++;
        checkpoints.invalidate(layout);
        checkpointedPoint = 0;
    }

    private boolean reachesBeyond(Segment segment, long newEndOffset) {
        int size = segment.sizeBytes();
        return segment.nextOffset() > newEndOffset
                || damage.cutPosition(segment.baseOffset(), newEndOffset, size) < size;
    }

    /// The same file, cut before the batch that holds `newEndOffset`; durable.
    private Segment cut(Segment segment, long newEndOffset) throws IOException {
        int position;
        try (SegmentReader reader = new SegmentReader(segment, segment.sizeBytes(), damage.ranges())) {
            position = damage.cutPosition(segment.baseOffset(), newEndOffset, reader.find(newEndOffset, 0));
            reader.file().truncate(position);
            segment.file().sync(services.failure());
        }
        indexes.onRemoved(segment);
        Segment shorter = new Segment(segment.baseOffset(), segment.file(), segment.createdMs());
        shorter.open(new SegmentIndex(segment.baseOffset()));
        shorter.onNameDurable();
        indexes.replay(segment, shorter, position);
        return shorter;
    }

    private void afterTruncation() throws IOException {
        damage.forgetFrom(endOffset);
        if (startOffset > endOffset) {
            smallFiles.writeStartOffset(endOffset);
            startOffset = endOffset;
        }
        sealedBytes = sumOfSealed();
        if (!segments.isEmpty()) segments.getLast().file().forgetRecent();
        epochs = epochs.before(endOffset);
        syncedEndOffset = Math.min(syncedEndOffset, endOffset);
        cleanEndOffset = Math.min(cleanEndOffset, endOffset);
        rebuildProducers();
        publish();
        damage.forgetFrom(endOffset);
        requestCheckpoint();
    }

    /// From the newest of the states that are known from before the cut, and the batches since then.
    private void rebuildProducers() throws IOException {
        ProducerSnapshot before = earlierProducers.upTo(endOffset);
        if (producers.isEmpty() && before.entries().isEmpty()) return;
        producers.clear();
        before.entries().forEach(producers::put);
        new HeaderReplay(segments, indexes, damage).run(before.offset(), (buffer, at) -> {
            boolean since = BatchHeader.baseOffset(buffer, at) >= before.offset();
            if (since) producers.onAppended(buffer, at, lastAppendMs);
        });
    }

    @Override
    public void close() {
        if (syncedEndOffset < endOffset && services.failure().get() == null && failed == null) syncNow();
        unsynced.releaseAll();
        mark.onTruncation(++generation);
        forgetJournaled();
        if (syncedEndOffset == endOffset && checkpointedPoint != endOffset) {
            checkpoints.onClosed(image());
        }
        checkpoints.stop();
        retireFiles();
        onClosed.accept(this);
    }

    /// Whoever opens the log after this may cut it.
    private void forgetJournaled() {
        try {
            services.journal().forget(mark);
        } catch (IOException e) {
            services.onSyncFailed().accept(e);
            throw LogFailure.of("sync of " + id + " failed", e);
        }
    }

    private void retireFiles() {
        for (Segment segment : segments) {
            segment.file().retire();
            indexes.onRemoved(segment);
        }
    }

    @Override
    public void delete() {
        mark.onTruncation(++generation);
        forgetJournaled();
        unsynced.releaseAll();
        checkpoints.stop();
        for (Segment segment : segments) segment.onDeleted();
        retireFiles();
        failed = new IllegalStateException("deleted");
        onClosed.accept(this);
        try {
            // The partition may come back, as an empty one.
            services.closedLogs().forget();
            directory.deleteLater(services.background());
        } catch (IOException e) {
            throw LogFailure.of("deletion of " + id, e);
        }
    }

    private void publish() {
        view = state();
    }

    private LogState state() {
        Segment last = lastSegment();
        Tail tail = last == null
                ? new Tail(0, RecordBatch.NO_TIMESTAMP, -1, 0)
                : new Tail(last.sizeBytes(), last.maxTimestamp(), last.maxTimestampOffset(), sealedBytes);
        return new LogState(
                () -> view,
                indexes,
                damage,
                producers,
                unread,
                segments,
                tail,
                startOffset,
                endOffset,
                settings.durability() == Durability.PAGE_CACHE ? endOffset : syncedEndOffset,
                epochs,
                generation,
                layout,
                writtenBytes);
    }
}
