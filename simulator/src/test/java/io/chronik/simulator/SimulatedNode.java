package io.chronik.simulator;

import io.chronik.log.LogStoreOptions;
import io.chronik.log.SimulatedDisk;
import io.chronik.log.SimulatedLogs;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.replication.FetchPoint;
import io.chronik.replication.Fetched;
import io.chronik.replication.IsrProposal;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionPeers;
import io.chronik.server.api.ApiHandler;
import io.chronik.server.api.NodeHandlers;
import io.chronik.server.controller.ControllerSession;
import io.chronik.server.controller.DirectControllerChannel;
import io.chronik.server.controller.LostReplicaReport;
import io.chronik.server.controller.SessionSettings;
import io.chronik.server.metadata.AppliedImage;
import io.chronik.server.metadata.ControllerService;
import io.chronik.server.metadata.NodeIdentity;
import io.chronik.server.net.ClientRequest;
import io.chronik.server.partitions.PartitionRegistry;
import io.chronik.server.replica.IsrProposals;
import io.chronik.server.replica.ReplicationMeter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A machine with one disk, and the process on it when there is one: put together as `Node` does it.
final class SimulatedNode {
    private static final Path DATA = Path.of("/data");
    private static final String CLUSTER_ID = "simulated";
    private static final KafkaConfigCatalog CATALOG = new KafkaConfigCatalog();
    private static final int HEARTBEAT_MS = 60;
    private static final int SESSION_MS = 300;
    private static final int FAREWELL_MS = 300;
    private static final long MAX_LAG_MS = 150;

    private final int id;
    private final Cluster cluster;
    private final Chance chance;
    private SimulatedDisk disk = new SimulatedDisk();
    private Uuid directoryId;
    private @Nullable Running running;
    private int incarnation;
    private boolean lostDisk;

    /// How much of the metadata its disk has.
    private int storedEntries = 1;

    SimulatedNode(int id, Cluster cluster, Chance chance) {
        this.id = id;
        this.cluster = cluster;
        this.chance = chance;
        this.directoryId = newUuid();
    }

    private Uuid newUuid() {
        return new Uuid(chance.between(1, Long.MAX_VALUE - 1), id);
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
        return SimulatedLogs.directory(DATA, cluster.topics().id(partition));
    }

    Uuid directoryId() {
        return directoryId;
    }

    int storedEntries() {
        return storedEntries;
    }

    void store(int entries) {
        storedEntries = Math.max(storedEntries, entries);
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
        Running last = running;
        end();
        if (last != null) last.hangUp();
        disk.kill();
    }

    /// Nobody hears of it.
    void powerCut() {
        cluster.trace("node %d loses power", id);
        end();
        disk.powerCut(chance.random());
    }

    /// While it is down: it comes back with another disk, which is empty.
    void loseDisk() {
        cluster.trace("node %d loses its disk", id);
        disk = new SimulatedDisk();
        directoryId = newUuid();
        storedEntries = 0;
        lostDisk = true;
    }

    boolean hasLostDisk() {
        return lostDisk;
    }

    /// Others lead first, if the controller says so in time; then all logs are closed.
    void stopCleanly(Runnable whenStopped) {
        Running last = running;
        if (last == null || !last.process.runs()) return;
        cluster.trace("node %d stops", id);
        last.leave(() -> {
            end();
            last.hangUp();
            disk.kill();
            whenStopped.run();
        });
    }

    private void end() {
        Running last = running;
        running = null;
        if (last != null) last.process.end();
    }

    /// One process.
    final class Running implements PartitionPeers, ControllerSession.Events {
        private final int incarnation;
        private final SimulatedProcess process;
        private final SimulatedStore store;
        private final AppliedImage image;
        private final SimulatedMetadataLog metadata;
        private final ControllerService controller;
        private final Map<ApiKeys, ApiHandler> handlers;
        private final SimulatedPeers peers;
        private final ControllerSession session;
        private final IsrProposals isrProposals;
        private final LostReplicaReport lostReplicas;
        private final PartitionRegistry registry;
        private final NodeGroups groups;
        private final List<PeerWire> accepted = new ArrayList<>();
        private final Map<Integer, FollowerFetches> followers = new TreeMap<>();
        private final Map<Integer, Asking> asking = new TreeMap<>();
        private boolean entered;
        private boolean leaving;

        Running(int incarnation) {
            this.incarnation = incarnation;
            this.process = new SimulatedProcess(cluster.time(), chance, () -> cluster.afterEvent(SimulatedNode.this));
            SimulatedLogs logs =
                    SimulatedLogs.open(disk, DATA, options(), new LogBackground(), chance.random()::nextLong);
            this.store = new SimulatedStore(
                    logs,
                    new VirtualSyncer(process, chance, logs, cluster.faults()),
                    directoryId,
                    cluster.oracle()::onOpened);
            this.image = new AppliedImage(process.quietLane()::execute);
            this.metadata = new SimulatedMetadataLog(cluster, SimulatedNode.this, process, chance, image);
            this.controller = new ControllerService(
                    process.quietLane(),
                    new NodeIdentity(CLUSTER_ID, id, directoryId),
                    metadata,
                    image,
                    cluster.controllerSettings(),
                    CATALOG);
            this.handlers = new NodeHandlers(controller).handlers();
            this.peers = new SimulatedPeers(cluster, id, process, chance);
            this.session = session(Math.max(-1, cluster.quorum().lastIndexAfter(storedEntries)));
            DirectControllerChannel channel = new DirectControllerChannel(process.quietLane(), peers, metadata);
            this.isrProposals =
                    new IsrProposals(id, session::epoch, channel, process.quietLane(), ReplicationMeter.NONE);
            this.lostReplicas = new LostReplicaReport(id, session::epoch, channel);
            this.registry = new PartitionRegistry(
                    id,
                    store,
                    name -> process.lane(),
                    step -> process.afterUs(chance.between(0, 3_000), step),
                    () -> cluster.time().nowMs(),
                    cluster.topics(),
                    this,
                    MAX_LAG_MS);
            this.groups = cluster.topics().offsetsCount() == 0
                    ? NodeGroups.none()
                    : NodeGroups.of(id, process, controller, registry, cluster.topics());
        }

