package io.chronik.server.api;

import io.chronik.server.net.ClientConnection;

/// Where a client should go to reach a node: the address that it connected to, unless `advertised.listeners` says
/// otherwise. Any thread.
public interface AdvertisedAddress {
    Endpoint endpointFor(int nodeId, ClientConnection connection);

    record Endpoint(String host, int port) {}
}
