package io.chronik.replication;

/// Told on the partition's lane that its log has grown: followers wait for that. Must not block.
public interface LogEndListener {
    void onLogEnd(PartitionView view);
}
