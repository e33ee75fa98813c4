package io.chronik.server.peer;

import io.chronik.server.config.HostPort;

/// The connections of this node to others: one for each node and purpose, because answers come in the order of the
/// requests and nothing may wait behind what it has nothing to do with.
public interface PeerNetwork extends AutoCloseable {
    enum Purpose {
        RAFT,
        CONTROLLER,
        REPLICA,
        PROBE
    }

    PeerConnection to(int nodeId, Purpose purpose);

    PeerConnection to(HostPort address, Purpose purpose);

    @Override
    void close();
}
