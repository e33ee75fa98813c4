package io.chronik.server.controller;

/// Finds out whether a node's process is there at all.
@FunctionalInterface
public interface NodeProbe {
    /// Nobody to ask.
    NodeProbe NONE = (_, _) -> {};

    /// Connects to the node's internal listener once, and runs `refused`, on any thread, if nobody listens there.
    /// Says nothing about a node that does not answer.
    void probe(int nodeId, Runnable refused);
}
