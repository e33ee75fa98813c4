package io.chronik.replication;

import io.chronik.log.LogView;

/// What others may see of a partition replica: an immutable state, published by its lane after each change.
/// `highWatermark` (exclusive) bounds what consumers may read. Without transactions the last stable offset is the same.
/// `servesLatest`: a leader's high watermark has reached the end that its log had when it was elected; before that it
/// may be behind what was acknowledged by the leader before it.
public record PartitionView(Assignment assignment, Role role, long highWatermark, boolean servesLatest, LogView log) {
    public enum Role {
        LEADING,
        FOLLOWING,
        /// The metadata has not spoken yet, or there is no leader, or this node is no replica.
        IDLE
    }

    public boolean leading() {
        return role == Role.LEADING;
    }

    public int leaderEpoch() {
        return assignment.leaderEpoch();
    }

    public long lastStableOffset() {
        return highWatermark;
    }
}
