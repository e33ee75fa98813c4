package io.chronik.replication;

import java.util.List;

/// What the metadata log says about a partition. `partitionEpoch` goes up with every change, `leaderEpoch` with every
/// new leader or incarnation of one. `isr` is a subset of `replicas`. `uncleanEpoch` is the last leader epoch whose
/// leader was elected although it may not have had all that was committed; -1: there was none.
public record Assignment(
        List<Integer> replicas, List<Integer> isr, int leader, int leaderEpoch, int partitionEpoch, int uncleanEpoch) {
    public static final int NO_LEADER = -1;

    /// Before the metadata has said anything.
    public static final Assignment NONE = new Assignment(List.of(), List.of(), NO_LEADER, -1, -1, -1);

    public Assignment {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
    }
}