        private ControllerSession session(long recoveredIndex) {
            SessionSettings settings = new SessionSettings(
                    id,
                    CLUSTER_ID,
                    directoryId,
                    newUuid(),
                    List.of(new NodeImage.Endpoint("CONTROLLER", "PLAINTEXT", "node-" + id, 9093)),
                    null,
                    recoveredIndex,
                    HEARTBEAT_MS,
                    SESSION_MS);
            return new ControllerSession(settings, process.quietLane(), peers, metadata, this, fatal -> {
                throw new SimulationFailure("node " + id + " can't go on: " + fatal);
            });
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

        SimulatedMetadataLog metadata() {
            return metadata;
        }

        ControllerService controller() {
            return controller;
        }

        SimulatedPeers peers() {
            return peers;
        }

        NodeGroups groups() {
            return groups;
        }

        ClusterImage known() {
            return image.current();
        }

        Optional<Partition> partition(int index) {
            return registry.find(cluster.topics().id(index));
        }

        Optional<Replica> replica(int index) {
            return partition(index).map(partition -> new Replica(index, SimulatedNode.this, incarnation, partition));
        }

        // ---- As Membership and Node do ----

        private void begin() {
            controller.onControllerChange(session::onLeader);
            controller.probeNodesWith(this::probe);
            metadata.begin(controller);
            var _ = session.start();
            process.every(40, registry::checkIsrs);
            process.every(150, registry::writeHighWatermarks);
            process.every(200, registry::deleteOldSegments);
            process.every(200, registry::giveUpLost);
        }

        @Override
        public void onRegistered(long nodeEpoch) {
            if (entered) return;
            entered = true;
            var _ = registry.enter(controller, nodeEpoch)
                    .thenCompose(_ -> registry.reportLost(lostReplicas))
                    .thenRun(session::onReplicasOpen);
        }

        @Override
        public void onServing(boolean serving) {
            cluster.trace("node %d serves: %s", id, serving);
        }

        private void leave(Runnable whenClosed) {
            if (leaving) return;
            leaving = true;
            CompletableFuture<Void> late = new CompletableFuture<>();
            process.afterMs(FAREWELL_MS, () -> late.complete(null));
            var _ = CompletableFuture.anyOf(session.shutDown(), late)
                    .thenRun(session::stop)
                    .thenRun(groups::close)
                    .thenCompose(_ -> registry.closeAll())
                    .thenRun(() -> process.afterUs(0, () -> {
                        cluster.afterEvent(SimulatedNode.this);
                        store.close();
                        whenClosed.run();
                    }));
        }

        private void probe(int node, Runnable refused) {
            cluster.network().send(id, node, () -> {
                if (!cluster.node(node).isUp()) cluster.network().send(node, id, () -> process.run(refused));
            });
        }

        // ---- The internal listener ----

        void accepted(PeerWire wire) {
            accepted.add(wire);
        }

        void serve(ClientRequest request) {
            Objects.requireNonNull(handlers.get(request.body().apiKey())).handle(request);
        }

        /// The kernel closes what the process had open.
        private void hangUp() {
            peers.onEnded();
            accepted.forEach(PeerWire::onServerGone);
        }

        /// Connections break although both ends live.
        void loseConnections() {
            peers.breakAll();
        }

        // ---- With other nodes: what a partition asks for ----

        /// The latest point of a partition, asked for until it is answered.
        private record Asking(Partition partition, FetchPoint point) {}

        @Override
        public void fetchNext(Partition partition, FetchPoint point) {
            Asking asked = new Asking(partition, point);
            asking.put(cluster.topics().index(partition.id()), asked);
            ask(asked);
        }

        @Override
        public void stopFetching(TopicIdPartition topic) {
            asking.remove(cluster.topics().index(topic));
        }

        private void ask(Asking asked) {
            int partition = cluster.topics().index(asked.partition.id());
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
                                                            () -> process.run(() -> onFetched(asked, fetched)))))));
            process.afterMs(cluster.faults().fetchAgainMs() + chance.below(40), () -> ask(asked));
        }

        /// In production the answer of an earlier request may still come: the partition has to know.
        private void onFetched(Asking asked, Fetched fetched) {
            int partition = cluster.topics().index(asked.partition.id());
            if (asked.equals(asking.get(partition))) asking.remove(partition);
            cluster.trace("node %d: %s: %s", id, asked.point, fetched);
            asked.partition.lane().execute(() -> asked.partition.onFetched(fetched));
        }

        private void onFetch(int index, int from, long nodeEpoch, FetchPoint point, FollowerFetches.Reply reply) {
            Optional<Partition> partition = partition(index);
            if (partition.isEmpty()) {
                reply.on(FollowerFetches.failed(point, Errors.UNKNOWN_TOPIC_ID));
                return;
            }
            FollowerFetches known = followers.get(index);
            if (known == null || !known.isOf(partition.get())) {
                known = new FollowerFetches(cluster, process, chance, partition.get());
                followers.put(index, known);
            }
            known.onFetch(from, nodeEpoch, point, reply);
        }

        @Override
        public void proposeIsr(Partition partition, IsrProposal proposal) {
            cluster.trace("node %d: %s proposes %s", id, partition.id(), proposal);
            isrProposals.propose(partition, proposal);
        }
    }
}
