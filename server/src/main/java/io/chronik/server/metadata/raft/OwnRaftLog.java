package io.chronik.server.metadata.raft;

import io.chronik.log.Disk;
import io.chronik.log.LogDamaged;
import io.chronik.log.LogSettings;
import io.chronik.log.LogSlice;
import io.chronik.log.LogStoreOptions;
import io.chronik.log.LogThreads;
import io.chronik.log.LogView;
import io.chronik.log.OffsetOutOfRange;
import io.chronik.log.PartitionLog;
import io.chronik.log.PartitionLog.FollowerAppend;
import io.chronik.log.SingleLog;
import io.chronik.log.SyncTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.raft.Isolation;
import org.apache.kafka.raft.LogAppendInfo;
import org.apache.kafka.raft.LogFetchInfo;
import org.apache.kafka.raft.LogOffsetMetadata;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.raft.ValidOffsetAndEpoch;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.snapshot.RawSnapshotReader;
import org.apache.kafka.snapshot.RawSnapshotWriter;

/// The log of the metadata quorum: a [PartitionLog] alone in its directory, and snapshots of what it has come to.
///
/// The library counts a leader's entries towards the majority before it flushes them. So nobody is told of an end
/// that is not durable: whoever asks for it, or reads up to it, has it synced first. Without an append in between
/// that costs nothing.
///
/// Owned by the Raft thread, but for what concerns snapshots, and the end, which the library tells to any thread.
/// After a failed sync nothing more is appended; the node must stop.
public final class OwnRaftLog implements RaftLog {
    private static final TopicIdPartition ID =
            new TopicIdPartition(Uuid.METADATA_TOPIC_ID, Topic.CLUSTER_METADATA_TOPIC_PARTITION);

    /// The epoch of an empty log: nobody leads in it.
    private static final int NO_EPOCH = 0;

    /// No segment begins by age, so no time is needed.
    private static final long NO_TIME = 0;

    /// Of the leader epoch in a batch of version 2.
    private static final int EPOCH_OFFSET = Records.LOG_OVERHEAD;

    private static final int MAX_OPEN_FILES = 8;
    private static final int INDEX_CACHE_BYTES = 1 << 20;

    private final PartitionLog log;
    private final SnapshotFiles snapshots;
    private final LogThreads.Background background;
    private final long retentionBytes;
    private boolean dirty;
    private volatile long highWatermark;

    private OwnRaftLog(
            PartitionLog log, SnapshotFiles snapshots, LogThreads.Background background, long retentionBytes) {
        this.log = log;
        this.snapshots = snapshots;
        this.background = background;
        this.retentionBytes = retentionBytes;
        this.highWatermark = log.view().startOffset();
    }

    /// Opens the log in `directory`, recovering it first, or a new one.
    ///
    /// `segmentBytes`: size of a segment file. `retentionBytes`: of log and older snapshots together, that are
    /// kept behind the newest snapshot for peers that lag. Throws [LogDamaged] when something is missing that no
    /// snapshot holds.
    public static OwnRaftLog open(
            Disk disk, Path directory, int segmentBytes, long retentionBytes, LogThreads threads) {
        LogThreads.Background background = threads.background("metadata-log-background");
        try {
            disk.createDirectories(directory);
            SnapshotFiles snapshots = SnapshotFiles.open(disk, directory, background);
            PartitionLog log = SingleLog.open(
                    disk, directory, ID, LogSettings.keepingAll(segmentBytes), options(), NO_TIME, background);
            OwnRaftLog opened = new OwnRaftLog(log, snapshots, background, retentionBytes);
            opened.matchSnapshots(directory);
            return opened;
        } catch (IOException e) {
            background.close();
            throw new UncheckedIOException("can't open the metadata log in " + directory, e);
        } catch (RuntimeException e) {
            background.close();
            throw e;
        }
    }

