package io.chronik.server.peer;

import io.chronik.server.config.HostPort;

/// The connections to the internal listeners of other nodes. Any thread. Production: `NettyPeerNetwork`; a simulator
/// gives its own.
///
/// Answers come in request order, so a long poll delays what is asked after it: each [Purpose] has a connection of its
/// own.
public interface PeerNetwork extends AutoCloseable {
    /// What a connection is for.
    enum Purpose {
        RAFT,
        CONTROLLER,
        /// Registration and heartbeats: nothing may stand before them.
        HEARTBEAT,
        REPLICA,
        PROBE
    }

    /// The connection to node `nodeId`; the same object for the same arguments. It opens when first used, and again
    /// after it has closed, at most once per back-off; it follows the node to a new address when it opens.
    PeerConnection to(int nodeId, Purpose purpose);

    /// The same for a node whose id is not known yet.
    PeerConnection to(HostPort address, Purpose purpose);

    /// Ends all connections; what is under way fails.
    @Override
    void close();
}
