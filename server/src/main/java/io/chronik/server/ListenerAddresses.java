package io.chronik.server;

import io.chronik.metadata.NodeImage;
import io.chronik.server.api.AdvertisedAddress;
import io.chronik.server.config.HostPort;
import io.chronik.server.config.Listener;
import io.chronik.server.config.Listeners;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientConnection;
import io.chronik.server.peer.PeerAddresses;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Where nodes are. Clients are told the address they came to themselves, or the advertised one; of other nodes what
/// these registered for the same listener. Nodes are told what was registered for the internal listener.
final class ListenerAddresses implements AdvertisedAddress, PeerAddresses {
    private final int nodeId;
    private final MetadataService metadata;
    private final String internal;
    private final HostPort ownInternal;
    private final Map<String, Listener> listeners = new TreeMap<>();

    /// `internalPort`: the one that the internal listener has really got.
    ListenerAddresses(int nodeId, MetadataService metadata, Listeners listeners, int internalPort) {
        this.nodeId = nodeId;
        this.metadata = metadata;
        this.internal = listeners.internal().name();
        this.ownInternal = NodePeers.local(listeners.internal().bind(), internalPort);
        for (Listener listener : listeners.clients()) this.listeners.put(listener.name(), listener);
    }

    @Override
    public Optional<Endpoint> endpointFor(int node, ClientConnection connection) {
        if (node != nodeId || connection.listener().equals(internal))
            return registered(node, connection.listener()).map(address -> new Endpoint(address.host(), address.port()));
        Listener listener = listeners.get(connection.listener());
        HostPort advertised = listener == null ? null : listener.advertised();
        if (advertised != null) return Optional.of(new Endpoint(advertised.host(), advertised.port()));
        InetSocketAddress local = connection.local();
        return Optional.of(new Endpoint(local.getAddress().getHostAddress(), local.getPort()));
    }

    /// This node reaches itself without a way round over the network.
    @Override
    public Optional<HostPort> internalAddress(int node) {
        return node == nodeId ? Optional.of(ownInternal) : registered(node, internal);
    }

    private Optional<HostPort> registered(int node, String listener) {
        return metadata.image().node(node).stream()
                .flatMap(image -> image.endpoints().stream())
                .filter(endpoint -> endpoint.listener().equals(listener))
                .map(endpoint -> new HostPort(endpoint.host(), endpoint.port()))
                .findFirst();
    }

    /// What this node registers: of each listener the advertised address, or the one that it is bound to. Where that
    /// is "all addresses", `ownHost` says which of them the others should use. `boundPorts` has the port that each
    /// listener, the internal one too, really got.
    static List<NodeImage.Endpoint> toRegister(
            Listeners listeners, Map<String, Integer> boundPorts, Supplier<String> ownHost) {
        List<NodeImage.Endpoint> endpoints = new ArrayList<>();
        for (Listener listener : listeners.clients()) endpoints.add(endpoint(listener, boundPorts, ownHost));
        endpoints.add(endpoint(listeners.internal(), boundPorts, ownHost));
        return endpoints;
    }

    /// Where others reach the internal listener; for the voter set.
    static HostPort internalForOthers(Listeners listeners, int boundPort, Supplier<String> ownHost) {
        Listener internal = listeners.internal();
        NodeImage.Endpoint endpoint = endpoint(internal, Map.of(internal.name(), boundPort), ownHost);
        return new HostPort(endpoint.host(), endpoint.port());
    }

    private static NodeImage.Endpoint endpoint(
            Listener listener, Map<String, Integer> boundPorts, Supplier<String> ownHost) {
        HostPort advertised = listener.advertised();
        HostPort known = advertised != null ? advertised : listener.bind();
        String host = known.isWildcard() ? ownHost.get() : known.host();
        int port = known.port() != 0 ? known.port() : boundPorts.getOrDefault(listener.name(), 0);
        return new NodeImage.Endpoint(listener.name(), listener.securityProtocol(), host, port);
    }
}
