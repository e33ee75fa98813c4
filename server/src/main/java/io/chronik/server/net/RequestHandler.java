package io.chronik.server.net;

/// Takes decoded requests on an event loop; never blocks it.
@FunctionalInterface
public interface RequestHandler {
    void handle(ClientRequest request);
}
