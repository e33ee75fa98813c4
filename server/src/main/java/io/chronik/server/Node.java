package io.chronik.server;

import io.chronik.log.DiskSyncer;
import io.chronik.log.FileDisk;
import io.chronik.log.FileLogStore;
import io.chronik.log.LogStore;
import io.chronik.log.LogStoreOptions;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.controller.ControllerSettings;
import io.chronik.replication.PartitionPeers;
import io.chronik.server.api.Apis;
import io.chronik.server.config.HostPort;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.groups.CoordinatorElections;
import io.chronik.server.groups.GroupApis;
import io.chronik.server.http.AdminHttp;
import io.chronik.server.lane.Strands;
import io.chronik.server.metadata.MetadataDirectory;
import io.chronik.server.metadata.MetadataQuorum;
import io.chronik.server.metadata.NodeIdentity;
import io.chronik.server.metadata.RaftSettings;
import io.chronik.server.metrics.NodeMetrics;
import io.chronik.server.net.BindFailure;
import io.chronik.server.net.EventLoops;
import io.chronik.server.net.NetSettings;
import io.chronik.server.net.Network;
import io.chronik.server.partitions.PartitionRegistry;
import io.chronik.server.partitions.ReplicaCoordinatorLog;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node, from start to stop: opens its parts in order, wires them, and closes them in reverse.
///
/// A fatal failure (a failed sync, broken metadata, an event that threw) is told to `onFatal` once; the process must
/// then
/// end at once and without [#close()], because a clean shutdown would vouch for what is in doubt.
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final long DRAIN_MS = 500;
    private static final long MAX_LAG_MS = 10_000;
    private static final long HIGH_WATERMARKS_MS = 5_000;
    private static final long COMPACTION_CHECK_MS = 15_000;
    private static final long QUARANTINE_CHECK_MS = 3_600_000;

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
        LogStore store = opened(FileLogStore.open(
                new FileDisk(),
                config.storage().directory(),
                LogStoreOptions.defaults()
                        .withProducerIdExpirationMs(config.storage().producerIdExpirationMs()),
                new SyncListener(metrics)));
        MetadataQuorum quorum = opened(startQuorum(strands));
        var metadata = quorum.controller();
        var settings = new NodeTopicSettings(config);
        PartitionRegistry registry = opened(new PartitionRegistry(
                config.nodeId(), store, strands, System::currentTimeMillis, settings, PartitionPeers.NONE, MAX_LAG_MS));
        opened(store.syncer());
        var addresses = new ListenerAddresses(
                config.nodeId(),
                metadata,
                config.listeners(),
                config.listeners().internal().bind().port());
        var coordinatorLog = new ReplicaCoordinatorLog(metadata, registry, settings, strands.workers());
        GroupApis groups =
                opened(new GroupApis(config.nodeId(), config.settings().set(), metadata, coordinatorLog, addresses));
        state.bind(metadata, registry, groups, quorum.raftMetrics());
        registry.addLeadershipListener(new CoordinatorElections(groups));
        metadata.addListener(registry);
        metadata.registerNode(
                        ListenerAddresses.toRegister(
                                config.listeners(), ports, () -> OwnHost.of(config.cluster(), config.nodeId())),
                        config.rack(),
                        quorum.identity().directoryId())
                .join();
        registry.settled().join();
        registry.quarantineStrays(metadata.image());
        strands.every(config.storage().retentionCheckMs(), registry::deleteOldSegments);
        strands.every(HIGH_WATERMARKS_MS, registry::writeHighWatermarks);
        strands.every(COMPACTION_CHECK_MS, registry::compact);
        strands.every(QUARANTINE_CHECK_MS, () -> store.deleteOldQuarantine(System.currentTimeMillis()));

        NodeApis apis = new NodeApis(config, metadata, registry, store, settings, addresses, strands, groups, metrics);
        listen(apis.build(quorum.identity()), metrics);
        serveHttp(new NodePages(metadata, registry, metrics, failed::get, closed::get));
    }

    private MetadataQuorum startQuorum(Strands strands) {
        var internal = config.listeners().internal();
        RaftSettings raft = RaftSettings.defaults(
                internal.name(),
                InetSocketAddress.createUnresolved(
                        internal.bind().host(), internal.bind().port()));
        MetadataDirectory directory = new MetadataDirectory(config.storage().directory());
        String newClusterId =
                config.expectedClusterId().orElseGet(() -> Uuid.randomUuid().toString());
        NodeIdentity identity = directory.open(config.nodeId(), newClusterId, raft);
        int replicas = config.topics().replicationFactor();
        ControllerSettings controller = new ControllerSettings(
                config.topics().partitions(),
                replicas > 0 ? replicas : ControllerSettings.ALL_UP_TO_THREE,
                config.topics().deletable(),
                config.settings().set());
        return MetadataQuorum.start(
                identity,
                directory,
                raft,
                controller,
                new KafkaConfigCatalog(),
                strands.lane("controller"),
                strands.lane("images"),
                failure -> fail("the metadata quorum failed", failure));
    }

    private void listen(Apis apis, NodeMetrics metrics) throws Exception {
        EventLoops loops = opened(EventLoops.start(Runtime.getRuntime().availableProcessors()));
        Network network = new Network(loops, netSettings(), metrics.network());
        parts.push(() -> network.close(DRAIN_MS));
        for (var listener : config.listeners().clients()) {
            int port = ports.getOrDefault(listener.name(), listener.bind().port());
            network.listen(
                    listener.name(), new InetSocketAddress(listener.bind().host(), port), apis);
        }
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
