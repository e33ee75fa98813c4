package io.chronik.replication;

import io.chronik.log.LogView;

/// What others may see of a partition replica: an immutable state, published by its lane after each change.
/// `highWatermark` (exclusive) bounds what consumers may read. Without transactions the last stable offset is the same.
public record PartitionView(Assignment assignment, boolean leading, long highWatermark, LogView log) {
    public int leaderEpoch() {
        return assignment.leaderEpoch();
    }

    public long lastStableOffset() {
        return highWatermark;
    }
}
