package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// The last replica in sync is gone for good. Nothing is given up by itself; when the operator says so, what is lost is
/// what the others never had, and no more.
class UncleanElectionTest extends ClusterTestBase {
    @Test
    void lossIsBoundedAndReported() {
        String topic = cluster.createTopic("unclean", 1, 2, Map.of("min.insync.replicas", "1"));
        TopicPartition partition = new TopicPartition(topic, 0);
        int leader = cluster.leaderOf(topic, 0);
        int other = cluster.inSync(topic, 0).stream()
                .filter(id -> id != leader)
                .findFirst()
                .orElseThrow();
        Produced produced = new Produced(topic, 1).add(cluster, 100);
        cluster.node(other).kill();
        ClusterProcess.await("one replica in sync")
                .until(() -> cluster.inSync(topic, 0).size() == 1);
        new Produced(topic, 1).add(cluster, 50);
        cluster.node(leader).kill();
        cluster.start(List.of(other));
        ClusterProcess.await("node " + other).until(() -> cluster.active().contains(other));

        // Then: it waits for the one that has everything
        assertThat(cluster.inSync(topic, 0)).containsExactly(leader);
        assertThat(cluster.partition(topic, 0).leader()).matches(node -> node == null || node.isEmpty());

        // When
        Clients.get(cluster.admin()
                .electLeaders(ElectionType.UNCLEAN, Set.of(partition))
                .all());
        assertThat(cluster.leaderOf(topic, 0)).isEqualTo(other);

        // Then
        try (var consumer = Clients.consumer(cluster)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<ConsumerRecord<String, String>> records = Clients.poll(consumer, produced.count());
            assertThat(records).hasSizeGreaterThanOrEqualTo(100);
        }
        cluster.start();
        cluster.awaitInSync(topic);
        cluster.ids().forEach(id -> cluster.node(id).terminate());
        ReplicaFiles.assertIdentical(cluster, topic, 0, List.of(leader, other));
        assertThat(cluster.node(leader).logLines())
                .as("the former leader says what it gives up")
                .anyMatch(line -> line.contains(topic) && line.contains("lost"));
    }
}
