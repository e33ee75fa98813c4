package io.chronik.server.config;

import io.chronik.log.LogSettings;
import io.chronik.log.LogSettings.Durability;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.config.EffectiveConfig;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.config.ListValue;
import java.util.List;
import org.apache.kafka.common.record.TimestampType;

/// What is in force for one topic, in types. A name without a topic gets what a new topic would.
public final class TopicSettings {
    private static final KafkaConfigCatalog CATALOG = new KafkaConfigCatalog();

    private final EffectiveConfig effective;
    private final String topic;

    private TopicSettings(EffectiveConfig effective, String topic) {
        this.effective = effective;
        this.topic = topic;
    }

    public static TopicSettings of(ClusterImage image, String topic, NodeConfig node) {
        var effective = new EffectiveConfig(
                CATALOG, image, node.nodeId(), node.settings().set());
        return new TopicSettings(effective, topic);
    }

    /// What the logs of the topic's partitions obey.
    public static LogSettings logSettings(ClusterImage image, String topic, NodeConfig node) {
        return of(image, topic, node).logSettings();
    }

    public int minInSyncReplicas() {
        return number("min.insync.replicas");
    }

    public boolean uncleanLeaderElection() {
        return Boolean.parseBoolean(text("unclean.leader.election.enable"));
    }

    public int maxMessageBytes() {
        return number("max.message.bytes");
    }

    private LogSettings logSettings() {
        List<String> policy = ListValue.elements(text("cleanup.policy"));
        return new LogSettings(
                number("segment.bytes"),
                longNumber("segment.ms"),
                longNumber("segment.jitter.ms"),
                number("segment.index.bytes"),
                number("index.interval.bytes"),
                longNumber("retention.ms"),
                longNumber("retention.bytes"),
                policy.contains("delete"),
                policy.contains("compact"),
                longNumber("delete.retention.ms"),
                longNumber("min.compaction.lag.ms"),
                longNumber("max.compaction.lag.ms"),
                Double.parseDouble(text("min.cleanable.dirty.ratio")),
                number("max.message.bytes"),
                TimestampType.forName(text("message.timestamp.type")),
                longNumber("message.timestamp.before.max.ms"),
                longNumber("message.timestamp.after.max.ms"),
                text("compression.type"),
                number("compression.gzip.level"),
                number("compression.lz4.level"),
                number("compression.zstd.level"),
                number("max.decompressed.message.bytes"),
                text("chronik.durability").equals("page-cache") ? Durability.PAGE_CACHE : Durability.FSYNC);
    }

    private String text(String setting) {
        return effective.topicValue(topic, setting).orElseThrow().strip();
    }

    private int number(String setting) {
        return Integer.parseInt(text(setting));
    }

    private long longNumber(String setting) {
        return Long.parseLong(text(setting));
    }
}
