package io.chronik.metadata;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// A registered node. `epoch` is new with each registration and only goes up; a fenced node leads nothing.
public record NodeImage(
        int id,
        long epoch,
        Uuid directoryId,
        List<Endpoint> endpoints,
        @Nullable String rack,
        boolean fenced) {
    public NodeImage {
        endpoints = List.copyOf(endpoints);
    }

    NodeImage withFenced(boolean nowFenced) {
        return new NodeImage(id, epoch, directoryId, endpoints, rack, nowFenced);
    }

    /// Where clients of the listener `listener` reach this node.
    public record Endpoint(String listener, String securityProtocol, String host, int port) {}
}
