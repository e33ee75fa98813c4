package io.chronik.coordinators;

import io.chronik.coordinators.CoordinatorLog.HighWatermarkListener;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/// Kafka's writer port on a [CoordinatorLog]. It also learns which partitions' groups are in memory, because the
/// coordinator watches the high watermark of exactly those.
final class GroupLogWriter implements PartitionWriter {
    private final CoordinatorLog log;
    private final LoadedPartitions loaded;
    private final Map<WatchKey, HighWatermarkListener> watches = new ConcurrentHashMap<>();
    private final Map<Integer, LogConfig> configsByMaxSize = new ConcurrentHashMap<>();

    GroupLogWriter(CoordinatorLog log, LoadedPartitions loaded) {
        this.log = log;
        this.loaded = loaded;
    }

    private record WatchKey(TopicPartition partition, Listener listener) {}

    @Override
    public void registerListener(TopicPartition partition, Listener listener) {
        HighWatermarkListener watch = new RisingHighWatermark(partition, listener);
        watches.put(new WatchKey(partition, listener), watch);
        log.watch(partition, watch);
        loaded.onLoaded(partition.partition());
    }

    @Override
    public void deregisterListener(TopicPartition partition, Listener listener) {
        loaded.onUnloaded(partition.partition());
        HighWatermarkListener watch = watches.remove(new WatchKey(partition, listener));
        if (watch != null) log.unwatch(partition, watch);
    }

    @Override
    public LogConfig config(TopicPartition partition) {
        return configsByMaxSize.computeIfAbsent(
                log.maxMessageSizeBytes(partition),
                size -> new LogConfig(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, size)));
    }

    @Override
    public long append(
            TopicPartition partition, VerificationGuard guard, MemoryRecords records, short transactionVersion) {
        return log.append(partition, records);
    }

    /// There are no transactions yet that could be verified.
    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
            TopicPartition partition, String transactionalId, long producerId, short producerEpoch, int apiVersion) {
        return CompletableFuture.completedFuture(VerificationGuard.SENTINEL);
    }

    @Override
    public CompletableFuture<Void> deleteRecords(TopicPartition partition, long beforeOffset) {
        return log.deleteRecords(partition, beforeOffset);
    }

    /// Passes on only what is news: the library refuses a high watermark that goes back.
    private static final class RisingHighWatermark implements HighWatermarkListener {
        private final TopicPartition partition;
        private final Listener listener;
        private long highWatermark;

        RisingHighWatermark(TopicPartition partition, Listener listener) {
            this.partition = partition;
            this.listener = listener;
        }

        @Override
        public synchronized void onHighWatermark(long told) {
            if (told <= highWatermark) return;
            highWatermark = told;
            listener.onHighWatermarkUpdated(partition, told);
        }
    }
}
