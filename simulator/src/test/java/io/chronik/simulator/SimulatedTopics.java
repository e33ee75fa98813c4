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
import org.apache.kafka.common.internals.Topic;

/// The partitions of a simulated cluster by their index: those of topics with one partition, which clients write to;
/// then, where the cluster has groups, those of `__consumer_offsets`. Sizes are a thousandth of what is configured,
/// so that segments roll.
final class SimulatedTopics implements TopicSettingsSource {
    static final String SEGMENT_BYTES = "segment.bytes";
    static final String MIN_IN_SYNC = "min.insync.replicas";
    private static final KafkaConfigCatalog CATALOG = new KafkaConfigCatalog();
    private static final int SCALE = 1_024;
    private static final int NO_NODE = -1;
    private static final int OFFSETS_REPLICAS = 3;
    private static final Uuid OFFSETS_ID = new Uuid(8, 0);

    /// As much as a coordinator makes room for when it loads.
    private static final int OFFSETS_MESSAGE_BYTES = 16 << 10;

    private final int segmentBytes;
    private final int dataCount;
    private final int offsetsCount;
    private final List<Command> bootstrap = new ArrayList<>();

    /// With `offsetsCount` partitions of `__consumer_offsets`; 0: there is no such topic. Nothing else depends on it.
    SimulatedTopics(Chance chance, int nodeCount, int offsetsCount, Chance offsets) {
        this.segmentBytes = (int) chance.between(1_600, 8_000);
        this.dataCount = (int) chance.between(1, 3);
        this.offsetsCount = offsetsCount;
        for (int i = 0; i < dataCount; i++) {
            int replicaCount = chance.percent(80) ? 3 : (int) chance.between(1, nodeCount);
            List<Integer> replicas = replicas(chance, nodeCount, replicaCount);
            int minInSync = chance.percent(80) ? Math.min(2, replicas.size()) : 1;
            bootstrap.add(create(i, List.of(replicas), minInSync));
        }
        if (offsetsCount == 0) return;
        List<List<Integer>> ofOffsets = new ArrayList<>();
        // The controller gives them as many by itself, in its own time: perhaps when all has to be settled.
        for (int i = 0; i < offsetsCount; i++) ofOffsets.add(replicas(offsets, nodeCount, OFFSETS_REPLICAS));
        bootstrap.add(create(dataCount, ofOffsets, offsets.percent(80) ? 2 : 1));
    }

    private static List<Integer> replicas(Chance chance, int nodeCount, int count) {
        List<Integer> replicas = new ArrayList<>();
        int first = chance.below(nodeCount);
        for (int r = 0; r < count; r++) replicas.add(1 + (first + r) % nodeCount);
        return replicas;
    }

    private Command create(int index, List<List<Integer>> replicas, int minInSync) {
        List<PartitionImage> nobodyLeads = replicas.stream()
                .map(of -> new PartitionImage(of, of, PartitionImage.NO_LEADER, 0, 0))
                .toList();
        int least = replicas.stream().mapToInt(List::size).min().orElseThrow();
        Map<String, String> configs =
                Map.of(SEGMENT_BYTES, segmentBytes(0), MIN_IN_SYNC, Integer.toString(Math.min(least, minInSync)));
        return new Command.CreateTopic(name(index), id(index).topicId(), nobodyLeads, new TreeMap<>(configs));
    }

    /// The configured value after so many changes of it.
    String segmentBytes(int changes) {
        return Integer.toString(SCALE * (segmentBytes + 100 * changes));
    }

    /// What the metadata begins with.
    List<Command> bootstrap() {
        return bootstrap;
    }

    /// Of all partitions.
    int count() {
        return dataCount + offsetsCount;
    }

    /// Of those that clients write to, which come first.
    int dataCount() {
        return dataCount;
    }

    int offsetsCount() {
        return offsetsCount;
    }

    private boolean isData(int index) {
        return index < dataCount;
    }

    String name(int index) {
        return isData(index) ? "topic-" + index : Topic.GROUP_METADATA_TOPIC_NAME;
    }

    /// In its topic.
    int number(int index) {
        return isData(index) ? 0 : index - dataCount;
    }

    TopicIdPartition id(int index) {
        Uuid topic = isData(index) ? new Uuid(7, index) : OFFSETS_ID;
        return new TopicIdPartition(topic, new TopicPartition(name(index), number(index)));
    }

    int index(TopicIdPartition id) {
        boolean ofOffsets = id.topicId().equals(OFFSETS_ID);
        return ofOffsets ? dataCount + id.partition() : (int) id.topicId().getLeastSignificantBits();
    }

    PartitionImage partition(ClusterImage image, int index) {
        TopicImage topic = image.topic(name(index)).orElseThrow();
        return topic.partitions().get(number(index));
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
                topic.equals(Topic.GROUP_METADATA_TOPIC_NAME) ? OFFSETS_MESSAGE_BYTES : d.maxMessageBytes(),
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
