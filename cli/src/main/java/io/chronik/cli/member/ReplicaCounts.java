package io.chronik.cli.member;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;

/// How much each node holds: replicas, those of them that are in sync, and partitions that it leads.
record ReplicaCounts(Map<Integer, Integer> replicas, Map<Integer, Integer> inSync, Map<Integer, Integer> leaders) {
    static ReplicaCounts of(Collection<TopicDescription> topics) {
        ReplicaCounts counts = new ReplicaCounts(new HashMap<>(), new HashMap<>(), new HashMap<>());
        for (TopicDescription topic : topics) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                counts.add(partition);
            }
        }
        return counts;
    }

    private void add(TopicPartitionInfo partition) {
        partition.replicas().forEach(node -> replicas.merge(node.id(), 1, Integer::sum));
        partition.isr().forEach(node -> inSync.merge(node.id(), 1, Integer::sum));
        Node leader = partition.leader();
        if (leader != null && !leader.isEmpty()) {
            leaders.merge(leader.id(), 1, Integer::sum);
        }
    }

    int replicasOf(int node) {
        return replicas.getOrDefault(node, 0);
    }

    int inSyncOf(int node) {
        return inSync.getOrDefault(node, 0);
    }

    int leadersOf(int node) {
        return leaders.getOrDefault(node, 0);
    }

    static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }
}
