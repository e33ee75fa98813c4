package io.chronik.simulator;

import io.chronik.base.Lane;
import io.chronik.log.LogStoreOptions;
import io.chronik.log.PartitionLog;
import io.chronik.log.SimulatedDisk;
import io.chronik.log.SimulatedLogs;
import io.chronik.replication.Assignment;
import io.chronik.replication.FetchPoint;
import io.chronik.replication.IsrAnswer;
import io.chronik.replication.IsrProposal;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionPeers;
import io.chronik.simulator.ClusterState.PartitionState;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A machine with one disk, and the process on it when there is one: real replicas on real logs.
final class SimulatedNode {
    private static final Path DATA = Path.of("/data");
    private static final int HEARTBEAT_MS = 60;
    private static final int CATCH_UP_MS = 60;
    private static final long MAX_LAG_MS = 150;

    private final int id;
    private final Cluster cluster;
    private final Chance chance;
    private SimulatedDisk disk = new SimulatedDisk();
    private @Nullable Running running;
    private int incarnation;
    private boolean lostDisk;

    /// What its metadata log has, which it keeps.
    private ClusterState stored;

    SimulatedNode(int id, Cluster cluster, Chance chance, ClusterState initial) {
        this.id = id;
        this.cluster = cluster;
        this.chance = chance;
        this.stored = initial;
    }

    int id() {
        return id;
    }

    SimulatedDisk disk() {
        return disk;
    }

    boolean isUp() {
        return running != null;
    }

    Optional<Running> running() {
        return Optional.ofNullable(running);
    }

    Path directory(int partition) {
        return SimulatedLogs.directory(DATA, cluster.topicPartition(partition));
    }

    void start() {
        if (running != null) return;
        incarnation++;
        cluster.trace("node %d starts process %d", id, incarnation);
        Running started = new Running(incarnation);
        running = started;
        started.begin();
    }

    void kill() {
        cluster.trace("node %d is killed", id);
        end();
        disk.kill();
    }

    void powerCut() {
        cluster.trace("node %d loses power", id);
        end();
        disk.powerCut(chance.random());
    }

    /// While it is down: it comes back with another disk, which is empty.
    void loseDisk() {
        cluster.trace("node %d loses its disk", id);
        disk = new SimulatedDisk();
        lostDisk = true;
    }

    boolean hasLostDisk() {
        return lostDisk;
    }

    /// All logs are closed first.
    void stopCleanly() {
        Running last = running;
        if (last == null || !last.process.runs()) return;
        cluster.trace("node %d stops", id);
        last.replicas.values().forEach(replica -> replica.partition().close());
        cluster.afterEvent(this);
        last.logs.close();
        end();
        disk.kill();
    }

    private void end() {
        Running last = running;
        running = null;
        if (last != null) last.process.end();
    }

    /// One process.
    final class Running implements PartitionPeers {
        private final int incarnation;
        private final SimulatedProcess process;
        private final SimulatedLogs logs;
        private final VirtualSyncer syncer;
        private final Map<Integer, Replica> replicas = new TreeMap<>();
        private final Map<Integer, FollowerFetches> followers = new TreeMap<>();
        private final Map<Integer, Asking> asking = new TreeMap<>();
        private final Set<Integer> leaving = new TreeSet<>();
        private ClusterState known;
        private boolean broughtIn;

        Running(int incarnation) {
            this.incarnation = incarnation;
            this.process = new SimulatedProcess(cluster.time(), chance, () -> cluster.afterEvent(SimulatedNode.this));
            this.logs = SimulatedLogs.open(disk, DATA, options(), new LogBackground(), chance.random()::nextLong);
            this.syncer = new VirtualSyncer(process, chance, logs, cluster.faults());
            this.known = stored;
        }

        private final class LogBackground implements SimulatedLogs.Background {
            @Override
            public void execute(Runnable task) {
                process.afterUs(chance.between(0, 5_000), task);
            }

            @Override
            public void after(long delayMs, Runnable task) {
                process.afterMs(delayMs, task);
            }
        }

