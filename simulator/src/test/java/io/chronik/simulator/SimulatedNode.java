package io.chronik.simulator;

import io.chronik.log.LogFailure;
import io.chronik.log.LogStoreOptions;
import io.chronik.log.SimulatedDisk;
import io.chronik.log.SimulatedLogs;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.controller.ControllerSettings;
import io.chronik.replication.FetchPoint;
import io.chronik.replication.Fetched;
import io.chronik.replication.IsrProposal;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionPeers;
import io.chronik.server.controller.ControllerSession;
import io.chronik.server.controller.DirectControllerChannel;
import io.chronik.server.controller.LostReplicaReport;
import io.chronik.server.controller.SessionSettings;
import io.chronik.server.groups.CoordinatorElections;
import io.chronik.server.metadata.AppliedImage;
import io.chronik.server.metadata.ControllerService;
import io.chronik.server.metadata.NodeIdentity;
import io.chronik.server.partitions.PartitionRegistry;
import io.chronik.server.partitions.ReplicaCoordinatorLog;
import io.chronik.server.replica.IsrProposals;
import io.chronik.server.replica.ProposalsPort;
import io.chronik.server.replica.ReplicationMeter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterPartitionRequest;
import org.apache.kafka.common.requests.AlterPartitionResponse;
import org.apache.kafka.common.requests.AssignReplicasToDirsRequest;
import org.apache.kafka.common.requests.AssignReplicasToDirsResponse;
import org.apache.kafka.common.requests.BrokerHeartbeatRequest;
import org.apache.kafka.common.requests.BrokerHeartbeatResponse;
import org.apache.kafka.common.requests.BrokerRegistrationRequest;
import org.apache.kafka.common.requests.BrokerRegistrationResponse;
import org.jspecify.annotations.Nullable;

/// A machine with one disk, and the process on it when there is one: real replicas on real logs.
final class SimulatedNode {
    static final int SESSION_MS = 300;

    private static final Path DATA = Path.of("/data");
    private static final int HEARTBEAT_MS = 60;
    private static final int CATCH_UP_MS = 60;
    private static final int FAREWELL_MS = 400;
    private static final long MAX_LAG_MS = 150;
    private static final String CLUSTER_ID = "simulated";

    private static final Set<SimulatedDisk.Operation> SYNCS = EnumSet.of(
            SimulatedDisk.Operation.SYNC,
            SimulatedDisk.Operation.SYNC_DIRECTORY,
            SimulatedDisk.Operation.SYNC_FILE_SYSTEM);

    private final int id;
    private final Cluster cluster;
    private final Chance chance;
    private SimulatedDisk disk = new SimulatedDisk();
    private int disks = 1;
    private @Nullable Running running;
    private int incarnation;
    private boolean syncFailed;

    /// How much of the quorum's log its disk has.
    private int stored;

    SimulatedNode(int id, Cluster cluster, Chance chance) {
        this.id = id;
        this.cluster = cluster;
        this.chance = chance;
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
        // The page cache may still show what a failed sync has lost, and deceive the next process.
        if (syncFailed) disk.powerCut(chance.random());
        else disk.kill();
        syncFailed = false;
    }

    void powerCut() {
        cluster.trace("node %d loses power", id);
        end();
        disk.powerCut(chance.random());
        syncFailed = false;
    }

    /// While it is down: it comes back with another disk, which is empty.
    void loseDisk() {
        cluster.trace("node %d loses its disk", id);
        disk = new SimulatedDisk();
        disks++;
        stored = 0;
    }

    boolean hasLostDisk() {
        return disks > 1;
    }

    /// The next sync fails, and what it was for is lost. The process ends soon after, and the machine with it.
    void failSync(Consumer<SimulatedNode> afterwards) {
        Running last = running;
        if (last == null) return;
        disk.faults((operation, path) -> {
            if (!SYNCS.contains(operation)) return;
            disk.faults(SimulatedDisk.Faults.NONE);
            syncFailed = true;
            cluster.trace("node %d cannot sync %s", id, path);
            last.process.mayFailBy(failure -> fails(last, failure, afterwards));
            throw new IOException("simulated: input/output error");
        });
    }

    private boolean fails(Running last, RuntimeException failure, Consumer<SimulatedNode> afterwards) {
        if (!(failure instanceof LogFailure) && !(failure instanceof UncheckedIOException)) return false;
        if (running != last) return true;
        cluster.trace("node %d ends: %s", id, failure);
        kill();
        afterwards.accept(this);
        return true;
    }

