package io.chronik.metadata;

import java.util.List;

/// Who holds a partition. `replicas` in order of preference; `isr` a subset of it, sorted as `replicas`.
/// `leaderEpoch` goes up with every election, `partitionEpoch` with every change of this record.
public record PartitionImage(
        List<Integer> replicas, List<Integer> isr, int leader, int leaderEpoch, int partitionEpoch) {
    public static final int NO_LEADER = -1;

    public PartitionImage {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
    }
}
