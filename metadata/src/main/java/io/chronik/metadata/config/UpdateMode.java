package io.chronik.metadata.config;

/// How a node's setting may be changed while it runs.
public enum UpdateMode {
    /// Only in its configuration, before it starts.
    READ_ONLY,
    /// For one node, by its id.
    PER_NODE,
    /// For one node, or for all nodes at once.
    CLUSTER_WIDE
}
