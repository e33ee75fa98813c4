package io.chronik.server.peer;

import io.chronik.server.config.HostPort;
import java.util.Optional;

/// Where the internal listeners of other nodes are. Any thread.
@FunctionalInterface
public interface PeerAddresses {
    Optional<HostPort> internalAddress(int nodeId);

    /// What this says first, otherwise what `second` says.
    default PeerAddresses or(PeerAddresses second) {
        return nodeId -> internalAddress(nodeId).or(() -> second.internalAddress(nodeId));
    }
}
