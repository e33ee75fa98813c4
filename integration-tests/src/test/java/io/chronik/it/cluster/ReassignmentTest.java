package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReassignmentTest extends ClusterTestBase {
    @Test
    void aMovedPartitionArrivesByteIdentical() {
        cluster.join(4, 1).start();
        String topic = cluster.createTopic("travels", 1, 3);
        Produced produced = new Produced(topic, 1).add(cluster, 2_000);
        List<Integer> replicas = cluster.inSync(topic, 0);
        int newcomer = cluster.ids().stream()
                .filter(id -> !replicas.contains(id))
                .findFirst()
                .orElseThrow();
        int leaver = cluster.leaderOf(topic, 0);
        List<Integer> target = new java.util.ArrayList<>(replicas);
        target.set(target.indexOf(leaver), newcomer);

        Reassigning.move(cluster, topic, 0, target);
        produced.add(cluster, 500);

        produced.assertAllThere(cluster);
        ClusterProcess.await("the leaver's copy is gone")
                .until(() -> !java.nio.file.Files.exists(cluster.partitionDirectory(leaver, topic, 0)));
        cluster.ids().forEach(id -> cluster.node(id).terminate());
        ReplicaFiles.assertIdentical(cluster, topic, 0, target);
    }

    @Test
    void aMoveUnderLoadLosesNothing() {
        String topic = cluster.createTopic("busy", 1, 1);
        try (AckClock clock = new AckClock(cluster, topic, 0)) {
            clock.awaitAck();
            for (List<Integer> target : List.of(List.of(2), List.of(3, 1), List.of(1, 2, 3))) {
                Reassigning.move(cluster, topic, 0, target);
                clock.awaitAck();
            }
            assertThat(clock.failure()).isNull();
        }
    }
}
