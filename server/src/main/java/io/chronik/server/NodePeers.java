package io.chronik.server;

import io.chronik.server.api.ApiHandler;
import io.chronik.server.api.ApiVersionsHandler;
import io.chronik.server.api.Apis;
import io.chronik.server.api.InternalApis;
import io.chronik.server.config.HostPort;
import io.chronik.server.config.Listener;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.net.BindFailure;
import io.chronik.server.net.EventLoops;
import io.chronik.server.net.KafkaListener;
import io.chronik.server.net.NetListener;
import io.chronik.server.net.NetSettings;
import io.chronik.server.net.Network;
import io.chronik.server.peer.NettyPeerNetwork;
import io.chronik.server.peer.PeerAddresses;
import io.chronik.server.peer.PeerNetwork;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.ApiKeys;

/// A node's sockets towards other nodes: the internal listener and the connections that it opens itself. They are there
/// before the node knows its cluster, because that is how it finds it.
///
/// Neither clients nor records stand before what nodes say to each other: the listener has bounds of its own, and, but
/// for the replicas' fetches, all of this runs on one event loop of its own.
final class NodePeers implements AutoCloseable {
    private static final long DRAIN_MS = 100;

    private final EventLoops loops;
    private final Network network;
    private final KafkaListener listener;
    private final InternalApis apis;
    private final NettyPeerNetwork peers;
    private volatile PeerAddresses addresses = _ -> Optional.empty();
    private volatile Optional<String> clusterId = Optional.empty();

    /// Binds the internal listener. Until [#serve] it answers ApiVersions, and DescribeCluster by `looking`.
    ///
    /// `dataLoops` carry the replicas' fetches and stay the caller's to close, after this. `workers` look up host
    /// names.
    NodePeers(NodeConfig config, EventLoops dataLoops, Executor workers, NetListener metrics, ApiHandler looking)
            throws BindFailure {
        loops = EventLoops.start(1);
        peers = new NettyPeerNetwork(
                config.nodeId(), loops, dataLoops, workers, node -> addresses.internalAddress(node), () -> clusterId);
        apis = new InternalApis(new Apis.Builder()
                .forNodes()
                .add(ApiKeys.DESCRIBE_CLUSTER, looking)
                .buildStarting(new ApiVersionsHandler.Identity("", config.nodeId(), () -> 0)));
        network = new Network(loops, settings(config), metrics);
        Listener internal = config.listeners().internal();
        InetSocketAddress bind =
                new InetSocketAddress(internal.bind().host(), internal.bind().port());
        try {
            listener = network.listen(internal.name(), bind, apis);
        } catch (BindFailure failure) {
            loops.close();
            throw failure;
        }
    }

    /// A connection between nodes idles as long as it likes.
    private static NetSettings settings(NodeConfig config) {
        NetSettings defaults = NetSettings.defaults();
        return defaults.withMaxRequestBytes(config.network().maxRequestBytes())
                .withTimes(Long.MAX_VALUE, defaults.frameMs());
    }

    /// The port that the internal listener has got.
    int port() {
        return listener.address().getPort();
    }

    PeerNetwork network() {
        return peers;
    }

    /// The event loop of all but the replicas' fetches.
    EventLoops loops() {
        return loops;
    }

    /// The node belongs to a cluster, and knows where the others are.
    void join(String cluster, PeerAddresses known) {
        addresses = known;
        clusterId = Optional.of(cluster);
    }

    /// From now on the internal listener takes `all`.
    void serve(Apis all) {
        apis.serve(all);
    }

    /// Where this node's own internal listener is reached from here.
    static HostPort local(HostPort bind, int port) {
        return new HostPort(bind.isWildcard() ? "127.0.0.1" : bind.host(), port);
    }

    @Override
    public void close() {
        peers.close();
        network.close(DRAIN_MS);
        loops.close();
    }
}
