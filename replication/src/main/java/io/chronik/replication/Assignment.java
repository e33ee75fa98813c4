package io.chronik.replication;

import java.util.List;

/// What the metadata log says about a partition. `partitionEpoch` goes up with every change, `leaderEpoch` with every
/// new leader. `isr` is a subset of `replicas`.
public record Assignment(List<Integer> replicas, List<Integer> isr, int leader, int leaderEpoch, int partitionEpoch) {
    public static final int NO_LEADER = -1;

    /// Before the metadata has said anything.
    public static final Assignment NONE = new Assignment(List.of(), List.of(), NO_LEADER, -1, -1);

    public Assignment {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
    }
}
