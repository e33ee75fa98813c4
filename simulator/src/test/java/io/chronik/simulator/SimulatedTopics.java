package io.chronik.simulator;

import io.chronik.log.LogSettings;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.metadata.config.EffectiveConfig;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.server.partitions.TopicSettingsSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// The topics of a simulated cluster, each of one partition. Sizes are a thousandth of what the configuration says, so
/// that segments roll.
final class SimulatedTopics implements TopicSettingsSource {
    static final String SEGMENT_BYTES = "segment.bytes";
    static final String MIN_IN_SYNC = "min.insync.replicas";
    private static final KafkaConfigCatalog CATALOG = new KafkaConfigCatalog();
    private static final int SCALE = 1_024;
    private static final int NO_NODE = -1;

    private final int segmentBytes;
    private final List<Command> bootstrap = new ArrayList<>();

    SimulatedTopics(Chance chance, int nodeCount) {
        this.segmentBytes = (int) chance.between(1_600, 8_000);
        int count = (int) chance.between(1, 3);
        for (int i = 0; i < count; i++) {
            int replicaCount = chance.percent(80) ? 3 : (int) chance.between(1, nodeCount);
            List<Integer> replicas = new ArrayList<>();
            int first = chance.below(nodeCount);
            for (int r = 0; r < replicaCount; r++) replicas.add(1 + (first + r) % nodeCount);
            int minInSync = chance.percent(80) ? Math.min(2, replicaCount) : 1;
            bootstrap.add(create(i, replicas, minInSync));
        }
    }

    private Command create(int index, List<Integer> replicas, int minInSync) {
        PartitionImage nobodyLeads = new PartitionImage(replicas, replicas, PartitionImage.NO_LEADER, 0, 0);
        Map<String, String> configs = Map.of(SEGMENT_BYTES, segmentBytes(0), MIN_IN_SYNC, Integer.toString(minInSync));
        return new Command.CreateTopic(name(index), id(index).topicId(), List.of(nobodyLeads), new TreeMap<>(configs));
    }

    /// The configured value after so many changes of it.
    String segmentBytes(int changes) {
        return Integer.toString(SCALE * (segmentBytes + 100 * changes));
    }

    /// What the metadata begins with.
    List<Command> bootstrap() {
        return bootstrap;
    }

    int count() {
        return bootstrap.size();
    }

    static String name(int index) {
        return "topic-" + index;
    }

    TopicIdPartition id(int index) {
        return new TopicIdPartition(new Uuid(7, index), new TopicPartition(name(index), 0));
    }

    int index(TopicIdPartition id) {
        return (int) id.topicId().getLeastSignificantBits();
    }

    static PartitionImage partition(ClusterImage image, int index) {
        TopicImage topic = image.topic(name(index)).orElseThrow();
        return topic.partitions().getFirst();
    }

    int minInSync(ClusterImage image, int index) {
        return minInSyncReplicas(image, name(index));
    }

    @Override
    public int minInSyncReplicas(ClusterImage image, String topic) {
        return number(image, topic, MIN_IN_SYNC);
    }

    private static int number(ClusterImage image, String topic, String setting) {
        EffectiveConfig effective = new EffectiveConfig(CATALOG, image, NO_NODE, Map.of());
        return Integer.parseInt(effective.topicValue(topic, setting).orElseThrow());
    }

    @Override
    public LogSettings logSettings(ClusterImage image, String topic) {
        LogSettings d = LogSettings.defaults();
        return new LogSettings(
                number(image, topic, SEGMENT_BYTES) / SCALE,
                d.segmentMs(),
                d.segmentJitterMs(),
                d.segmentIndexBytes(),
                200,
                d.retentionMs(),
                d.retentionBytes(),
                d.deleteEnabled(),
                d.compactEnabled(),
                d.deleteRetentionMs(),
                d.minCompactionLagMs(),
                d.maxCompactionLagMs(),
                d.minCleanableDirtyRatio(),
                d.maxMessageBytes(),
                d.timestampType(),
                d.timestampBeforeMaxMs(),
                d.timestampAfterMaxMs(),
                d.compressionType(),
                d.gzipLevel(),
                d.lz4Level(),
                d.zstdLevel(),
                d.maxDecompressedMessageBytes(),
                d.durability());
    }
}
