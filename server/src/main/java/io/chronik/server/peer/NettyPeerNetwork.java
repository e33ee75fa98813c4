package io.chronik.server.peer;

import io.chronik.server.config.HostPort;
import io.chronik.server.net.EventLoops;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// The [PeerNetwork] of a node that runs.
public final class NettyPeerNetwork implements PeerNetwork {
    private sealed interface Key {
        record Node(int nodeId, Purpose purpose) implements Key {}

        record Address(HostPort address, Purpose purpose) implements Key {}
    }

    private final int self;
    private final EventLoops loops;
    private final EventLoops dataLoops;
    private final Executor resolver;
    private final PeerAddresses addresses;
    private final Supplier<Optional<String>> clusterId;
    private final ConcurrentHashMap<Key, PeerLink> links = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /// Raft's and the controller's connections are on `loops`, the replicas' on `dataLoops`: records must not delay
    /// heartbeats. Both stay the caller's to close, after this. `resolver` looks up host names and may block.
    /// `clusterId` is empty until the cluster is known.
    public NettyPeerNetwork(
            int self,
            EventLoops loops,
            EventLoops dataLoops,
            Executor resolver,
            PeerAddresses addresses,
            Supplier<Optional<String>> clusterId) {
        this.self = self;
        this.loops = loops;
        this.dataLoops = dataLoops;
        this.resolver = resolver;
        this.addresses = addresses;
        this.clusterId = clusterId;
    }

    @Override
    public PeerConnection to(int nodeId, Purpose purpose) {
        return link(new Key.Node(nodeId, purpose), purpose, () -> addresses.internalAddress(nodeId), nodeId);
    }

    @Override
    public PeerConnection to(HostPort address, Purpose purpose) {
        return link(new Key.Address(address, purpose), purpose, () -> Optional.of(address), PeerIdentity.ANY_NODE);
    }

    private PeerLink link(Key key, Purpose purpose, Supplier<Optional<HostPort>> address, int nodeId) {
        PeerLink link = links.computeIfAbsent(key, _ -> newLink(purpose, address, nodeId));
        if (closed) link.close();
        return link;
    }

    private PeerLink newLink(Purpose purpose, Supplier<Optional<HostPort>> address, int nodeId) {
        EventLoops on = purpose == Purpose.REPLICA ? dataLoops : loops;
        String clientId = "chronik-node-" + self;
        return new PeerLink(on.dialer(resolver), address, () -> new PeerIdentity(clientId, clusterId.get(), nodeId));
    }

    @Override
    public void close() {
        closed = true;
        links.values().forEach(PeerLink::close);
    }
}