    private static LogStoreOptions options() {
        return LogStoreOptions.defaults().forOneLog(MAX_OPEN_FILES, INDEX_CACHE_BYTES);
    }

    /// A crash may have come between a snapshot and what it makes superfluous.
    private void matchSnapshots(Path directory) {
        snapshots.forgetBelow(startOffset());
        truncateToLatestSnapshot();
        Optional<OffsetAndEpoch> earliest = snapshots.earliest();
        if (startOffset() > 0) {
            if (earliest.isEmpty()) {
                throw new LogDamaged("the metadata log in " + directory + " begins at " + startOffset()
                        + ", and the snapshot of what came before is missing: restore it from a backup");
            }
            // Kafka's log starts with a whole segment after a restart.
            advanceStartOffset(earliest.get().offset());
        }
        LogView view = log.view();
        if (!view.damaged()) return;
        long damageEnd = view.damage().getLast().toOffset();
        if (snapshots.latest().isEmpty() || snapshots.latest().get().offset() < damageEnd) {
            throw new LogDamaged("the metadata log in " + directory + " is damaged from offset "
                    + view.damagedFromOffset() + " to " + damageEnd + ": restore it from a backup");
        }
        deleteBefore(snapshots.latest().get());
    }

    private void advanceStartOffset(long offset) {
        log.advanceStartOffset(offset);
        highWatermark = Math.max(highWatermark, offset);
    }

    // ---- Appends ----

    @Override
    public synchronized LogAppendInfo appendAsLeader(Records records, int epoch) {
        ByteBuffer batches = batches(records);
        long baseOffset = baseOffset(batches);
        if (baseOffset != log.view().endOffset()) {
            throw new IllegalStateException("a batch at offset " + baseOffset + " for a log that ends at "
                    + log.view().endOffset());
        }
        return switch (append(batches)) {
            case FollowerAppend.Appended(long endOffset) -> new LogAppendInfo(baseOffset, endOffset - 1);
            case FollowerAppend.Refused(String why) -> throw new IllegalStateException(why);
        };
    }

    /// Bytes from a peer. The library takes a [CorruptRecordException] for a fetch that has failed; anything else
    /// would stop the node.
    @Override
    public synchronized LogAppendInfo appendAsFollower(Records records, int epoch) {
        ByteBuffer batches = upToEpoch(batches(records), epoch);
        long expected = log.view().endOffset();
        if (!batches.hasRemaining())
            throw new CorruptRecordException("no whole batch of epoch " + epoch + " or before");
        if (baseOffset(batches) != expected) {
            throw new CorruptRecordException(
                    "a batch at offset " + baseOffset(batches) + " for a log that ends at " + expected);
        }
        return switch (append(batches)) {
            case FollowerAppend.Appended(long endOffset) -> new LogAppendInfo(expected, endOffset - 1);
            case FollowerAppend.Refused(String why) -> throw new CorruptRecordException(why);
        };
    }

    private FollowerAppend append(ByteBuffer batches) {
        dirty = true;
        return log.appendAsFollower(MemoryRecords.readableRecords(batches), NO_TIME);
    }

    private static ByteBuffer batches(Records records) {
        if (records.sizeInBytes() == 0) throw new IllegalArgumentException("nothing to append");
        return ((MemoryRecords) records).buffer();
    }

    private static long baseOffset(ByteBuffer batches) {
        return batches.getLong(batches.position() + Records.OFFSET_OFFSET);
    }

    /// Without a batch that is cut short, or is of an epoch that this replica has not heard of, and what is
    /// behind it.
    private static ByteBuffer upToEpoch(ByteBuffer batches, int epoch) {
        int at = batches.position();
        while (batches.limit() - at >= DefaultRecordBatch.RECORD_BATCH_OVERHEAD) {
            int size = Records.LOG_OVERHEAD + batches.getInt(at + Records.SIZE_OFFSET);
            boolean whole = size >= DefaultRecordBatch.RECORD_BATCH_OVERHEAD && size <= batches.limit() - at;
            int batchEpoch = batches.getInt(at + EPOCH_OFFSET);
            if (!whole || batchEpoch > epoch) break;
            at += size;
        }
        return batches.limit(at);
    }

