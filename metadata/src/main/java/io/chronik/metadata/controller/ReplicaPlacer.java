package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;

/// Spreads replicas over nodes and racks: leaders go round a ring of nodes in which the racks take turns; each
/// partition's followers are the next nodes, first from racks that have no copy yet, and the distance between leader
/// and follower changes with every round. The same seed and nodes always give the same places.
final class ReplicaPlacer {
    private final List<NodeImage> live;
    /// Where replicas go when there are too few others: nodes that are fenced, stop or are drained.
    private final List<NodeImage> others;
    private final int start;

    ReplicaPlacer(ClusterImage image, long seed) {
        List<NodeImage> nodes = new ArrayList<>(image.nodes().values());
        nodes.sort(Comparator.comparingInt(NodeImage::id));
        List<NodeImage> takers = takers(nodes);
        this.live = ring(takers);
        this.others = nodes.stream().filter(node -> !takers.contains(node)).toList();
        this.start = live.isEmpty() ? 0 : Math.floorMod(seed, live.size());
    }

    /// Who is drained takes replicas only if everybody is.
    private static List<NodeImage> takers(List<NodeImage> nodes) {
        List<NodeImage> takers = nodes.stream().filter(NodeImage::takesReplicas).toList();
        return takers.isEmpty() ? nodes.stream().filter(NodeImage::mayLead).toList() : takers;
    }

    /// Replicas of partitions [firstPartition, firstPartition + count), preferred leader first.
    List<List<Integer>> place(int firstPartition, int count, int replicationFactor) {
        if (live.isEmpty()) throw new InvalidReplicationFactorException("All brokers are currently fenced.");
        int registered = live.size() + others.size();
        if (replicationFactor > registered) {
            throw new InvalidReplicationFactorException("The target replication factor of " + replicationFactor
                    + " cannot be reached because only " + registered + " broker(s) are registered.");
        }
        List<List<Integer>> placed = new ArrayList<>(count);
        for (int i = 0; i < count; i++) placed.add(replicas(firstPartition + i, replicationFactor));
        return placed;
    }

    private List<Integer> replicas(int partition, int replicationFactor) {
        List<NodeImage> candidates = candidates(start + partition, partition / live.size());
        List<Integer> replicas = new ArrayList<>(replicationFactor);
        Set<String> racks = new HashSet<>();
        for (NodeImage node : candidates) {
            if (replicas.size() < replicationFactor && racks.add(rackOf(node))) replicas.add(node.id());
        }
        for (NodeImage node : candidates) {
            if (replicas.size() < replicationFactor && !replicas.contains(node.id())) replicas.add(node.id());
        }
        for (NodeImage node : others) {
            if (replicas.size() < replicationFactor) replicas.add(node.id());
        }
        return List.copyOf(replicas);
    }

    /// All live nodes: the leader, then the others in ring order beginning `round` further on.
    private List<NodeImage> candidates(int leader, int round) {
        int others = live.size() - 1;
        List<NodeImage> candidates = new ArrayList<>(live.size());
        candidates.add(live.get(leader % live.size()));
        for (int i = 0; i < others; i++) {
            candidates.add(live.get((leader + 1 + (round + i) % others) % live.size()));
        }
        return candidates;
    }

    private static List<NodeImage> ring(List<NodeImage> nodes) {
        Map<String, Deque<NodeImage>> racks = new TreeMap<>();
        for (NodeImage node : nodes) {
            racks.computeIfAbsent(rackOf(node), rack -> new ArrayDeque<>()).add(node);
        }
        Collection<Deque<NodeImage>> waiting = racks.values();
        List<NodeImage> ring = new ArrayList<>(nodes.size());
        while (ring.size() < nodes.size()) {
            for (Deque<NodeImage> rack : waiting) {
                if (!rack.isEmpty()) ring.add(rack.removeFirst());
            }
        }
        return ring;
    }

    /// A node without a rack is a rack of its own.
    private static String rackOf(NodeImage node) {
        String rack = node.rack();
        return rack == null ? "\0" + node.id() : rack;
    }
}