        private LogStoreOptions options() {
            LogStoreOptions defaults = LogStoreOptions.defaults();
            return new LogStoreOptions(
                    100,
                    1 << 20,
                    defaults.producerIdExpirationMs(),
                    1_000,
                    1,
                    1,
                    8 << 10,
                    1_000_000,
                    500,
                    cluster.faults().journal() ? 256 << 10 : 0);
        }

        SimulatedProcess process() {
            return process;
        }

        int incarnation() {
            return incarnation;
        }

        Iterable<Replica> replicas() {
            return replicas.values();
        }

        Optional<Replica> replica(int partition) {
            return Optional.ofNullable(replicas.get(partition));
        }

        ClusterState known() {
            return known;
        }

        // ---- With the controller ----

        private void begin() {
            process.every(HEARTBEAT_MS, this::heartbeat);
            process.every(CATCH_UP_MS, this::catchUp);
            process.every(40, () -> replicas.values().forEach(this::checkIsr));
            process.every(150, this::writeHighWatermarks);
            process.every(200, this::retention);
            register();
        }

        private long epoch() {
            ClusterState.Node self = known.nodes().get(id);
            return self == null || self.incarnation() != incarnation ? -1 : self.epoch();
        }

        private void register() {
            toController(() -> cluster.controller().register(id, incarnation));
        }

        private void heartbeat() {
            if (epoch() < 0) {
                register();
                return;
            }
            long epoch = epoch();
            toController(() -> cluster.controller().heartbeat(id, epoch, broughtIn, () -> {}));
        }

        private void toController(Runnable request) {
            cluster.network().send(id, SimulatedNetwork.CONTROLLER, request);
        }

        private void catchUp() {
            long have = known.index();
            toController(() -> {
                ClusterState committed = cluster.controller().committed();
                if (committed.index() > have)
                    cluster.network().send(SimulatedNetwork.CONTROLLER, id, () -> tell(committed));
            });
        }

        void tell(ClusterState state) {
            process.run(() -> onState(state));
        }

        private void onState(ClusterState state) {
            if (state.index() <= known.index()) return;
            ClusterState before = known;
            known = state;
            stored = state;
            // Until this process is registered the metadata speaks of one before it.
            if (epoch() < 0) return;
            if (!broughtIn) setStraysAside();
            state.partitions()
                    .forEach((partition, next) ->
                            onPartition(partition, before.partitions().get(partition), next));
            broughtIn = true;
        }

        private void setStraysAside() {
            known.partitions().forEach((partition, state) -> {
                if (state.replicas().contains(id)) return;
                TopicIdPartition topic = cluster.topicPartition(partition);
                logs.setAside(topic.topicId(), topic.partition(), cluster.time().nowMs());
            });
        }

        private void onPartition(int partition, @Nullable PartitionState before, PartitionState next) {
            Replica replica = replicas.get(partition);
            if (!next.replicas().contains(id)) {
                if (replica != null) moveAway(replica, next.assignment());
                return;
            }
            // Its files are going: it comes back when they are gone.
            if (leaving.contains(partition)) return;
            if (replica == null) {
                replica = open(partition, next);
                replicas.put(partition, replica);
            }
            Partition target = replica.partition();
            boolean configured = before != null && before.settingsVersion() != next.settingsVersion();
            Assignment assignment = next.assignment();
            target.lane().execute(() -> {
                if (configured) target.configure(cluster.settings(next.settingsVersion()), next.minInSync());
                target.assign(assignment);
            });
        }

        private Replica open(int partition, PartitionState state) {
            TopicIdPartition topic = cluster.topicPartition(partition);
            PartitionLog log = logs.openOrCreate(
                    topic,
                    cluster.settings(state.settingsVersion()),
                    cluster.time().nowMs());
            Lane lane = process.lane();
            Partition opened = new Partition(
                    topic,
                    id,
                    lane,
                    () -> cluster.time().nowMs(),
                    log,
                    syncer,
                    this,
                    state.minInSync(),
                    MAX_LAG_MS,
                    logs.highWatermark(log));
            Replica replica = new Replica(partition, SimulatedNode.this, incarnation, opened, log);
            followers.put(partition, new FollowerFetches(cluster, process, chance, opened));
            cluster.oracle().onOpened(replica);
            return replica;
        }

