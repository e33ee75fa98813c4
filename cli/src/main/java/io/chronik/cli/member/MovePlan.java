package io.chronik.cli.member;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/// What it takes that a node holds nothing. Pure.
///
/// - `moves`: the new replicas of each partition that another node can take, the new one in the place of the old.
/// - `shrinks`: partitions that every other node has already: they only lose the replica.
///
/// Between two nodes that can take a replica, the one decides whose rack has none of the partition yet, then the one
/// that holds less, then the smaller id.
record MovePlan(
        int node,
        Map<TopicPartition, List<Integer>> moves,
        Map<TopicPartition, List<Integer>> shrinks,
        Map<TopicPartition, Integer> inSyncElsewhere) {
    private static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    /// `targets` are the nodes that may get replicas; `node` is never among them.
    static MovePlan away(int node, Collection<TopicDescription> topics, Collection<Node> targets) {
        MovePlan plan = new MovePlan(node, new TreeMap<>(BY_NAME), new TreeMap<>(BY_NAME), new HashMap<>());
        Map<Integer, Integer> load = new HashMap<>(ReplicaCounts.of(topics).replicas());
        for (TopicDescription topic : topics) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                if (ReplicaCounts.ids(partition.replicas()).contains(node)) {
                    plan.add(new TopicPartition(topic.name(), partition.partition()), partition, targets, load);
                }
            }
        }
        return plan;
    }

    private void add(
            TopicPartition id, TopicPartitionInfo partition, Collection<Node> targets, Map<Integer, Integer> load) {
        List<Integer> replicas = ReplicaCounts.ids(partition.replicas());
        inSyncElsewhere.put(id, (int)
                partition.isr().stream().filter(replica -> replica.id() != node).count());
        Set<String> racks = new HashSet<>();
        partition.replicas().stream()
                .filter(replica -> replica.id() != node)
                .map(Node::rack)
                .filter(Objects::nonNull)
                .forEach(racks::add);
        Node target = targets.stream()
                .filter(candidate -> candidate.id() != node && !replicas.contains(candidate.id()))
                .min(Comparator.comparing(
                                (Node candidate) -> candidate.rack() != null && racks.contains(candidate.rack()))
                        .thenComparingInt(candidate -> load.getOrDefault(candidate.id(), 0))
                        .thenComparingInt(Node::id))
                .orElse(null);
        List<Integer> after = new ArrayList<>(replicas);
        if (target == null) {
            after.remove(Integer.valueOf(node));
            shrinks.put(id, after);
        } else {
            after.set(after.indexOf(node), target.id());
            load.merge(target.id(), 1, Integer::sum);
            moves.put(id, after);
        }
    }

    /// Topics that would have fewer replicas in sync than acks=all needs, or none at all, without the node. One with
    /// fewer replicas left than it wants in sync has to be content with those, as the cluster sees it too.
    List<String> refused(ToIntFunction<String> minInSync) {
        return shrinks.entrySet().stream()
                .filter(shrink -> {
                    int wanted = Math.min(
                            minInSync.applyAsInt(shrink.getKey().topic()),
                            shrink.getValue().size());
                    return inSyncElsewhere.getOrDefault(shrink.getKey(), 0) < Math.max(1, wanted);
                })
                .map(shrink -> shrink.getKey().topic())
                .distinct()
                .toList();
    }

    List<String> shrinkingTopics() {
        return shrinks.keySet().stream().map(TopicPartition::topic).distinct().toList();
    }

    int size() {
        return moves.size() + shrinks.size();
    }
}
