package io.chronik.server.api;

import io.chronik.server.net.ClientConnection;
import java.util.Optional;

/// Where a client should go to reach a node: the address that it connected to, unless `advertised.listeners` says
/// otherwise. Any thread.
public interface AdvertisedAddress {
    /// Empty for a node that is not known, or does not serve that listener: clients must not hear of it.
    Optional<Endpoint> endpointFor(int nodeId, ClientConnection connection);

    record Endpoint(String host, int port) {}
}
