package io.chronik.server.api;

import io.chronik.server.net.ClientRequest;

/// Answers one kind of request. Runs on an event loop: never blocks; answers now or from another thread later.
@FunctionalInterface
public interface ApiHandler {
    void handle(ClientRequest request);
}
