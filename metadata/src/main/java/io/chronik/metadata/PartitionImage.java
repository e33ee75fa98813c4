package io.chronik.metadata;

import java.util.List;

/// Who holds a partition. `replicas` in order of preference; `isr` a subset of it, empty only when every replica
/// that had the data lost it. While the partition moves, `replicas` are those it moves to, followed by those of
/// `removing` that it moves away from; `adding` are the ones among the former that it moves to.
///
/// `leaderEpoch` goes up with every election, `partitionEpoch` with every change of this record. `uncleanEpoch` is
/// the leader epoch of the last election outside of the ISR, or [#NEVER].
public record PartitionImage(
        List<Integer> replicas,
        List<Integer> adding,
        List<Integer> removing,
        List<Integer> isr,
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        int uncleanEpoch) {
    public static final int NO_LEADER = -1;
    public static final int NEVER = -1;

    public PartitionImage {
        replicas = List.copyOf(replicas);
        adding = List.copyOf(adding);
        removing = List.copyOf(removing);
        isr = isr.equals(replicas) ? replicas : List.copyOf(isr);
    }

    /// A partition that stays where it is and was never led by a replica out of sync.
    public PartitionImage(List<Integer> replicas, List<Integer> isr, int leader, int leaderEpoch, int partitionEpoch) {
        this(replicas, List.of(), List.of(), isr, leader, leaderEpoch, partitionEpoch, NEVER);
    }

    /// A partition that begins: all epochs 0, led by the first in-sync replica.
    public static PartitionImage fresh(List<Integer> replicas, List<Integer> isr) {
        return new PartitionImage(replicas, isr, isr.getFirst(), 0, 0);
    }

    public boolean hasLeader() {
        return leader != NO_LEADER;
    }

    public boolean moving() {
        return !adding.isEmpty() || !removing.isEmpty();
    }

    PartitionImage with(Command.Election election) {
        return new PartitionImage(
                replicas,
                adding,
                removing,
                election.isr(),
                election.leader(),
                election.leaderEpoch(),
                election.partitionEpoch(),
                election.unclean() ? election.leaderEpoch() : uncleanEpoch);
    }

    PartitionImage with(Command.UpdateIsr update) {
        return new PartitionImage(
                replicas, adding, removing, update.isr(), leader, leaderEpoch, update.partitionEpoch(), uncleanEpoch);
    }
}
