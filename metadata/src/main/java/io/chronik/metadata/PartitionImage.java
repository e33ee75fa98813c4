package io.chronik.metadata;

import java.util.List;

/// Who holds a partition. `replicas` in order of preference; `isr` a subset of it, sorted as `replicas`, empty only
/// when every replica that had the data lost it.
/// `leaderEpoch` goes up with every election, `partitionEpoch` with every change of this record.
public record PartitionImage(
        List<Integer> replicas, List<Integer> isr, int leader, int leaderEpoch, int partitionEpoch) {
    public static final int NO_LEADER = -1;

    public PartitionImage {
        replicas = List.copyOf(replicas);
        isr = isr.equals(replicas) ? replicas : List.copyOf(isr);
    }

    /// A partition that begins: all epochs 0, led by the first in-sync replica.
    public static PartitionImage fresh(List<Integer> replicas, List<Integer> isr) {
        return new PartitionImage(replicas, isr, isr.getFirst(), 0, 0);
    }

    public boolean hasLeader() {
        return leader != NO_LEADER;
    }

    PartitionImage with(Command.Election election) {
        return new PartitionImage(
                replicas, election.isr(), election.leader(), election.leaderEpoch(), election.partitionEpoch());
    }

    PartitionImage with(Command.UpdateIsr update) {
        return new PartitionImage(replicas, update.isr(), leader, leaderEpoch, update.partitionEpoch());
    }
}
