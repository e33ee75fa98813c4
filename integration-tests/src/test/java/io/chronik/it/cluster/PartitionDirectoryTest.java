package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.TempDirs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A partition is a directory of its own: what happens to one does not touch the others.
class PartitionDirectoryTest extends ClusterTestBase {
    private static final int PARTITIONS = 6;

    @Test
    void losingOneDirectoryDisturbsNoOther() {
        String topic = cluster.createTopic("lost", PARTITIONS, 3);
        Produced produced = new Produced(topic, PARTITIONS).add(cluster, 600);
        cluster.node(2).terminate();
        TempDirs.delete(cluster.partitionDirectory(2, topic, 3));

        cluster.start();
        cluster.awaitInSync(topic);
        produced.add(cluster, 600);
        cluster.ids().forEach(id -> cluster.node(id).terminate());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            ReplicaFiles.assertIdentical(cluster, topic, partition, List.of(1, 2, 3));
        }
        cluster.start();
        produced.assertAllThere(cluster);
    }

    @Test
    void movingADirectoryAwayAndBack() throws IOException {
        String topic = cluster.createTopic("moved", PARTITIONS, 3);
        Produced produced = new Produced(topic, PARTITIONS).add(cluster, 600);
        Path there = cluster.partitionDirectory(3, topic, 1);
        Path elsewhere = cluster.directory().resolve("elsewhere");
        cluster.node(3).terminate();
        Files.move(there, elsewhere);
        produced.add(cluster, 600);
        Files.move(elsewhere, there);

        cluster.start();
        cluster.awaitInSync(topic);
        produced.add(cluster, 600);
        cluster.ids().forEach(id -> cluster.node(id).terminate());
        ReplicaFiles.assertIdentical(cluster, topic, 1, List.of(1, 2, 3));
        assertThat(elsewhere).doesNotExist();
        cluster.start();
        produced.assertAllThere(cluster);
    }
}
