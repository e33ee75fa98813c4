package io.chronik.server.metadata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.raft.MetadataLogConfig;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.raft.internals.KafkaRaftLog;
import org.apache.kafka.server.util.Scheduler;

/// Opens the metadata log: the one place that says which implementation it is.
final class RaftLogs {
    private RaftLogs() {}

    /// Recovers the log first; blocks on the disk.
    static RaftLog open(MetadataDirectory directory, RaftSettings.Sizes sizes, int nodeId, Scheduler background) {
        Map<String, Object> properties = new HashMap<>();
        boolean ordinary = sizes.segmentBytes() >= KafkaRaftClient.MAX_BATCH_SIZE_BYTES;
        properties.put(
                ordinary
                        ? MetadataLogConfig.METADATA_LOG_SEGMENT_BYTES_CONFIG
                        : MetadataLogConfig.INTERNAL_METADATA_LOG_SEGMENT_BYTES_CONFIG,
                sizes.segmentBytes());
        properties.put(MetadataLogConfig.METADATA_MAX_RETENTION_BYTES_CONFIG, sizes.retentionBytes());
        try {
            RaftLog stock = KafkaRaftLog.createLog(
                    Topic.CLUSTER_METADATA_TOPIC_PARTITION,
                    Uuid.METADATA_TOPIC_ID,
                    directory.log().toFile(),
                    Time.SYSTEM,
                    background,
                    new MetadataLogConfig(new AbstractConfig(MetadataLogConfig.CONFIG_DEF, properties, false)),
                    nodeId);
            return new DurableRaftLog(stock, new SegmentSync(directory.log()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