    /// Others lead first, if the controller can be asked, and all logs are closed.
    void stopCleanly(Runnable afterwards) {
        Running last = running;
        if (last == null || !last.process.runs()) return;
        cluster.trace("node %d wants to stop", id);
        Runnable stop = () -> {
            if (running != last) return;
            cluster.trace("node %d stops", id);
            last.registry.all().forEach(Partition::close);
            cluster.afterEvent(this);
            last.logs.close();
            end();
            disk.kill();
            afterwards.run();
        };
        var _ = last.session.shutDown().thenRun(() -> last.process.afterUs(0, stop));
        last.process.afterMs(FAREWELL_MS, stop);
    }

    private void end() {
        Running last = running;
        running = null;
        if (last == null) return;
        disk.faults(SimulatedDisk.Faults.NONE);
        last.process.end();
        last.peers.close();
    }

    /// One process.
    final class Running implements PartitionPeers, ControllerSession.Events {
        private final int incarnation;
        private final SimulatedProcess process;
        private final SimulatedLogs logs;
        private final SimulatedMetadataLog metadata;
        private final ControllerService controller;
        private final SimulatedPeers peers;
        private final ControllerSession session;
        private final DirectControllerChannel channel;
        private final IsrProposals proposals;
        private final PartitionRegistry registry;
        private final Map<Integer, Replica> replicas = new TreeMap<>();
        private final Map<Integer, FollowerFetches> followers = new TreeMap<>();
        private final Map<Integer, Asking> asking = new TreeMap<>();
        private final SimulatedCoordinator groups;
        private boolean entered;
        private boolean serving;

