package io.chronik.metadata;

/// A change of the cluster's state, replicated by Raft and applied in the same order on every node.
/// Everything that could differ between nodes (ids, epochs, times) is in the command.
public sealed interface Command permits Command.Noop {
    record Noop() implements Command {}
}