    @Override
    public synchronized void flush(boolean forceFlushActiveSegment) {
        syncIfDirty();
    }

    private void syncIfDirty() {
        if (!dirty) return;
        SyncTask task = log.syncTask();
        try {
            task.sync();
        } catch (IOException e) {
            throw new UncheckedIOException("can't sync the metadata log", e);
        }
        log.onSynced(task);
        dirty = false;
    }

    // ---- What there is ----

    @Override
    public LogFetchInfo read(long startOffset, Isolation isolation, int maxBytes) {
        long limit = switch (isolation) {
            case COMMITTED -> highWatermark;
            case UNCOMMITTED -> endOffset().offset();
        };
        try (LogSlice slice = log.view().read(startOffset, limit, maxBytes, true)) {
            MemoryRecords records = MemoryRecords.readableRecords(slice.copy());
            return new LogFetchInfo(records, new LogOffsetMetadata(slice.baseOffset()));
        } catch (OffsetOutOfRange e) {
            throw new OffsetOutOfRangeException(e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the metadata log at offset " + startOffset, e);
        }
    }

    @Override
    public synchronized LogOffsetMetadata endOffset() {
        syncIfDirty();
        return new LogOffsetMetadata(log.view().endOffset());
    }

    @Override
    public long startOffset() {
        return log.view().startOffset();
    }

    @Override
    public LogOffsetMetadata highWatermark() {
        return new LogOffsetMetadata(highWatermark);
    }

    @Override
    public synchronized void updateHighWatermark(LogOffsetMetadata changed) {
        highWatermark = Math.clamp(
                changed.offset(), log.view().startOffset(), log.view().endOffset());
    }

    @Override
    public int lastFetchedEpoch() {
        return lastEpoch(log.view());
    }

    private int lastEpoch(LogView view) {
        if (view.lastEpoch() >= 0) return view.lastEpoch();
        return snapshots
                .latest()
                .filter(id -> id.offset() == view.startOffset() && id.offset() == view.endOffset())
                .map(OffsetAndEpoch::epoch)
                .orElse(NO_EPOCH);
    }

    @Override
    public OffsetAndEpoch endOffsetForEpoch(int epoch) {
        LogView view = log.view();
        LogView.EpochEnd end = view.endOf(epoch);
        if (end.equals(LogView.EpochEnd.UNDEFINED)) return new OffsetAndEpoch(view.endOffset(), lastEpoch(view));
        Optional<OffsetAndEpoch> earliest = snapshots.earliest();
        // An epoch that ends where the log begins: it is the snapshot that knows the epoch before that.
        if (end.epoch() == epoch && earliest.isPresent() && earliest.get().offset() == end.endOffset()) {
            return earliest.get();
        }
        return new OffsetAndEpoch(end.endOffset(), end.epoch());
    }

    @Override
    public synchronized void initializeLeaderEpoch(int epoch) {
        log.beginEpoch(epoch);
    }

    @Override
    public TopicPartition topicPartition() {
        return ID.topicPartition();
    }

    @Override
    public Uuid topicId() {
        return ID.topicId();
    }

    // ---- Truncation ----

    @Override
    public synchronized void truncateTo(long offset) {
        if (offset < highWatermark) {
            throw new IllegalArgumentException("the leader's metadata log ends at " + offset
                    + ", below the offset " + highWatermark + " that this node knows to be committed:"
                    + " the disks of a majority have been lost or put back to an older state");
        }
        log.truncateTo(offset);
    }

    /// A snapshot that is ahead of the log takes its place.
    @Override
    public synchronized boolean truncateToLatestSnapshot() {
        LogView view = log.view();
        OffsetAndEpoch end = new OffsetAndEpoch(view.endOffset(), Math.max(NO_EPOCH, view.lastEpoch()));
        Optional<OffsetAndEpoch> latest = snapshots.latest();
        if (latest.isEmpty() || latest.get().compareTo(end) <= 0) return false;
        long offset = latest.get().offset();
        if (view.startOffset() != offset || view.endOffset() != offset) log.restartAt(offset);
        highWatermark = offset;
        dirty = false;
        snapshots.forgetBefore(latest.get());
        return true;
    }

    // ---- Snapshots ----

    @Override
    public Optional<RawSnapshotWriter> createNewSnapshot(OffsetAndEpoch id) {
        if (id.offset() < startOffset()) return Optional.empty();
        long committed = highWatermark;
        if (id.offset() > committed) {
            throw new IllegalArgumentException("a snapshot up to " + id + ", but only " + committed + " is committed");
        }
        ValidOffsetAndEpoch valid = validateOffsetAndEpoch(id.offset(), id.epoch());
        if (valid.kind() != ValidOffsetAndEpoch.Kind.VALID) {
            throw new IllegalArgumentException("a snapshot up to " + id + ", where the log has " + valid);
        }
        // A peer that begins with the snapshot fetches from there on.
        long baseOffset =
                read(id.offset(), Isolation.COMMITTED, 1).startOffsetMetadata.offset();
        if (baseOffset != id.offset()) {
            throw new IllegalArgumentException("a snapshot up to " + id + ", inside the batch at offset " + baseOffset);
        }
        return createNewSnapshotUnchecked(id);
    }

    @Override
    public Optional<RawSnapshotWriter> createNewSnapshotUnchecked(OffsetAndEpoch id) {
        return snapshots.contains(id) ? Optional.empty() : Optional.of(snapshots.create(id));
    }

    @Override
    public Optional<RawSnapshotReader> readSnapshot(OffsetAndEpoch id) {
        return snapshots.read(id);
    }

    @Override
    public Optional<RawSnapshotReader> latestSnapshot() {
        return snapshots.latest().flatMap(snapshots::read);
    }

    @Override
    public Optional<OffsetAndEpoch> latestSnapshotId() {
        return snapshots.latest();
    }

    @Override
    public Optional<OffsetAndEpoch> earliestSnapshotId() {
        return snapshots.earliest();
    }

    @Override
    public void onSnapshotFrozen(OffsetAndEpoch id) {
        snapshots.add(id);
    }

    @Override
    public synchronized boolean deleteBeforeSnapshot(OffsetAndEpoch id) {
        boolean possible = snapshots.contains(id)
                && startOffset() < id.offset()
                && id.offset() <= snapshots.latest().orElseThrow().offset()
                && id.offset() <= highWatermark;
        return possible && deleteBefore(id);
    }

    /// What the snapshot makes superfluous goes; first the log's start is durable, so that nobody misses it.
    private boolean deleteBefore(OffsetAndEpoch id) {
        advanceStartOffset(id.offset());
        long freedBytes = log.deleteOldSegments(highWatermark, NO_TIME);
        int forgotten = snapshots.forgetBefore(id);
        return freedBytes > 0 || forgotten > 0;
    }

    /// Lets go of the oldest snapshots, and the log up to the next, while all together is too much.
    @Override
    public synchronized boolean maybeClean() {
        boolean cleaned = false;
        List<OffsetAndEpoch> ids = snapshots.ids();
        for (int next = 1; next < ids.size(); next++) {
            if (log.view().sizeBytes() + snapshots.sizeBytes() <= retentionBytes) break;
            if (!deleteBeforeSnapshot(ids.get(next))) break;
            cleaned = true;
        }
        return cleaned;
    }

    @Override
    public synchronized void close() {
        log.close();
        snapshots.close();
        background.close();
    }
}