        private void moveAway(Replica replica, Assignment assignment) {
            replicas.remove(replica.partitionIndex());
            followers.remove(replica.partitionIndex());
            int partition = replica.partitionIndex();
            leaving.add(partition);
            replica.partition().lane().execute(() -> {
                replica.partition().assign(assignment);
                replica.partition().delete();
                leaving.remove(partition);
                onPartition(partition, null, known.partition(partition));
            });
        }

        // ---- Ticks ----

        private void checkIsr(Replica replica) {
            replica.partition().lane().execute(replica.partition()::checkIsr);
        }

        private void writeHighWatermarks() {
            for (Replica replica : replicas.values()) {
                Partition partition = replica.partition();
                logs.noteHighWatermark(partition.id(), partition.view().highWatermark());
            }
            logs.writeHighWatermarks();
        }

        private void retention() {
            for (Replica replica : replicas.values()) {
                replica.partition().lane().execute(replica.partition()::deleteOldSegments);
            }
        }

        // ---- With other nodes: what a partition asks for ----

        /// The latest point of a partition, asked for until it is answered.
        private record Asking(Partition partition, FetchPoint point) {}

        @Override
        public void fetchNext(Partition partition, FetchPoint point) {
            Asking asked = new Asking(partition, point);
            asking.put(cluster.index(partition.id()), asked);
            ask(asked);
        }

        @Override
        public void stopFetching(TopicIdPartition topic) {
            asking.remove(cluster.index(topic));
        }

        private void ask(Asking asked) {
            int partition = cluster.index(asked.partition.id());
            if (!asked.equals(asking.get(partition))) return;
            long epoch = epoch();
            int leader = asked.point.leader();
            cluster.network()
                    .send(
                            id,
                            leader,
                            () -> cluster.node(leader)
                                    .running()
                                    .ifPresent(other -> other.process.run(() -> other.onFetch(
                                            partition,
                                            id,
                                            epoch,
                                            asked.point,
                                            fetched -> cluster.network()
                                                    .send(
                                                            leader,
                                                            id,
                                                            () -> process.run(() -> {
                                                                // In production the answer of an earlier request may
                                                                // still come: the partition has to know.
                                                                if (asked.equals(asking.get(partition)))
                                                                    asking.remove(partition);
                                                                cluster.trace(
                                                                        "node %d: %s: %s", id, asked.point, fetched);
                                                                asked.partition
                                                                        .lane()
                                                                        .execute(() ->
                                                                                asked.partition.onFetched(fetched));
                                                            }))))));
            process.afterMs(cluster.faults().fetchAgainMs() + chance.below(40), () -> ask(asked));
        }

        private void onFetch(int partition, int from, long nodeEpoch, FetchPoint point, FollowerFetches.Reply reply) {
            FollowerFetches target = followers.get(partition);
            if (target == null) reply.on(FollowerFetches.failed(point, Errors.UNKNOWN_TOPIC_ID));
            else target.onFetch(from, nodeEpoch, point, reply);
        }

        @Override
        public void proposeIsr(Partition partition, IsrProposal proposal) {
            int index = cluster.index(partition.id());
            boolean[] answered = new boolean[1];
            long epoch = epoch();
            toController(() -> cluster.controller()
                    .alterPartition(
                            id,
                            epoch,
                            index,
                            proposal,
                            answer -> cluster.network()
                                    .send(
                                            SimulatedNetwork.CONTROLLER,
                                            id,
                                            () -> process.run(() -> answer(partition, proposal, answer, answered)))));
            process.afterMs(
                    cluster.faults().proposalTimeoutMs(),
                    () -> answer(partition, proposal, new IsrAnswer.Unknown(), answered));
        }

        private void answer(Partition partition, IsrProposal proposal, IsrAnswer answer, boolean[] answered) {
            if (answered[0]) return;
            answered[0] = true;
            cluster.trace("node %d: %s: %s", id, proposal, answer);
            partition.lane().execute(() -> partition.onIsrAnswer(proposal, answer));
        }
    }
}
