package io.chronik.server;

import io.chronik.coordinators.GroupSettings;
import io.chronik.coordinators.Groups;
import io.chronik.log.DiskSyncer;
import io.chronik.log.FileDisk;
import io.chronik.log.FileLogStore;
import io.chronik.log.LogStore;
import io.chronik.log.LogStoreOptions;
import io.chronik.server.api.Apis;
import io.chronik.server.config.HostPort;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.controller.DirectControllerChannel;
import io.chronik.server.controller.ForwardingMetadata;
import io.chronik.server.controller.LostReplicaReport;
import io.chronik.server.groups.CoordinatorElections;
import io.chronik.server.groups.GroupApis;
import io.chronik.server.http.AdminHttp;
import io.chronik.server.lane.Strands;
import io.chronik.server.metadata.ClusterSearch;
import io.chronik.server.metadata.MetadataDirectory;
import io.chronik.server.metadata.MetadataQuorum;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.metrics.NodeMetrics;
import io.chronik.server.net.BindFailure;
import io.chronik.server.net.ClientRequest;
import io.chronik.server.net.EventLoops;
import io.chronik.server.net.NetSettings;
import io.chronik.server.net.Network;
import io.chronik.server.partitions.PartitionRegistry;
import io.chronik.server.partitions.ReplicaCoordinatorLog;
import io.chronik.server.peer.PeerProbe;
import io.chronik.server.replica.IsrProposals;
import io.chronik.server.replica.ReplicaFetchSettings;
import io.chronik.server.replica.ReplicaFetchers;
import io.chronik.server.replica.ReplicationThrottles;
import io.chronik.server.replica.UncleanElections;
import io.chronik.server.sentinel.SentinelProcess;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node, from start to stop: opens its parts in order, wires them, and closes them in reverse.
///
/// A fatal failure (a failed sync, broken metadata, an event that threw) is told to `onFatal` once; the process
/// must then end at once and without [#close()], because a clean shutdown would vouch for what is in doubt.
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final long DRAIN_MS = 500;
    private static final long HIGH_WATERMARKS_MS = 5_000;
    private static final long LOST_REPLICAS_MS = 2_000;
    private static final long COMPACTION_CHECK_MS = 15_000;
    private static final long QUARANTINE_CHECK_MS = 3_600_000;
    /// For the sentinel's JVM to come up; the node serves all the same.
    private static final long SENTINEL_MS = 2_000;

    private final NodeConfig config;
    private final Consumer<Throwable> onFatal;
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    /// What has been opened, last first.
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Map<String, Integer> ports;

    private Node(NodeConfig config, Map<String, Integer> ports, Consumer<Throwable> onFatal) {
        this.config = config;
        this.ports = ports;
        this.onFatal = onFatal;
    }

    /// Returns when the node serves. Blocks for the disk.
    ///
    /// @throws StartFailure with one line for the operator; nothing is left open, and nothing has changed on disk
    ///     when a port is taken or the data directory is not this node's
    public static Node start(NodeConfig config, Consumer<Throwable> onFatal) {
        Map<String, Integer> ports = StartChecks.freePorts(config);
        StartChecks.dataDirectory(config);
        Node node = new Node(config, ports, onFatal);
        try {
            node.open();
            return node;
        } catch (Exception failure) {
            node.close();
            throw StartChecks.explained(failure);
        }
    }

    /// The port that each listener of clients is bound to, by the listener's name.
    public Map<String, Integer> ports() {
        return ports;
    }

    private void open() throws Exception {
        config.notices().forEach(notice -> LOG.atInfo().log(notice));
        Strands strands = opened(new Strands((lane, failure) -> fail("an event on lane " + lane + " failed", failure)));
        NodeState state = new NodeState(config);
        NodeMetrics metrics = new NodeMetrics(state);
        // Read before anybody can ask for the cluster: "none yet" must be true when it is said.
        MetadataDirectory directory = new MetadataDirectory(config.storage().directory());
        directory.identity(config.nodeId());
        // Before anything listens: the directory is locked here, or in use.
        LogStore store = opened(FileLogStore.open(
                new FileDisk(),
                config.storage().directory(),
                LogStoreOptions.defaults()
                        .withProducerIdExpirationMs(config.storage().producerIdExpirationMs()),
                new SyncListener(metrics)));
        EventLoops loops = opened(EventLoops.start(Runtime.getRuntime().availableProcessors()));
        CompletableFuture<HostPort> ownAddress = new CompletableFuture<>();
        NodePeers peers = opened(new NodePeers(
                config,
                loops,
                strands.workers(),
                metrics.network(),
                request -> answerWhileLooking(request, directory, ownAddress)));
        HostPort internal = ListenerAddresses.internalForOthers(config.listeners(), peers.port(), this::ownHost);
        ownAddress.complete(internal);
        SentinelProcess sentinel =
                opened(new SentinelProcess(config.cluster().sessionTimeoutMs(), clientPorts(), metrics.sentinel()));
        // Its JVM comes up meanwhile. A node alone has nowhere to send its clients, and needs none.
        boolean watched = config.cluster().sentinel();
        if (watched && !config.cluster().foundsAlone()) sentinel.start();
        MetadataQuorum quorum = opened(new ClusterEntry(config, peers, internal, strands)
                .enter(directory, failure -> fail("the metadata quorum failed", failure)));
        var controller = quorum.controller();
        controller.probeNodesWith(new PeerProbe(peers.network()));
        ListenerAddresses addresses =
                new ListenerAddresses(config.nodeId(), controller, config.listeners(), peers.port());
        peers.join(quorum.identity().clusterId(), addresses.or(quorum.log()::voterAddress));

        Membership membership = new Membership(
                config, quorum, directory, peers.network(), strands, onFailure("the controller refuses this node"));
        var channel = new DirectControllerChannel(strands.lane("controller channel"), peers.network(), quorum.log());
        var replication = config.cluster().replication();
        ReplicationThrottles throttles =
                new ReplicationThrottles(config.nodeId(), config.settings().set(), metrics.replication());
        ReplicaFetchers fetchers = new ReplicaFetchers(
                config.nodeId(),
                membership::nodeEpoch,
                peers.network(),
                strands::lane,
                new ReplicaFetchSettings(
                        replication.fetchWaitMaxMs(),
                        replication.fetchMaxBytes(),
                        replication.fetchResponseMaxBytes(),
                        (int) replication.fetchBackoffMs()),
                new IsrProposals(
                        config.nodeId(),
                        membership::nodeEpoch,
                        channel,
                        strands.lane("in-sync sets"),
                        metrics.replication()),
                metrics.replication(),
                throttles.follower());
        var settings = new NodeTopicSettings(config);
        PartitionRegistry registry = opened(new PartitionRegistry(
                config.nodeId(),
                store,
                strands::lane,
                strands.workers(),
                System::currentTimeMillis,
                settings,
                fetchers,
                replication.lagTimeMaxMs()));
        opened(store.syncer());
        opened(fetchers);
        MetadataService metadata = new ForwardingMetadata(
                config.nodeId(), controller, channel, membership::nodeEpoch, controller::published);
        var coordinatorLog = new ReplicaCoordinatorLog(metadata, registry, settings, strands.workers());
        GroupApis groups = opened(new GroupApis(
                config.nodeId(),
                new Groups(config.nodeId(), GroupSettings.of(config.settings().set()), coordinatorLog),
                metadata,
                addresses,
                strands.lane("groups")));
        state.bind(metadata, registry, groups, quorum.raftMetrics());
        registry.addLeadershipListener(new CoordinatorElections(groups));
        metadata.addListener(throttles);
        metadata.addListener(new UncleanElections(config.nodeId(), metrics.replication()));
        peers.serve(new InternalListenerApis(config, quorum, registry, addresses, strands, throttles.leader()).build());
        serveHttp(new NodePages(metadata, registry, metrics, membership::serving, failed::get, closed::get));
        membership.enter(
                ListenerAddresses.toRegister(config.listeners(), boundPorts(peers), this::ownHost),
                registry,
                new LostReplicaReport(config.nodeId(), membership::nodeEpoch, channel));

        strands.every(config.storage().retentionCheckMs(), registry::deleteOldSegments);
        strands.every(HIGH_WATERMARKS_MS, registry::writeHighWatermarks);
        strands.every(replication.lagTimeMaxMs() / 2, registry::checkIsrs);
        strands.every(LOST_REPLICAS_MS, registry::giveUpLost);
        strands.every(COMPACTION_CHECK_MS, registry::compact);
        strands.every(QUARANTINE_CHECK_MS, () -> store.deleteOldQuarantine(System.currentTimeMillis()));

        NodeApis apis = new NodeApis(config, metadata, registry, store, settings, addresses, strands, groups, metrics);
        Network clients = listen(loops, apis.build(quorum.identity()), metrics);
        membership.admitThrough(clients);
        opened(membership);
        sentinel.onListening();
        if (watched)
            metadata.addListener(delta -> {
                if (delta.after().nodes().size() > 1) sentinel.start();
            });
        sentinel.awaitWatched(SENTINEL_MS);
    }

    private List<Integer> clientPorts() {
        return config.listeners().clients().stream()
                .map(listener ->
                        ports.getOrDefault(listener.name(), listener.bind().port()))
                .toList();
    }

    private void answerWhileLooking(
            ClientRequest request, MetadataDirectory directory, CompletableFuture<HostPort> ownAddress) {
        var _ = ownAddress.thenAccept(own -> request.reply(
                new DescribeClusterResponse(ClusterSearch.answer(directory.clusterId(), config.nodeId(), own))));
    }

    private String ownHost() {
        return OwnHost.of(config.cluster(), config.nodeId());
    }

    private Map<String, Integer> boundPorts(NodePeers peers) {
        Map<String, Integer> bound = new HashMap<>(ports);
        bound.put(config.listeners().internal().name(), peers.port());
        return bound;
    }

    private Consumer<Throwable> onFailure(String what) {
        return failure -> fail(what, failure);
    }

    private Network listen(EventLoops loops, Apis apis, NodeMetrics metrics) throws Exception {
        Network network = new Network(loops, netSettings(), metrics.network());
        parts.push(() -> network.close(DRAIN_MS));
        for (var listener : config.listeners().clients()) {
            int port = ports.getOrDefault(listener.name(), listener.bind().port());
            network.listen(
                    listener.name(), new InetSocketAddress(listener.bind().host(), port), apis);
        }
        return network;
    }

    private void serveHttp(NodePages pages) throws BindFailure {
        HostPort http = config.listeners().http();
        if (http == null) return;
        List<String> hosts = http.isWildcard() ? List.of() : List.of(http.host());
        opened(AdminHttp.start(new InetSocketAddress(http.host(), http.port()), hosts, pages.pages()));
    }

    private NetSettings netSettings() {
        var network = config.network();
        NetSettings defaults = NetSettings.defaults();
        long idleMs = network.idleMs() < 0 ? Long.MAX_VALUE : network.idleMs();
        NetSettings settings = defaults.withMaxRequestBytes(network.maxRequestBytes())
                .withConnections(network.maxConnections(), network.maxConnectionsPerIp())
                .withTimes(idleMs, defaults.frameMs());
        return network.maxQueuedBytes() > 0 ? settings.withRequestMemory(network.maxQueuedBytes()) : settings;
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private void fail(String what, Throwable cause) {
        if (!failed.compareAndSet(false, true)) return;
        LOG.atError().setCause(cause).log("fatal: {}; the process stops and acknowledges nothing more", what);
        onFatal.accept(cause);
    }

    /// Stops serving, finishes what was accepted, and leaves a clean data directory. Idempotent.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception failure) {
                LOG.atError().setCause(failure).log("a part of the node did not close cleanly");
            }
        }
    }

    private final class SyncListener implements DiskSyncer.Listener {
        private final NodeMetrics metrics;

        SyncListener(NodeMetrics metrics) {
            this.metrics = metrics;
        }

        @Override
        public void onSyncFailed(Throwable cause) {
            metrics.onSyncFailed();
            fail("fsync failed", cause);
        }

        @Override
        public void onRound(int clients, long bytes, long durationNs) {
            metrics.onSyncRound(clients, bytes, durationNs);
        }
    }
}
