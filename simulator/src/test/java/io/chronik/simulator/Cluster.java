package io.chronik.simulator;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.controller.ControllerSettings;
import io.chronik.replication.PartitionView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// All of a simulated cluster: 3 to 5 nodes, what they agree on, a network, clients, and who watches them.
final class Cluster {
    private static final boolean TRACE = Boolean.getBoolean("sim.trace");

    /// How many seeds have groups: their coordinators cost time.
    private static final int GROUPS_PERCENT = Integer.getInteger("sim.groups.percent", 20);

    private final VirtualTime time = new VirtualTime();
    private final EventDigest digest = new EventDigest();
    private final Oracle oracle = new Oracle(this);
    private final Faults faults;
    private final SimulatedNetwork network;
    private final SimulatedTopics topics;
    private final SimulatedQuorum quorum;
    private final ControllerSettings controllerSettings;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final SimulatedGroups groups;
    private final Map<String, String> traced = new TreeMap<>();
    private long connections;

    Cluster(long seed) {
        Chance chance = new Chance(seed, "cluster");
        this.faults = Faults.of(new Chance(seed, "faults"));
        this.network = new SimulatedNetwork(time, new Chance(seed, "network"), faults);
        int nodeCount = (int) chance.between(3, 5);
        Chance ofGroups = new Chance(seed, "groups");
        int offsetsCount = ofGroups.percent(GROUPS_PERCENT) ? (int) ofGroups.between(1, 2) : 0;
        this.topics = new SimulatedTopics(chance, nodeCount, offsetsCount, ofGroups);
        this.controllerSettings = controllerSettings(faults);
        this.quorum = new SimulatedQuorum(this, new Chance(seed, "quorum"), topics.bootstrap());
        for (int id = 1; id <= nodeCount; id++) nodes.add(new SimulatedNode(id, this, new Chance(seed, "node " + id)));
        int clientCount = (int) chance.between(1, 3);
        for (int id = 1; id <= clientCount; id++) {
            int partition = chance.below(topics.dataCount());
            clients.add(new SimulatedClient(id, partition, this, new Chance(seed, "client " + id)));
        }
        this.groups = new SimulatedGroups(this, seed, ofGroups);
    }

    private static ControllerSettings controllerSettings(Faults faults) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("broker.session.timeout.ms", "300");
        properties.put("chronik.node.disconnect.grace.ms", Integer.toString(faults.disconnectGraceMs()));
        properties.put("controller.quorum.fetch.timeout.ms", "100");
        properties.put("auto.leader.rebalance.enable", Boolean.toString(faults.balancesLeaders()));
        properties.put("leader.imbalance.check.interval.seconds", "1");
        return new ControllerSettings(1, 3, true, properties);
    }

    /// `commands` made `after` out of `before`, on a majority of disks.
    void onCommitted(ClusterImage before, ClusterImage after, List<byte[]> commands) {
        digest.add("metadata", time.nowUs(), after.appliedIndex());
        for (byte[] command : commands) {
            digest.add("command", command.length);
            if (TRACE) trace("committed %d: %s", after.appliedIndex(), new String(command, StandardCharsets.UTF_8));
        }
        oracle.onCommitted(before, after);
    }

    /// On a lane of a replica of `node`.
    void afterEvent(SimulatedNode node) {
        node.running().ifPresent(running -> {
            for (int index = 0; index < topics.count(); index++) {
                running.replica(index).ifPresent(replica -> afterEvent(node, replica));
            }
        });
    }

    private void afterEvent(SimulatedNode node, Replica replica) {
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

    SimulatedTopics topics() {
        return topics;
    }

    SimulatedQuorum quorum() {
        return quorum;
    }

    ControllerSettings controllerSettings() {
        return controllerSettings;
    }

    /// What is committed.
    ClusterImage image() {
        return quorum.image();
    }

    long newConnectionId() {
        return ++connections;
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

    SimulatedGroups groups() {
        return groups;
    }
}
