package io.chronik.simulator;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Does to a cluster what [Faults] says, until it is told to stop.
final class Nemesis {
    private final Cluster cluster;
    private final Chance chance;
    private final Operator operator;
    private boolean over;

    Nemesis(Cluster cluster, Chance chance) {
        this.cluster = cluster;
        this.chance = chance;
        this.operator = new Operator(cluster);
    }

    void start() {
        Faults faults = cluster.faults();
        every(faults.killMs(), () -> crash(chance.oneOf(cluster.nodes()), false));
        every(faults.powerCutMs(), () -> crash(chance.oneOf(cluster.nodes()), true));
        every(faults.crashAllMs(), () -> {
            boolean power = chance.percent(50);
            cluster.nodes().forEach(node -> crash(node, power));
        });
        every(faults.loseDiskMs(), this::loseDisk);
        every(faults.cleanStopMs(), this::stopCleanly);
        every(faults.stopMs(), this::suspend);
        every(faults.cutMs(), this::cut);
        every(faults.moveLeaderMs(), this::moveLeader);
        every(faults.disconnectMs(), this::loseConnections);
        every(faults.controllerChangeMs(), () -> cluster.quorum().elect());
        every(faults.reassignMs(), this::reassign);
        every(faults.configureMs(), () -> operator.configure(anyPartition()));
        every(faults.deleteRecordsMs(), this::deleteRecords);
    }

    private void every(int periodMs, Runnable fault) {
        if (periodMs == 0) return;
        cluster.time().afterMs(chance.between(1, periodMs * 2L), () -> {
            if (over) return;
            fault.run();
            every(periodMs, fault);
        });
    }

    /// Everything is up and connected again.
    void stop() {
        over = true;
        cluster.network().calmDown();
        for (SimulatedNode node : cluster.nodes()) {
            node.running().ifPresentOrElse(running -> running.process().resume(), node::start);
        }
    }

    private int anyPartition() {
        return chance.below(cluster.topics().count());
    }

    private void crash(SimulatedNode node, boolean power) {
        if (!node.isUp()) return;
        if (power) node.powerCut();
        else node.kill();
        startLater(node);
    }

    /// A node that is in no in-sync set comes back with an empty disk. (While it is in one, nobody could tell its loss
    /// from a second fault that leaves it as the last member.)
    private void loseDisk() {
        SimulatedNode node = chance.oneOf(cluster.nodes());
        if (!node.isUp()) return;
        node.powerCut();
        loseDiskWhenOutOfSync(node, 20);
    }

    private void loseDiskWhenOutOfSync(SimulatedNode node, int looks) {
        cluster.time().afterMs(chance.between(1, 50), () -> {
            if (node.isUp()) return;
            if (isOutOfSync(node.id())) {
                node.loseDisk();
                node.start();
            } else if (looks == 0) {
                node.start();
            } else {
                loseDiskWhenOutOfSync(node, looks - 1);
            }
        });
    }

    private void startLater(SimulatedNode node) {
        cluster.time().afterMs(chance.between(1, chance.percent(70) ? 100 : 900), node::start);
    }

    /// Whatever becomes of what is not committed yet.
    private boolean isOutOfSync(int node) {
        ClusterImage image = cluster.image();
        boolean mayJoin = image.node(node).filter(known -> !known.fenced()).isPresent();
        if (mayJoin || !cluster.quorum().isIdle()) return false;
        for (int index = 0; index < cluster.topics().count(); index++) {
            if (cluster.topics().partition(image, index).isr().contains(node)) return false;
        }
        return true;
    }

    private void stopCleanly() {
        SimulatedNode node = chance.oneOf(cluster.nodes());
        node.stopCleanly(() -> startLater(node));
    }

    private void suspend() {
        SimulatedNode node = chance.oneOf(cluster.nodes());
        node.running().ifPresent(running -> {
            if (!running.process().runs()) return;
            cluster.trace("node %d is stopped", node.id());
            running.process().stop();
            cluster.time()
                    .afterMs(chance.between(5, 700), () -> running.process().resume());
        });
    }

    private void cut() {
        int from = chance.oneOf(cluster.nodes()).id();
        int to = chance.oneOf(cluster.nodes()).id();
        if (from == to) return;
        boolean oneWay = chance.percent(40);
        cluster.trace("cut from %d to %d, one way: %s", from, to, oneWay);
        cluster.network().cut(from, to);
        if (!oneWay) cluster.network().cut(to, from);
        cluster.time().afterMs(chance.between(5, 600), () -> {
            cluster.network().heal(from, to);
            cluster.network().heal(to, from);
        });
    }

    /// Between processes that live: the controller may take one for dead.
    private void loseConnections() {
        chance.oneOf(cluster.nodes()).running().ifPresent(SimulatedNode.Running::loseConnections);
    }

    /// Another leader although the present one lives.
    private void moveLeader() {
        int partition = anyPartition();
        List<Integer> replicas = new ArrayList<>(
                cluster.topics().partition(cluster.image(), partition).replicas());
        if (chance.percent(80)) {
            Collections.rotate(replicas, 1);
            operator.reassign(partition, replicas);
        }
        operator.electPreferred(partition);
    }

    private void reassign() {
        int partition = anyPartition();
        PartitionImage state = cluster.topics().partition(cluster.image(), partition);
        if (state.moving() && chance.percent(30)) {
            operator.cancelReassignment(partition);
            return;
        }
        List<Integer> ids = new ArrayList<>();
        for (SimulatedNode node : cluster.nodes()) ids.add(node.id());
        Collections.shuffle(ids, chance.random());
        int wanted = state.replicas().size() - state.adding().size();
        int minInSync = cluster.topics().minInSync(cluster.image(), partition);
        operator.reassign(partition, ids.subList(0, Math.max(minInSync, Math.min(ids.size(), wanted))));
    }

    /// Never what a producer may still be known by: a replica that never had it takes any of its batches for the first,
    /// and so does Kafka.
    private void deleteRecords() {
        int partition = chance.below(cluster.topics().dataCount());
        long bound = Long.MAX_VALUE;
        for (SimulatedClient client : cluster.clients()) bound = Math.min(bound, client.needsFrom(partition));
        long needed = bound;
        for (SimulatedNode node : cluster.nodes()) {
            node.running()
                    .ifPresent(running -> running.process()
                            .run(() -> running.replica(partition)
                                    .ifPresent(replica -> replica.partition()
                                            .lane()
                                            .execute(() -> {
                                                long highWatermark = replica.partition()
                                                        .view()
                                                        .highWatermark();
                                                long before = chance.between(0, highWatermark / 2);
                                                var _ = replica.partition()
                                                        .deleteRecordsBefore(Math.min(before, needed));
                                            }))));
        }
    }
}
