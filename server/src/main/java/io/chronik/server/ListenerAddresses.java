package io.chronik.server;

import io.chronik.metadata.NodeImage;
import io.chronik.server.api.AdvertisedAddress;
import io.chronik.server.config.HostPort;
import io.chronik.server.config.Listener;
import io.chronik.server.config.Listeners;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientConnection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What clients are told about where nodes are: the address they came to themselves, or the advertised one; of other
/// nodes what they registered for the same listener.
final class ListenerAddresses implements AdvertisedAddress {
    private final int nodeId;
    private final MetadataService metadata;
    private final Map<String, Listener> listeners = new TreeMap<>();

    ListenerAddresses(int nodeId, MetadataService metadata, Listeners listeners) {
        this.nodeId = nodeId;
        this.metadata = metadata;
        for (Listener listener : listeners.clients()) this.listeners.put(listener.name(), listener);
    }

    @Override
    public Endpoint endpointFor(int node, ClientConnection connection) {
        if (node != nodeId) return registered(node, connection.listener());
        Listener listener = listeners.get(connection.listener());
        HostPort advertised = listener == null ? null : listener.advertised();
        if (advertised != null) return new Endpoint(advertised.host(), advertised.port());
        InetSocketAddress local = connection.local();
        return new Endpoint(local.getAddress().getHostAddress(), local.getPort());
    }

    private Endpoint registered(int node, String listener) {
        return metadata.image().node(node).stream()
                .flatMap(image -> image.endpoints().stream())
                .filter(endpoint -> endpoint.listener().equals(listener))
                .map(endpoint -> new Endpoint(endpoint.host(), endpoint.port()))
                .findFirst()
                .orElse(new Endpoint("", -1));
    }

    /// What this node registers: `bound` has the port that each listener really got.
    static List<NodeImage.Endpoint> toRegister(Listeners listeners, Map<String, Integer> boundPorts) {
        List<NodeImage.Endpoint> endpoints = new ArrayList<>();
        for (Listener listener : listeners.clients()) {
            HostPort advertised = listener.advertised();
            HostPort known = advertised != null ? advertised : listener.bind();
            int port = known.port() != 0 ? known.port() : boundPorts.getOrDefault(listener.name(), 0);
            endpoints.add(new NodeImage.Endpoint(listener.name(), listener.securityProtocol(), known.host(), port));
        }
        return endpoints;
    }
}
