package io.chronik.simulator;

import io.chronik.log.LogSettings;
import io.chronik.replication.PartitionView;
import io.chronik.simulator.ClusterState.Node;
import io.chronik.simulator.ClusterState.PartitionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// All of a simulated cluster: 3 to 5 nodes, a controller, a network, clients, and who watches them.
final class Cluster {
    private static final Uuid TOPIC = new Uuid(7, 7);
    private static final boolean TRACE = Boolean.getBoolean("sim.trace");

    private final VirtualTime time = new VirtualTime();
    private final EventDigest digest = new EventDigest();
    private final Oracle oracle = new Oracle(this);
    private final Faults faults;
    private final SimulatedNetwork network;
    private final ControllerModel controller;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final int segmentBytes;
    private final Map<String, String> traced = new TreeMap<>();
    private ClusterState last;

    Cluster(long seed) {
        Chance chance = new Chance(seed, "cluster");
        this.faults = Faults.of(new Chance(seed, "faults"));
        this.network = new SimulatedNetwork(time, new Chance(seed, "network"), faults);
        this.segmentBytes = (int) chance.between(1_600, 8_000);
        int nodeCount = (int) chance.between(3, 5);
        ClusterState initial = initial(chance, nodeCount);
        this.last = initial;
        this.controller = new ControllerModel(time, new Chance(seed, "controller"), initial, this::onCommitted);
        for (int id = 1; id <= nodeCount; id++) {
            nodes.add(new SimulatedNode(id, this, new Chance(seed, "node " + id), initial));
        }
        int clientCount = (int) chance.between(1, 3);
        for (int id = 1; id <= clientCount; id++) {
            int partition = chance.below(initial.partitions().size());
            clients.add(new SimulatedClient(id, partition, this, new Chance(seed, "client " + id)));
        }
    }

    private static ClusterState initial(Chance chance, int nodeCount) {
        TreeMap<Integer, PartitionState> partitions = new TreeMap<>();
        int partitionCount = (int) chance.between(1, 3);
        for (int i = 0; i < partitionCount; i++) {
            int replicaCount = chance.percent(80) ? 3 : (int) chance.between(1, nodeCount);
            List<Integer> replicas = new ArrayList<>();
            int first = chance.below(nodeCount);
            for (int r = 0; r < replicaCount; r++) replicas.add(1 + (first + r) % nodeCount);
            int minInSync = chance.percent(80) ? Math.min(2, replicaCount) : 1;
            partitions.put(i, new PartitionState(replicas, replicas, -1, 0, 0, List.of(), minInSync, 0));
        }
        return new ClusterState(0, new TreeMap<Integer, Node>(), partitions);
    }

    private void onCommitted(ClusterState state) {
        digest.add("metadata", time.nowUs(), state.index());
        trace("committed %s", state);
        oracle.onCommitted(last, state);
        last = state;
        for (SimulatedNode node : nodes) {
            network.send(
                    SimulatedNetwork.CONTROLLER, node.id(), () -> node.running().ifPresent(to -> to.tell(state)));
        }
    }

    /// On a lane of `node`, or of its process in general.
    void afterEvent(SimulatedNode node) {
        node.running().ifPresent(running -> {
            for (Replica replica : running.replicas()) {
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

    ControllerModel controller() {
        return controller;
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

    TopicIdPartition topicPartition(int index) {
        return new TopicIdPartition(TOPIC, new TopicPartition("topic", index));
    }

    int index(TopicIdPartition id) {
        return id.partition();
    }

    /// The settings after so many changes.
    LogSettings settings(int version) {
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
