package io.chronik.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.LogSettings;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.config.KafkaConfigCatalog;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

class TopicSettingsTest {
    private static final ConfigResource TOPIC = new ConfigResource(ConfigResource.Type.TOPIC, "t");
    private static final ConfigResource ALL_NODES = new ConfigResource(ConfigResource.Type.BROKER, "");
    private static final ConfigResource NODE = new ConfigResource(ConfigResource.Type.BROKER, "1");

    @Test
    void nothingSetGivesKafkasDefaults() {
        assertThat(TopicSettings.logSettings(ClusterImage.EMPTY, "t", node())).isEqualTo(LogSettings.defaults());
    }

    @Test
    void theTopicsOwnValueIsStrongestThenTheNodesThenAllNodesThenTheFile() {
        // Given
        NodeConfig node = node("log.segment.bytes=1048577", "log.index.interval.bytes=11", "log.roll.ms=12");
        ClusterImage image = image(Map.of(
                TOPIC, Map.of("segment.bytes", "2000000"),
                NODE, Map.of("log.segment.bytes", "3000000", "log.index.interval.bytes", "13"),
                ALL_NODES, Map.of("log.index.interval.bytes", "14", "log.roll.ms", "15")));

        // When
        LogSettings settings = TopicSettings.logSettings(image, "t", node);

        // Then
        assertThat(settings.segmentBytes()).isEqualTo(2_000_000);
        assertThat(settings.indexIntervalBytes()).isEqualTo(13);
        assertThat(settings.segmentMs()).isEqualTo(15);
    }

    @Test
    void hoursAndMinutesBecomeMilliseconds() {
        assertThat(retentionMs("log.retention.hours=2")).isEqualTo(7_200_000);
        assertThat(retentionMs("log.retention.hours=2", "log.retention.minutes=3"))
                .isEqualTo(180_000);
        assertThat(retentionMs("log.retention.minutes=3", "log.retention.ms=4")).isEqualTo(4);
        assertThat(retentionMs("log.retention.hours=-1")).isEqualTo(-1);
    }

    @Test
    void textsBecomeTypes() {
        // Given
        ClusterImage image = image(Map.of(
                TOPIC,
                Map.of(
                        "cleanup.policy", "compact, delete",
                        "message.timestamp.type", "LogAppendTime",
                        "chronik.durability", "page-cache",
                        "min.insync.replicas", "2")));

        // When
        LogSettings settings = TopicSettings.logSettings(image, "t", node());

        // Then
        assertThat(settings.compactEnabled()).isTrue();
        assertThat(settings.deleteEnabled()).isTrue();
        assertThat(settings.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(settings.durability()).isEqualTo(LogSettings.Durability.PAGE_CACHE);
        assertThat(TopicSettings.of(image, "t", node()).minInSyncReplicas()).isEqualTo(2);
    }

    private static long retentionMs(String... sets) {
        return TopicSettings.logSettings(ClusterImage.EMPTY, "t", node(sets)).retentionMs();
    }

    private static NodeConfig node(String... sets) {
        return new NodeConfigLoader(new KafkaConfigCatalog()).load(null, Map.of(), List.of(sets), StartFlags.NONE);
    }

    private static ClusterImage image(Map<ConfigResource, Map<String, String>> configs) {
        PMap<ConfigResource, PMap<String, String>> all = HashTreePMap.empty();
        for (var entry : configs.entrySet()) all = all.plus(entry.getKey(), HashTreePMap.from(entry.getValue()));
        ClusterImage empty = ClusterImage.EMPTY;
        return new ClusterImage(
                0, empty.topicsByName(), empty.topicsById(), empty.nodes(), all, empty.nextProducerId());
    }
}
