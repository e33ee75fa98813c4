package io.chronik.metadata.controller;

import io.chronik.metadata.PartitionImage;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/// How a partition moves to other nodes: the new replicas are added, catch up and join the ISR like any other; when
/// all of them are in it, the old ones go.
final class Reassignments {
    private Reassignments() {}

    /// The replicas that a partition moves to, or has.
    static List<Integer> target(PartitionImage state) {
        return without(state.replicas(), state.removing());
    }

    /// The replicas that it moves from, or has.
    static List<Integer> original(PartitionImage state) {
        return without(state.replicas(), state.adding());
    }

    /// The state in which the move is complete, as soon as that is possible: all of the new replicas are in the ISR
    /// and one of them can lead. A new leader epoch begins even when the leader stays, so that what a removed
    /// replica still sends is of an old one.
    static Optional<PartitionImage> next(PartitionImage state, IntPredicate mayLead) {
        if (!state.moving()) return Optional.empty();
        List<Integer> target = target(state);
        if (!state.isr().containsAll(target)) return Optional.empty();
        return settle(state, target, mayLead);
    }

    /// The partition stays with `replicas`, which are among those it has; empty when none of them could lead.
    static Optional<PartitionImage> settle(PartitionImage state, List<Integer> replicas, IntPredicate mayLead) {
        List<Integer> isr = replicas.stream().filter(state.isr()::contains).toList();
        int leader = state.leader();
        if (!isr.contains(leader)) {
            leader = isr.stream().filter(mayLead::test).findFirst().orElse(PartitionImage.NO_LEADER);
            if (leader == PartitionImage.NO_LEADER) return Optional.empty();
        }
        boolean newTerm =
                leader != state.leader() || replicas.size() < state.replicas().size();
        return Optional.of(new PartitionImage(
                replicas,
                List.of(),
                List.of(),
                isr,
                leader,
                newTerm ? state.leaderEpoch() + 1 : state.leaderEpoch(),
                state.partitionEpoch() + 1,
                state.uncleanEpoch()));
    }

    static List<Integer> without(List<Integer> replicas, List<Integer> others) {
        return others.isEmpty()
                ? replicas
                : replicas.stream().filter(replica -> !others.contains(replica)).toList();
    }
}
