package io.chronik.simulator;

import io.chronik.log.SimulatedDisk;
import io.chronik.metadata.NodeImage;
import io.chronik.server.controller.NodeLiveness;
import io.chronik.server.metadata.ControllerService;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.jspecify.annotations.Nullable;

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
        every(faults.moveLeaderMs(), this::moveLeader);
        every(faults.fenceMs(), this::fence);
        every(faults.controllerChangeMs(), () -> cluster.quorum().elect());
        every(faults.reassignMs(), this::reassign);
        every(faults.configureMs(), this::configure);
        every(faults.deleteRecordsMs(), this::deleteRecords);
        every(faults.failSyncMs(), () -> chance.oneOf(cluster.nodes()).failSync(this::startLater));
        every(faults.clogMs(), this::clog);
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
            node.disk().faults(SimulatedDisk.Faults.NONE);
            node.running().ifPresentOrElse(running -> running.process().resume(), node::start);
        }
    }

    private int anyPartition() {
        return chance.below(cluster.partitionCount());
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

    /// Whatever becomes of what is not committed yet.
    private boolean isOutOfSync(int node) {
        boolean member = false;
        for (int i = 0; i < cluster.partitionCount(); i++)
            member |= cluster.committed(i).isr().contains(node);
        boolean fenced =
                cluster.quorum().committed().node(node).map(NodeImage::fenced).orElse(true);
        return !member && fenced && cluster.quorum().isIdle();
    }

    private void startLater(SimulatedNode node) {
        cluster.time().afterMs(chance.between(1, chance.percent(70) ? 100 : 900), node::start);
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
        int from = 1 + chance.below(cluster.nodes().size());
        int to = 1 + chance.below(cluster.nodes().size());
        boolean oneWay = chance.percent(40);
        boolean fromAll = chance.percent(30);
        cluster.trace("cut from %d to %s, one way: %s", from, fromAll ? "all" : to, oneWay);
        long durationMs = chance.between(5, 600);
        for (SimulatedNode node : cluster.nodes()) {
            if (!fromAll && node.id() != to) continue;
            cluster.network().cut(from, node.id());
            if (!oneWay) cluster.network().cut(node.id(), from);
            cluster.time().afterMs(durationMs, () -> {
                cluster.network().heal(from, node.id());
                cluster.network().heal(node.id(), from);
            });
        }
    }

    private void clog() {
        int from = 1 + chance.below(cluster.nodes().size());
        int to = 1 + chance.below(cluster.nodes().size());
        if (from == to) return;
        cluster.trace("clogged from %d to %d", from, to);
        cluster.network().clog(from, to, chance.between(5, 500));
    }

    // ---- What is asked of the controller ----

    private void asController(Function<ControllerService, CompletableFuture<?>> request) {
        SimulatedNode.Running running = cluster.quorum().controller();
        if (running == null) return;
        var _ = request.apply(running.controller());
    }

    /// As when a session ends although the node lives.
    private void fence() {
        SimulatedNode node = chance.oneOf(cluster.nodes());
        long epoch = cluster.quorum()
                .committed()
                .node(node.id())
                .map(NodeImage::epoch)
                .orElse(-1L);
        asController(controller -> controller.brokerHeartbeat(
                new BrokerHeartbeatRequestData()
                        .setBrokerId(node.id())
                        .setBrokerEpoch(epoch)
                        .setWantFence(true),
                NodeLiveness.NO_CONNECTION));
    }

    /// Another leader although the present one lives: as an operator wishes, by another order of the replicas.
    private void moveLeader() {
        int partition = anyPartition();
        PartitionState state = cluster.committed(partition);
        if (!state.image().moving()) {
            List<Integer> order = new ArrayList<>(state.replicas());
            Collections.shuffle(order, chance.random());
            reassign(partition, order);
        }
        asController(controller -> controller.electLeaders(new ElectLeadersRequestData()
                .setTopicPartitions(new ElectLeadersRequestData.TopicPartitionsCollection(
                        List.of(new ElectLeadersRequestData.TopicPartitions()
                                        .setTopic(cluster.name(partition))
                                        .setPartitions(List.of(0)))
                                .iterator()))));
    }

    private void reassign() {
        int partition = anyPartition();
        PartitionState state = cluster.committed(partition);
        if (state.image().moving() && chance.percent(50)) {
            reassign(partition, null);
            return;
        }
        List<Integer> ids = new ArrayList<>();
        for (SimulatedNode node : cluster.nodes()) ids.add(node.id());
        Collections.shuffle(ids, chance.random());
        int count = Math.max(
                state.minInSync(), Math.min(ids.size(), state.replicas().size()));
        reassign(partition, List.copyOf(ids.subList(0, count)));
    }

    /// Without a target: back to where it was.
    private void reassign(int partition, @Nullable List<Integer> target) {
        asController(controller -> controller.alterPartitionReassignments(new AlterPartitionReassignmentsRequestData()
                .setTopics(List.of(new AlterPartitionReassignmentsRequestData.ReassignableTopic()
                        .setName(cluster.name(partition))
                        .setPartitions(List.of(new AlterPartitionReassignmentsRequestData.ReassignablePartition()
                                .setPartitionIndex(0)
                                .setReplicas(target)))))));
    }

    private void configure() {
        int partition = anyPartition();
        String[] setting = cluster.changedSetting(partition);
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        var resource = new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(ConfigResource.Type.TOPIC.id())
                .setResourceName(cluster.name(partition));
        resource.configs()
                .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                        .setName(setting[0])
                        .setConfigOperation(AlterConfigOp.OpType.SET.id())
                        .setValue(setting[1]));
        request.resources().add(resource);
        asController(controller -> controller.incrementalAlterConfigs(request));
    }

    /// Never what a producer may still be known by: a replica that never had it takes any of its batches for the first,
    /// and so does Kafka.
    private void deleteRecords() {
        int partition = chance.below(cluster.dataPartitionCount());
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
