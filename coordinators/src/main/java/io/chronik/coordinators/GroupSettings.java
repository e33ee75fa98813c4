package io.chronik.coordinators;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;

/// The group settings of a node, under Kafka's names (`group.*`, `offsets.*`). Unlike Kafka the event threads
/// default to two and the background threads to one: they run short events, and a node has other owners to run.
public final class GroupSettings {
    /// By its name: Kafka deprecates the constant, not yet the setting.
    private static final String PROTOCOLS_KEY = "group.coordinator.rebalance.protocols";

    private static final Map<String, String> OUR_DEFAULTS = Map.of(
            GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_THREADS_CONFIG, "2",
            GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_BACKGROUND_THREADS_CONFIG, "1");

    private final List<String> protocols;
    private final GroupCoordinatorConfig groups;
    private final ShareGroupConfig shareGroups;

    private GroupSettings(AbstractConfig settings) {
        this.protocols = List.copyOf(settings.getList(PROTOCOLS_KEY));
        this.groups = new GroupCoordinatorConfig(settings);
        this.shareGroups = new ShareGroupConfig(settings);
    }

    /// Reads the keys it knows from `properties` and ignores the others. A bad value throws `ConfigException` or
    /// `IllegalArgumentException` with a sentence that names the key.
    public static GroupSettings of(Map<String, String> properties) {
        Map<String, String> all = new HashMap<>(OUR_DEFAULTS);
        all.putAll(properties);
        ConfigDef keys = Utils.mergeConfigs(List.of(GroupCoordinatorConfig.CONFIG_DEF, ShareGroupConfig.CONFIG_DEF));
        return new GroupSettings(new AbstractConfig(keys, all, false));
    }

    /// `offsets.topic.num.partitions`, for the topic's creation.
    public int offsetsTopicPartitions() {
        return groups.offsetsTopicPartitions();
    }

    /// `offsets.topic.replication.factor`, for the topic's creation.
    public short offsetsTopicReplicationFactor() {
        return groups.offsetsTopicReplicationFactor();
    }

    /// Whether KIP-848 groups are served (`group.coordinator.rebalance.protocols` names `consumer`, as by
    /// default).
    public boolean servesConsumerProtocol() {
        return protocols.contains("consumer");
    }

    /// Topic settings for `__consumer_offsets`: compacted, batches stored as written, small segments.
    public Map<String, String> offsetsTopicConfigs() {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.COMPRESSION_TYPE_CONFIG,
                "producer",
                TopicConfig.SEGMENT_BYTES_CONFIG,
                Integer.toString(groups.offsetsTopicSegmentBytes()));
    }

    GroupCoordinatorConfig groups() {
        return groups;
    }

    ShareGroupConfig shareGroups() {
        return shareGroups;
    }
}
