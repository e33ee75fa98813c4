package io.chronik.server.metadata.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.raft.MetadataLogConfig;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.raft.internals.KafkaRaftLog;
import org.apache.kafka.server.util.Scheduler;

/// Kafka's own Raft log, as nodes of Chronik had it before they had one of ours.
final class StockRaftLog {
    private StockRaftLog() {}

    private static final class Done extends CompletableFuture<Void> implements ScheduledFuture<Void> {
        Done() {
            complete(null);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }

    /// What is to be done later is not done.
    private static final class Immediately implements Scheduler {
        @Override
        public void startup() {}

        @Override
        public void shutdown() {}

        @Override
        public ScheduledFuture<?> schedule(String name, Runnable task, long delayMs, long periodMs) {
            if (delayMs == 0) task.run();
            return new Done();
        }

        @Override
        public void resizeThreadPool(int newSize) {}
    }

    static RaftLog open(Path directory) throws IOException {
        Map<String, Object> properties = Map.of(
                MetadataLogConfig.INTERNAL_METADATA_LOG_SEGMENT_BYTES_CONFIG,
                RaftLogContract.SEGMENT_BYTES,
                MetadataLogConfig.METADATA_MAX_RETENTION_BYTES_CONFIG,
                RaftLogContract.RETENTION_BYTES,
                MetadataLogConfig.METADATA_MAX_RETENTION_MILLIS_CONFIG,
                -1L);
        return KafkaRaftLog.createLog(
                Topic.CLUSTER_METADATA_TOPIC_PARTITION,
                Uuid.METADATA_TOPIC_ID,
                directory.toFile(),
                Time.SYSTEM,
                new Immediately(),
                new MetadataLogConfig(new AbstractConfig(MetadataLogConfig.CONFIG_DEF, properties, false)),
                1);
    }
}
