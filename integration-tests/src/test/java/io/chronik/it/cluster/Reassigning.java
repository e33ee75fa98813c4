package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ElectionNotNeededException;

/// Moves partitions by the admin API.
final class Reassigning {
    private Reassigning() {}

    /// Returns when the partition has exactly these replicas in sync and the first of them leads.
    static void move(ClusterProcess cluster, String topic, int partition, List<Integer> replicas) {
        TopicPartition id = new TopicPartition(topic, partition);
        Clients.get(cluster.admin()
                .alterPartitionReassignments(Map.of(id, Optional.of(new NewPartitionReassignment(replicas))))
                .all());
        ClusterProcess.await(id + " on " + replicas).untilAsserted(() -> {
            assertThat(cluster.partition(topic, partition).replicas().stream().map(Node::id))
                    .containsExactlyElementsOf(replicas);
            assertThat(cluster.inSync(topic, partition)).containsExactlyInAnyOrderElementsOf(replicas);
        });
        if (cluster.leaderOf(topic, partition) != replicas.getFirst()) {
            prefer(cluster, id);
        }
        assertThat(cluster.leaderOf(topic, partition)).isEqualTo(replicas.getFirst());
    }

    private static void prefer(ClusterProcess cluster, TopicPartition id) {
        try {
            Clients.get(cluster.admin()
                    .electLeaders(ElectionType.PREFERRED, Set.of(id))
                    .all());
        } catch (ElectionNotNeededException ledAlready) {
            // The cluster's own balancing was first.
        }
        ClusterProcess.await("preferred leader of " + id)
                .until(() -> cluster.leaderOf(id.topic(), id.partition())
                        == cluster.partition(id.topic(), id.partition())
                                .replicas()
                                .getFirst()
                                .id());
    }
}