        Running(int incarnation) {
            this.incarnation = incarnation;
            this.process = new SimulatedProcess(cluster.time(), chance, () -> cluster.afterEvent(SimulatedNode.this));
            this.logs = SimulatedLogs.open(disk, DATA, options(), new LogBackground(), chance.random()::nextLong);
            Uuid directory = new Uuid(id, disks);
            AppliedImage image = new AppliedImage(process.lane()::execute);
            this.metadata = new SimulatedMetadataLog(cluster, this, image);
            metadata.recover(chance.percent(50) ? chance.below(stored + 1) : stored, stored);
            this.controller = new ControllerService(
                    process.lane(),
                    new NodeIdentity(CLUSTER_ID, id, directory),
                    metadata,
                    image,
                    new ControllerSettings(1, ControllerSettings.ALL_UP_TO_THREE, true, cluster.controllerProperties()),
                    new KafkaConfigCatalog());
            metadata.tell(controller::onLeader);
            controller.probeNodesWith(this::probe);
            this.peers = new SimulatedPeers(cluster, this, chance);
            this.session = new ControllerSession(
                    new SessionSettings(
                            id,
                            CLUSTER_ID,
                            directory,
                            new Uuid(id, incarnation),
                            List.of(),
                            null,
                            cluster.quorum().indexAt(stored),
                            HEARTBEAT_MS,
                            SESSION_MS),
                    process.lane(),
                    peers,
                    metadata,
                    this,
                    failure -> {
                        throw new SimulationFailure("node " + id + ": " + failure);
                    });
            this.channel = new DirectControllerChannel(process.lane(), peers, metadata);
            this.proposals = new IsrProposals(id, session::epoch, channel, process.lane(), ReplicationMeter.NONE);
            this.registry = new PartitionRegistry(
                    id,
                    new SimulatedStore(logs, new VirtualSyncer(process, chance, logs, cluster.faults()), directory),
                    _ -> process.lane(),
                    process.lane()::execute,
                    () -> cluster.time().nowMs(),
                    cluster,
                    this,
                    MAX_LAG_MS);
            this.groups = new SimulatedCoordinator(
                    process,
                    cluster.time(),
                    chance,
                    new ReplicaCoordinatorLog(controller, registry, cluster, process.lane()::execute));
            registry.addLeadershipListener(new CoordinatorElections(groups));
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

        int nodeId() {
            return id;
        }

        SimulatedProcess process() {
            return process;
        }

        int incarnation() {
            return incarnation;
        }

        SimulatedMetadataLog metadata() {
            return metadata;
        }

        ControllerService controller() {
            return controller;
        }

        SimulatedCoordinator groups() {
            return groups;
        }

        /// Whether clients are let in.
        boolean serving() {
            return serving;
        }

        Optional<Replica> replica(int partition) {
            Partition present = registry.find(cluster.topicPartition(partition)).orElse(null);
            if (present == null) return Optional.empty();
            Replica known = replicas.get(partition);
            return Optional.of(known != null && known.partition() == present ? known : opened(partition, present));
        }

        private Replica opened(int partition, Partition present) {
            Replica replica = new Replica(partition, SimulatedNode.this, incarnation, present);
            replicas.put(partition, replica);
            followers.put(partition, new FollowerFetches(cluster, process, chance, present));
            cluster.oracle().onOpened(replica);
            return replica;
        }

        // ---- With the quorum and the controller ----

        /// As `Node` and its `Membership` do it.
        private void begin() {
            controller.onControllerChange(session::onLeader);
            var _ = session.start();
            process.every(CATCH_UP_MS, () -> cluster.quorum().ask(id));
            process.every(40, registry::checkIsrs);
            process.every(150, registry::writeHighWatermarks);
            process.every(200, registry::deleteOldSegments);
            process.every(200, registry::giveUpLost);
        }

        void onStored(int size) {
            stored = size;
        }

        @Override
        public void onRegistered(long nodeEpoch) {
            if (entered) return;
            entered = true;
            var _ = registry.enter(controller, nodeEpoch)
                    .thenCompose(_ -> registry.reportLost(new LostReplicaReport(id, session::epoch, channel)))
                    .thenRun(session::onReplicasOpen);
        }

        @Override
        public void onServing(boolean counted) {
            cluster.trace("node %d serves: %s", id, counted);
            serving = counted;
        }

        /// A connection attempt.
        private void probe(int node, Runnable refused) {
            cluster.network().send(id, node, () -> {
                if (!cluster.node(node).isUp()) cluster.network().send(node, id, () -> process.run(refused));
            });
        }

        /// What the internal listener does with a request of a node.
        CompletableFuture<AbstractResponse> serve(AbstractRequest request, long connection) {
            CompletableFuture<? extends AbstractResponse> decided = switch (request) {
                case BrokerRegistrationRequest registration ->
                    controller.registerBroker(registration.data()).thenApply(BrokerRegistrationResponse::new);
                case BrokerHeartbeatRequest beat ->
                    controller.brokerHeartbeat(beat.data(), connection).thenApply(BrokerHeartbeatResponse::new);
                case AlterPartitionRequest alter ->
                    controller.alterPartition(alter.data()).thenApply(AlterPartitionResponse::new);
                case AssignReplicasToDirsRequest lost ->
                    controller.assignReplicasToDirs(lost.data()).thenApply(AssignReplicasToDirsResponse::new);
                default -> throw new IllegalArgumentException("not asked here: " + request);
            };
            return decided.handle((response, failure) -> failure == null
                    ? response
                    : request.getErrorResponse(
                            0,
                            failure instanceof CompletionException && failure.getCause() != null
                                    ? failure.getCause()
                                    : failure));
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
            long epoch = session.epoch();
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
                                                            () -> process.run(() -> onAnswer(asked, fetched)))))));
            process.afterMs(cluster.faults().fetchAgainMs() + chance.below(40), () -> ask(asked));
        }

        /// In production the answer of an earlier request may still come: the partition has to know.
        private void onAnswer(Asking asked, Fetched fetched) {
            int partition = cluster.index(asked.partition.id());
            if (asked.equals(asking.get(partition))) asking.remove(partition);
            cluster.trace("node %d: %s: %s", id, asked.point, fetched);
            asked.partition.lane().execute(() -> asked.partition.onFetched(fetched));
        }

        private void onFetch(int partition, int from, long nodeEpoch, FetchPoint point, FollowerFetches.Reply reply) {
            FollowerFetches target = replica(partition).isPresent() ? followers.get(partition) : null;
            if (target == null) reply.on(FollowerFetches.failed(point, Errors.UNKNOWN_TOPIC_ID));
            else target.onFetch(from, nodeEpoch, point, reply);
        }

        @Override
        public void proposeIsr(Partition partition, IsrProposal proposal) {
            cluster.trace("node %d: %s", id, proposal);
            ProposalsPort.propose(proposals, partition, proposal);
        }

        @Override
        public String toString() {
            return "node " + id + " (process " + incarnation + ")";
        }
    }
}
