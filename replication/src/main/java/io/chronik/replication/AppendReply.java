package io.chronik.replication;

/// Who waits for an append. Called exactly once, on the partition's lane: hand over and return.
@FunctionalInterface
public interface AppendReply {
    void on(AppendOutcome outcome);
}
