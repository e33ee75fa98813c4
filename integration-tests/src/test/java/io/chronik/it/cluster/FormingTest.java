package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.node.TempDirs;
import io.chronik.it.wire.RawKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How clusters come to be, grow, and take back nodes whose disks are empty, old, or somebody else's.
@Tag("cluster")
class FormingTest {
    /// Three JVMs start at the same time on two cores.
    private static final long START_LIMIT_MS = 20_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void threeFreshNodes() {
        try (ClusterProcess cluster = ClusterProcess.of(3, directory)) {
            long startNs = System.nanoTime();
            cluster.start();
            long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
            System.out.println("cluster: three fresh nodes serve after " + tookMs + " ms");
            cluster.awaitHealthy(3);
            assertThat(tookMs).isLessThan(START_LIMIT_MS);
            String topic = cluster.createTopic("fresh", 6, 3);
            new Produced(topic, 6).add(cluster, 600).assertAllThere(cluster);
            MetadataDigests.assertEqual(cluster);
        }
    }

    @Test
    void aSingleNodeGrows() {
        // Given: a node that knows of no cluster, with data and a group
        NodeProcess first = Nodes.quick(NodeProcess.in(directory.resolve("node-1")));
        try (ClusterProcess cluster = ClusterProcess.growing(directory, first)) {
            first.start();
            String topic;
            try (RawKafka kafka = cluster.raw(1)) {
                topic = kafka.createTopic("alone", 2).name();
            }
            Produced produced = new Produced(topic, 2).add(cluster, 100);
            try (var consumer = Clients.consumer(cluster, "group.id", "g")) {
                consumer.subscribe(List.of(topic));
                assertThat(Clients.poll(consumer, 100)).hasSize(100);
                consumer.commitSync();
            }

            // When
            cluster.join(2, 1).start();
            cluster.join(3, 1).start();

            // Then
            cluster.awaitHealthy(3);
            produced.assertAllThere(cluster);
            ClusterProcess.await("three replicas of the groups' offsets")
                    .untilAsserted(() -> assertThat(
                                    cluster.partition("__consumer_offsets", 0).isr())
                            .hasSize(3));
            String wide = cluster.createTopic("wide", 3, 3);
            new Produced(wide, 3).add(cluster, 30).assertAllThere(cluster);
        }
    }

    @Test
    void joinByAnyMember() {
        try (ClusterProcess cluster = ClusterProcess.of(3, directory)) {
            cluster.start();
            cluster.awaitHealthy(3);
            cluster.join(4, 3).start();
            cluster.awaitHealthy(3);
            assertThat(cluster.active()).containsExactly(1, 2, 3, 4);
            cluster.createTopic("four", 4, 4);
        }
    }

    @Test
    void founderWithoutDiskJoins() {
        try (ClusterProcess cluster = ClusterProcess.of(3, directory)) {
            cluster.start();
            cluster.awaitHealthy(3);
            String topic = cluster.createTopic("kept", 3, 3);
            Produced produced = new Produced(topic, 3).add(cluster, 300);
            String clusterId = clusterId(cluster);

            // When: the one that made the cluster comes back with nothing
            cluster.node(1).kill();
            TempDirs.delete(cluster.node(1).dataDir());
            cluster.start();

            // Then
            cluster.awaitHealthy(3);
            assertThat(clusterId(cluster)).isEqualTo(clusterId);
            produced.assertAllThere(cluster);
            MetadataDigests.assertEqual(cluster);
        }
    }

    @Test
    void emptyDisk() {
        try (ClusterProcess cluster = ClusterProcess.of(3, directory)) {
            cluster.start();
            cluster.awaitHealthy(3);
            String topic = cluster.createTopic("refilled", 3, 3);
            Produced produced = new Produced(topic, 3).add(cluster, 300);
            cluster.node(3).terminate();
            TempDirs.delete(cluster.node(3).dataDir());

            // When
            cluster.start();
            cluster.awaitHealthy(3);

            // Then: what it has now is all there is
            cluster.node(1).kill();
            cluster.node(2).kill();
            cluster.start();
            produced.assertAllThere(cluster);
        }
    }

    @Test
    void olderDisk() {
        try (ClusterProcess cluster = ClusterProcess.of(3, directory)) {
            cluster.start();
            cluster.awaitHealthy(3);
            String topic = cluster.createTopic("older", 3, 3);
            Produced produced = new Produced(topic, 3).add(cluster, 300);
            Path old = directory.resolve("old-data");
            cluster.node(3).terminate();
            copy(cluster.node(3).dataDir(), old);
            cluster.start();
            cluster.awaitHealthy(3);
            cluster.createTopic("later", 1, 3);
            produced.add(cluster, 300);

            // When: a copy from before comes back in the place of its disk
            cluster.node(3).kill();
            TempDirs.delete(cluster.node(3).dataDir());
            copy(old, cluster.node(3).dataDir());
            cluster.start();
            cluster.awaitHealthy(3);

            // Then
            produced.add(cluster, 300);
            produced.assertAllThere(cluster);
            MetadataDigests.assertEqual(cluster);
        }
    }

    @Test
    void anotherNodesDisk() {
        try (ClusterProcess cluster = ClusterProcess.of(3, directory)) {
            cluster.start();
            cluster.awaitHealthy(3);
            cluster.node(2).terminate();
            cluster.node(3).terminate();
            TempDirs.delete(cluster.node(3).dataDir());
            copy(cluster.node(2).dataDir(), cluster.node(3).dataDir());

            // When
            var _ = cluster.node(3).launch();
            int exitCode = cluster.node(3).awaitExit(Duration.ofSeconds(30));

            // Then
            assertThat(exitCode).isEqualTo(1);
            assertThat(cluster.node(3).tail()).contains("node 2");
        }
    }

    @Test
    void ipv6() {
        try (ClusterProcess cluster = ClusterProcess.of(3, directory, new LoopbackNetwork("::1"), node -> {})) {
            cluster.start();
            cluster.awaitHealthy(3);
            String topic = cluster.createTopic("six", 3, 3);
            new Produced(topic, 3).add(cluster, 30).assertAllThere(cluster);
        }
    }

    @Test
    void hostNames() {
        try (ClusterProcess cluster = ClusterProcess.of(3, directory, new LoopbackNetwork("localhost"), node -> {})) {
            cluster.start();
            cluster.awaitHealthy(3);
            String topic = cluster.createTopic("named", 3, 3);
            new Produced(topic, 3).add(cluster, 30).assertAllThere(cluster);
        }
    }

    private static String clusterId(ClusterProcess cluster) {
        return Clients.get(cluster.admin().describeCluster().clusterId());
    }

    static void copy(Path from, Path to) {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path source : walk.toList()) {
                Path target = to.resolve(from.relativize(source));
                if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(source, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
