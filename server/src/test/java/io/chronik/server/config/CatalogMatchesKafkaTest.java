package io.chronik.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.config.ConfigKey;
import io.chronik.metadata.config.KafkaConfigCatalog;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.junit.jupiter.api.Test;

/// The tables are our own; an upgrade of Kafka's libraries that moves a name, type or default shows here.
class CatalogMatchesKafkaTest {
    /// Where a node without configuration means something else than Kafka's code does.
    private static final Map<String, String> ON_PURPOSE = Map.ofEntries(
            Map.entry("log.dir", "./chronik-data"),
            Map.entry("group.coordinator.threads", "2"),
            Map.entry("group.coordinator.background.threads", "1"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("streams.assignor.name", "sticky"),
            Map.entry("controller.quorum.append.linger.ms", "0"),
            Map.entry("controller.quorum.election.backoff.max.ms", "100"),
            Map.entry("controller.quorum.election.timeout.ms", "300"),
            Map.entry("controller.quorum.fetch.timeout.ms", "1000"),
            Map.entry("controller.quorum.request.timeout.ms", "1000"));

    private final KafkaConfigCatalog catalog = new KafkaConfigCatalog();

    @Test
    void topicSettingsAreKafkas() {
        assertThat(own(ConfigResource.Type.TOPIC, "chronik.")).isEqualTo(kafkas(LogConfig.configDefCopy()));
    }

    @Test
    void groupSettingsAreKafkas() {
        assertThat(own(ConfigResource.Type.GROUP, "chronik.")).isEqualTo(kafkas(GroupConfig.CONFIG_DEF));
    }

    @Test
    void nodeSettingsAreKafkas() {
        assertThat(own(ConfigResource.Type.BROKER, "chronik."))
                .containsAllEntriesOf(kafkas(LogConfig.SERVER_CONFIG_DEF))
                .containsAllEntriesOf(kafkas(GroupCoordinatorConfig.CONFIG_DEF))
                .containsAllEntriesOf(kafkas(QuorumConfig.CONFIG_DEF));
    }

    private Map<String, String> own(ConfigResource.Type type, String withoutPrefix) {
        Map<String, String> keys = new TreeMap<>();
        for (ConfigKey key : catalog.keys(type))
            if (!key.name().startsWith(withoutPrefix)) keys.put(key.name(), key.type() + " = " + key.defaultValue());
        return keys;
    }

    private static Map<String, String> kafkas(ConfigDef definition) {
        Map<String, String> keys = new TreeMap<>();
        definition.configKeys().forEach((name, key) -> {
            String value = ON_PURPOSE.getOrDefault(name, ConfigDef.convertToString(key.defaultValue, key.type));
            if (!key.internalConfig) keys.put(name, key.type + " = " + value);
        });
        return keys;
    }
}
