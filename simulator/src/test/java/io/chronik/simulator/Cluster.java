package io.chronik.simulator;

import io.chronik.log.LogSettings;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.PartitionImage;
import io.chronik.replication.PartitionView;
import io.chronik.server.partitions.TopicSettingsSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;

/// All of a simulated cluster: 3 to 5 nodes, what they agree on, a network, clients, and who watches them.
final class Cluster implements TopicSettingsSource {
    private static final long TOPIC_ID = 7;
    private static final String VERSION = TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
    private static final int FIRST_VERSION = 1_000_000;
    private static final boolean TRACE = Boolean.getBoolean("sim.trace");

    private final VirtualTime time = new VirtualTime();
    private final EventDigest digest = new EventDigest();
    private final Oracle oracle = new Oracle(this);
    private final Faults faults;
    private final SimulatedNetwork network;
    private final SimulatedQuorum quorum;
    private final Map<String, String> controllerProperties;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final int segmentBytes;
    private final Map<String, String> traced = new TreeMap<>();
    private final List<String> names = new ArrayList<>();
    private final @Nullable SimulatedGroup group;
    private long connections;

    Cluster(long seed) {
        Chance chance = new Chance(seed, "cluster");
        this.faults = Faults.of(new Chance(seed, "faults"));
        this.network = new SimulatedNetwork(time, new Chance(seed, "network"), faults);
        this.segmentBytes = (int) chance.between(1_600, 8_000);
        int nodeCount = (int) chance.between(3, 5);
        int count = (int) chance.between(1, 3);
        for (int i = 0; i < count; i++) names.add("topic" + i);
        if (faults.groups()) names.add(Topic.GROUP_METADATA_TOPIC_NAME);
        List<Command> topics = topics(chance, nodeCount);
        this.controllerProperties = controllerProperties(chance);
        this.quorum = new SimulatedQuorum(this, new Chance(seed, "quorum"), topics);
        for (int id = 1; id <= nodeCount; id++) {
            nodes.add(new SimulatedNode(id, this, new Chance(seed, "node " + id)));
        }
        int clientCount = (int) chance.between(1, 3);
        for (int id = 1; id <= clientCount; id++) {
            int partition = chance.below(count);
            clients.add(new SimulatedClient(id, partition, this, new Chance(seed, "client " + id)));
        }
        this.group = faults.groups() ? new SimulatedGroup(this, new Chance(seed, "group")) : null;
    }

