package io.chronik.simulator;

import io.chronik.replication.Assignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// What the metadata says after so many changes. Immutable.
record ClusterState(long index, SortedMap<Integer, Node> nodes, SortedMap<Integer, PartitionState> partitions) {
    /// `epoch`: of the registration of process `incarnation`.
    record Node(long epoch, int incarnation, boolean fenced) {}

    /// `target`: where a reassignment that is under way leads to, or empty.
    record PartitionState(
            List<Integer> replicas,
            List<Integer> isr,
            int leader,
            int leaderEpoch,
            int partitionEpoch,
            List<Integer> target,
            int minInSync,
            int settingsVersion) {
        PartitionState {
            replicas = List.copyOf(replicas);
            isr = List.copyOf(isr);
            target = List.copyOf(target);
        }

        Assignment assignment() {
            return new Assignment(replicas, isr, leader, leaderEpoch, partitionEpoch, -1);
        }

        PartitionState withIsr(List<Integer> changed) {
            return new PartitionState(
                    replicas, changed, leader, leaderEpoch, partitionEpoch + 1, target, minInSync, settingsVersion);
        }

        PartitionState led(int newLeader, List<Integer> newIsr) {
            return new PartitionState(
                    replicas,
                    newIsr,
                    newLeader,
                    leaderEpoch + 1,
                    partitionEpoch + 1,
                    target,
                    minInSync,
                    settingsVersion);
        }

        PartitionState towards(List<Integer> newTarget) {
            List<Integer> all = new ArrayList<>(newTarget);
            for (int replica : replicas) if (!all.contains(replica)) all.add(replica);
            return new PartitionState(
                    all, isr, leader, leaderEpoch, partitionEpoch + 1, newTarget, minInSync, settingsVersion);
        }

        /// The reassignment is done. Whoever was removed is not to be believed any more: a new leader epoch.
        PartitionState arrived(int newLeader) {
            List<Integer> left = isr.stream().filter(target::contains).toList();
            return new PartitionState(
                    target,
                    left,
                    newLeader,
                    leaderEpoch + 1,
                    partitionEpoch + 1,
                    List.of(),
                    minInSync,
                    settingsVersion);
        }

        PartitionState configured() {
            return new PartitionState(
                    replicas, isr, leader, leaderEpoch, partitionEpoch + 1, target, minInSync, settingsVersion + 1);
        }
    }

    ClusterState with(int node, Node state) {
        TreeMap<Integer, Node> changed = new TreeMap<>(nodes);
        changed.put(node, state);
        return new ClusterState(index + 1, changed, partitions);
    }

    ClusterState with(Map<Integer, PartitionState> states) {
        if (states.isEmpty()) return this;
        TreeMap<Integer, PartitionState> changed = new TreeMap<>(partitions);
        changed.putAll(states);
        return new ClusterState(index + 1, nodes, changed);
    }

    /// Both in one step: nobody sees the one without the other.
    ClusterState with(int node, Node state, UnaryOperator<ClusterState> thenPartitions) {
        ClusterState next = thenPartitions.apply(with(node, state));
        return new ClusterState(index + 1, next.nodes, next.partitions);
    }

    PartitionState partition(int index) {
        return Objects.requireNonNull(partitions.get(index));
    }

    boolean mayLead(int node) {
        Node state = nodes.get(node);
        return state != null && !state.fenced;
    }

    long epochOf(int node) {
        Node state = nodes.get(node);
        return state == null ? -1 : state.epoch;
    }
}
