package io.chronik.coordinators;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// What a coordinator needs from its node: the partitions of an internal topic that this node leads. Any thread.
///
/// Every method throws a Kafka `ApiException` when the partition cannot serve it: `NotLeaderOrFollowerException`
/// when this node does not lead it (any more), `KafkaStorageException` when its disk failed,
/// `NotEnoughReplicasException` below `min.insync.replicas`, `RecordTooLargeException` above
/// [#maxMessageSizeBytes]. They reach clients as NOT_COORDINATOR or COORDINATOR_NOT_AVAILABLE, and the client
/// looks for the coordinator again.
public interface CoordinatorLog {
    /// Appends batches as the partition's leader and returns the log end offset behind them (exclusive). They
    /// carry offsets from 0; the log assigns the real ones and the leader epoch. Returns as soon as the bytes are
    /// in the page cache: it may wait for its turn on the partition's lane, never for a sync. The buffer belongs
    /// to the caller again when it returns.
    long append(TopicPartition partition, MemoryRecords records);

    /// Tells `listener` the present high watermark soon, and every later one while this node stays the leader in
    /// the present leader epoch. A listener never hears of an epoch after the one in which it was registered:
    /// what it is told covers only records that this node wrote or loaded.
    void watch(TopicPartition partition, HighWatermarkListener listener);

    /// Forgets `listener`; nothing happens when it is unknown.
    void unwatch(TopicPartition partition, HighWatermarkListener listener);

    /// Where the log starts and ends now.
    Bounds bounds(TopicPartition partition);

    /// A copy of whole batches from the one that contains `fromOffset` on, up to the log end, committed or not;
    /// about `maxBytes` of them, at least one. Empty at the log end. May read the disk.
    MemoryRecords read(TopicPartition partition, long fromOffset, int maxBytes);

    /// The largest batch that [#append] takes (`max.message.bytes`).
    int maxMessageSizeBytes(TopicPartition partition);

    /// Makes everything below `offset` unreadable, like DeleteRecords.
    CompletableFuture<Void> deleteRecords(TopicPartition partition, long offset);

    /// `startOffset` inclusive, `highWatermark` and `endOffset` exclusive; taken at one moment. The high
    /// watermark is the start offset or the end of an appended batch.
    record Bounds(long startOffset, long highWatermark, long endOffset) {
        public Bounds {
            if (startOffset < 0 || highWatermark > endOffset || startOffset > endOffset) {
                throw new IllegalArgumentException("bounds " + startOffset + ", " + highWatermark + ", " + endOffset);
            }
        }
    }

    @FunctionalInterface
    interface HighWatermarkListener {
        /// Everything below `highWatermark` is committed. Returns quickly; the same value may come again, and
        /// values may come out of order.
        void onHighWatermark(long highWatermark);
    }
}
