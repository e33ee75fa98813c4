package io.chronik.metadata;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// How many replicas of which topic each node has. Follows from the topics; it is here so that what happens to a
/// node need not look at all of them. A count per topic, not the partitions themselves: almost as quick to use, and
/// a hundredth of the memory.
public record ReplicaIndex(PMap<Integer, PMap<Uuid, Integer>> counts) {
    static final ReplicaIndex EMPTY = new ReplicaIndex(HashTreePMap.empty());

    static ReplicaIndex of(Collection<TopicImage> topics) {
        ReplicaIndex index = EMPTY;
        for (TopicImage topic : topics) index = index.with(topic.id(), topic.partitions());
        return index;
    }

    public Set<Uuid> topicsOf(int node) {
        return of(node).keySet();
    }

    /// All replicas on `node`.
    public long replicasOn(int node) {
        long sum = 0;
        for (int count : of(node).values()) sum += count;
        return sum;
    }

    /// Replicas of the topic on `node`.
    public int replicasOn(int node, Uuid topic) {
        return of(node).getOrDefault(topic, 0);
    }

    /// Also with these, new partitions.
    ReplicaIndex with(Uuid topic, List<PartitionImage> partitions) {
        Map<Integer, Integer> added = new HashMap<>();
        for (PartitionImage partition : partitions) {
            for (int node : partition.replicas()) added.merge(node, 1, Integer::sum);
        }
        ReplicaIndex index = this;
        for (Map.Entry<Integer, Integer> change : added.entrySet()) {
            index = index.plus(change.getKey(), topic, change.getValue());
        }
        return index;
    }

    ReplicaIndex without(Uuid topic) {
        PMap<Integer, PMap<Uuid, Integer>> changed = counts;
        for (Map.Entry<Integer, PMap<Uuid, Integer>> node : counts.entrySet()) {
            if (node.getValue().containsKey(topic)) {
                changed = with(changed, node.getKey(), node.getValue().minus(topic));
            }
        }
        return new ReplicaIndex(changed);
    }

    /// A partition of the topic is held by `after` and no more by `before`.
    ReplicaIndex moved(Uuid topic, List<Integer> before, List<Integer> after) {
        ReplicaIndex index = this;
        for (int node : after) {
            if (!before.contains(node)) index = index.plus(node, topic, 1);
        }
        for (int node : before) {
            if (!after.contains(node)) index = index.plus(node, topic, -1);
        }
        return index;
    }

    private PMap<Uuid, Integer> of(int node) {
        PMap<Uuid, Integer> topics = counts.get(node);
        return topics == null ? HashTreePMap.empty() : topics;
    }

    private ReplicaIndex plus(int node, Uuid topic, int change) {
        int count = replicasOn(node, topic) + change;
        PMap<Uuid, Integer> topics = count == 0 ? of(node).minus(topic) : of(node).plus(topic, count);
        return new ReplicaIndex(with(counts, node, topics));
    }

    private static PMap<Integer, PMap<Uuid, Integer>> with(
            PMap<Integer, PMap<Uuid, Integer>> counts, int node, PMap<Uuid, Integer> topics) {
        return topics.isEmpty() ? counts.minus(node) : counts.plus(node, topics);
    }
}