    /// Of one partition each, so that each has settings of its own. They are there before any node has registered.
    private List<Command> topics(Chance chance, int nodeCount) {
        List<Command> topics = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int replicaCount = chance.percent(80) ? 3 : (int) chance.between(1, nodeCount);
            List<Integer> replicas = new ArrayList<>();
            int first = chance.below(nodeCount);
            for (int r = 0; r < replicaCount; r++) replicas.add(1 + (first + r) % nodeCount);
            int minInSync = chance.percent(80) ? Math.min(2, replicaCount) : 1;
            topics.add(new Command.CreateTopic(
                    names.get(i),
                    new Uuid(TOPIC_ID, i),
                    List.of(new PartitionImage(replicas, replicas, PartitionImage.NO_LEADER, 0, 0)),
                    new TreeMap<>(Map.of(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(minInSync)))));
        }
        return topics;
    }

    private static Map<String, String> controllerProperties(Chance chance) {
        return Map.of(
                "broker.session.timeout.ms",
                Integer.toString(SimulatedNode.SESSION_MS),
                "chronik.node.disconnect.grace.ms",
                Long.toString(chance.between(20, 100)),
                "controller.quorum.fetch.timeout.ms",
                "100",
                "auto.leader.rebalance.enable",
                Boolean.toString(chance.percent(50)),
                "leader.imbalance.check.interval.seconds",
                "1");
    }

    void onCommitted(ClusterImage before, ClusterImage after) {
        digest.add("metadata", time.nowUs(), after.appliedIndex());
        if (TRACE) {
            for (int i = 0; i < names.size(); i++) {
                PartitionState state = PartitionState.of(after, name(i));
                if (!state.equals(PartitionState.of(before, name(i)))) trace("committed %s: %s", name(i), state);
            }
            after.nodes().forEach((id, node) -> {
                if (!node.equals(before.nodes().get(id)))
                    trace("committed node %d: epoch %d, %s", id, node.epoch(), node.state());
            });
        }
        oracle.onCommitted(before, after);
    }

    /// On a lane of `node`, or of its process in general.
    void afterEvent(SimulatedNode node) {
        node.running().ifPresent(running -> {
            for (int i = 0; i < names.size(); i++) {
                Replica replica = running.replica(i).orElse(null);
                if (replica == null) continue;
                PartitionView view = replica.partition().view();
                digest.add(
                        "replica",
                        time.nowUs(),
                        node.id(),
                        view.highWatermark(),
                        view.log().endOffset(),
                        view.log().durableEndOffset(),
                        view.leaderEpoch());
                if (TRACE) traceChange(replica, view);
                oracle.afterEvent(replica);
            }
        });
    }

    private void traceChange(Replica replica, PartitionView view) {
        String now = "%s epoch %d, high watermark %d, log %d to %d, durable to %d"
                .formatted(
                        view.role(),
                        view.leaderEpoch(),
                        view.highWatermark(),
                        view.log().startOffset(),
                        view.log().endOffset(),
                        view.log().durableEndOffset());
        if (!now.equals(traced.put(replica.toString(), now))) trace("%s: %s", replica, now);
    }

    /// Tells what happens, when asked to.
    @SuppressWarnings("AnnotateFormatMethod")
    void trace(String what, Object... values) {
        if (TRACE) System.out.printf("%9d us  %s%n", time.nowUs(), what.formatted(values));
    }

    VirtualTime time() {
        return time;
    }

    EventDigest digest() {
        return digest;
    }

    Oracle oracle() {
        return oracle;
    }

    Faults faults() {
        return faults;
    }

    SimulatedNetwork network() {
        return network;
    }

    SimulatedQuorum quorum() {
        return quorum;
    }

    Map<String, String> controllerProperties() {
        return controllerProperties;
    }

    long nextConnection() {
        return ++connections;
    }

    /// Those that clients produce to come first.
    int dataPartitionCount() {
        return faults.groups() ? names.size() - 1 : names.size();
    }

    Optional<SimulatedGroup> group() {
        return Optional.ofNullable(group);
    }

    int partitionCount() {
        return names.size();
    }

    PartitionState committed(int partition) {
        return PartitionState.of(quorum.committed(), name(partition));
    }

    List<SimulatedNode> nodes() {
        return nodes;
    }

    SimulatedNode node(int id) {
        return nodes.get(id - 1);
    }

    List<SimulatedClient> clients() {
        return clients;
    }

    String name(int partition) {
        return names.get(partition);
    }

    TopicIdPartition topicPartition(int index) {
        return new TopicIdPartition(new Uuid(TOPIC_ID, index), new TopicPartition(name(index), 0));
    }

    int index(TopicIdPartition id) {
        return (int) id.topicId().getLeastSignificantBits();
    }

    // ---- Settings of topics ----

    /// Another value of a setting that stands for some change.
    String[] changedSetting(int partition) {
        return new String[] {VERSION, Integer.toString(version(quorum.committed(), name(partition)) + FIRST_VERSION + 1)
        };
    }

    private static int version(ClusterImage image, String topic) {
        String set = image.configOf(new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .get(VERSION);
        return set == null ? 0 : Integer.parseInt(set) - FIRST_VERSION;
    }

    @Override
    public int minInSyncReplicas(ClusterImage image, String topic) {
        return PartitionState.of(image, topic).minInSync();
    }

    @Override
    public LogSettings logSettings(ClusterImage image, String topic) {
        int version = version(image, topic);
        LogSettings d = LogSettings.defaults();
        return new LogSettings(
                segmentBytes + 100 * version,
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
