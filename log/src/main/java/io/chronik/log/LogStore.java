package io.chronik.log;

import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/// One log directory: the logs of all partitions that a node keeps there, their syncer, and whether the last stop
/// was clean. Thread-safe; opening and creating block on the disk.
public interface LogStore extends AutoCloseable {
    /// Partitions found on disk, opened or not.
    List<Stored> stored();

    record Stored(Uuid topicId, int partition) {}

    /// Opens the log, recovering it first from its recovery point. A partition that has never been written to has
    /// no files and costs nothing: its directory is created by the first append, and made durable with its parent
    /// by the sync that the first acknowledgement waits for. Each partition is opened at most once until it is
    /// closed. Any thread; at most two recover at once.
    PartitionLog openOrCreate(TopicIdPartition id, LogSettings settings, long nowMs);

    /// Moves a closed partition that the metadata does not know, or that is damaged, out of the way (kept for a day,
    /// then deleted): never deleted at once, because metadata that lost its memory must not take the data with it.
    /// Nothing is known of it any more.
    void quarantine(Uuid topicId, int partition, long nowMs);

    /// Deletes what has been in quarantine for a day.
    void deleteOldQuarantine(long nowMs);

    /// The high watermark of a partition as it was last written, at most `log`'s end and at least its start. Lower than
    /// the truth after a crash, never higher.
    long highWatermark(PartitionLog log);

    /// What was last written of a partition, 0 when nothing was: more than its log has when records are gone.
    long writtenHighWatermark(TopicIdPartition id);

    /// The partition's log begins anew: what was written of one before it does not hold for it.
    void forgetHighWatermark(TopicIdPartition id);

    /// Whether the partition has a directory.
    boolean isThere(TopicIdPartition id);

    /// Keeps the high watermark of a partition for the next start; [#writeHighWatermarks()] writes it.
    void noteHighWatermark(TopicIdPartition id, long highWatermark);

    /// Writes what was noted, when that has changed. Blocks on the disk.
    void writeHighWatermarks();

    DiskSyncer syncer();

    /// Identity of this directory (KIP-858): written once, when it is first used.
    Uuid directoryId();

    /// Whether the last stop left the marker of a clean shutdown.
    boolean startedClean();

    /// Bytes used by all logs, and free and total bytes of the file system.
    Usage usage();

    /// All logs have been closed by their owners: writes the clean-shutdown marker and releases the directory's
    /// lock.
    @Override
    void close();

    record Usage(long logBytes, long usableBytes, long totalBytes) {}
}
