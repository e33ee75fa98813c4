package io.chronik.simulator;

import io.chronik.simulator.ClusterState.PartitionState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Does to a cluster what [Faults] says, until it is told to stop.
final class Nemesis {
    private final Cluster cluster;
    private final Chance chance;
    private boolean over;

    Nemesis(Cluster cluster, Chance chance) {
        this.cluster = cluster;
        this.chance = chance;
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
        every(faults.moveLeaderMs(), () -> cluster.controller().moveLeader(anyPartition()));
        every(faults.fenceMs(), this::fence);
        every(faults.controllerChangeMs(), () -> cluster.controller().change());
        every(faults.reassignMs(), this::reassign);
        every(faults.configureMs(), () -> cluster.controller().configure(anyPartition()));
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
        return chance.below(cluster.controller().committed().partitions().size());
    }

    private void crash(SimulatedNode node, boolean power) {
        if (!node.isUp()) return;
        disconnect(node);
        if (power) node.powerCut();
        else node.kill();
        startLater(node);
    }

    /// A node that is in no in-sync set comes back with an empty disk. (While it is in one, nobody could tell its loss
    /// from a second fault that leaves it as the last member.)
    private void loseDisk() {
        SimulatedNode node = chance.oneOf(cluster.nodes());
        if (!node.isUp()) return;
        disconnect(node);
        node.powerCut();
        loseDiskWhenOutOfSync(node, 20);
    }

    private void loseDiskWhenOutOfSync(SimulatedNode node, int looks) {
        cluster.time().afterMs(chance.between(1, 50), () -> {
            if (node.isUp()) return;
            if (cluster.controller().isOutOfSync(node.id())) {
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

    /// The controller may see that the connection broke.
    private void disconnect(SimulatedNode node) {
        if (chance.percent(40)) return;
        long epoch = cluster.controller().committed().epochOf(node.id());
        cluster.time()
                .afterMs(chance.between(1, 100), () -> cluster.controller().fence(node.id(), epoch));
    }

    private void stopCleanly() {
        SimulatedNode node = chance.oneOf(cluster.nodes());
        if (!node.isUp()) return;
        node.stopCleanly();
        if (!node.isUp()) startLater(node);
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
        int from = chance.below(cluster.nodes().size() + 1);
        int to = chance.below(cluster.nodes().size() + 1);
        boolean oneWay = chance.percent(40);
        cluster.trace("cut from %d to %d, one way: %s", from, to, oneWay);
        cluster.network().cut(from, to);
        if (!oneWay) cluster.network().cut(to, from);
        cluster.time().afterMs(chance.between(5, 600), () -> {
            cluster.network().heal(from, to);
            cluster.network().heal(to, from);
        });
    }

    /// As when a session ends although the node lives.
    private void fence() {
        SimulatedNode node = chance.oneOf(cluster.nodes());
        cluster.controller().fence(node.id(), cluster.controller().committed().epochOf(node.id()));
    }

    private void reassign() {
        int partition = anyPartition();
        PartitionState state = cluster.controller().committed().partition(partition);
        List<Integer> ids = new ArrayList<>();
        for (SimulatedNode node : cluster.nodes()) ids.add(node.id());
        Collections.shuffle(ids, chance.random());
        int count = Math.max(
                state.minInSync(), Math.min(ids.size(), state.replicas().size()));
        cluster.controller().reassign(partition, ids.subList(0, count));
    }

    /// Never what a producer may still be known by: a replica that never had it takes any of its batches for the first,
    /// and so does Kafka.
    private void deleteRecords() {
        int partition = anyPartition();
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
