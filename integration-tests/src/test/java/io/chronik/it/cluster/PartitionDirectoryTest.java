package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.TempDirs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A partition is a directory of its own: what happens to one does not touch the others.
class PartitionDirectoryTest extends ClusterTestBase {
    private static final int PARTITIONS = 6;
    private static final int HARMED = 3;

    /// What happens to a directory while its node is down.
    enum Harm {
        LOST {
            @Override
            void doTo(Path directory) {
                TempDirs.delete(directory);
            }
        },
        SEGMENTS_LOST {
            @Override
            void doTo(Path directory) throws IOException {
                for (Path segment : segments(directory)) Files.delete(segment);
            }
        },
        CUT {
            @Override
            void doTo(Path directory) throws IOException {
                for (Path segment : segments(directory)) {
                    try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                        file.truncate(file.size() / 3);
                    }
                }
            }
        };

        abstract void doTo(Path directory) throws IOException;

        private static List<Path> segments(Path directory) throws IOException {
            try (Stream<Path> files = Files.list(directory)) {
                return files.filter(path -> path.toString().endsWith(".log")).toList();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAFollowerHasLostComesBackFromTheOthers(Harm harm) throws IOException {
        String topic = cluster.createTopic("follower", PARTITIONS, 3);
        Produced produced = new Produced(topic, PARTITIONS).add(cluster, 600);
        int follower = cluster.others(cluster.leaderOf(topic, HARMED)).getFirst();
        cluster.node(follower).terminate();
        harm.doTo(cluster.partitionDirectory(follower, topic, HARMED));

        cluster.start();
        cluster.awaitInSync(topic);
        assertAllIsThereEverywhere(topic, produced);
        assertGivenUpIsOnlyTheHarmed(follower);
    }

    @ParameterizedTest
    @EnumSource
    void whatALeaderHasLostComesBackFromTheOthers(Harm harm) throws IOException {
        String topic = cluster.createTopic("leader", PARTITIONS, 3);
        Produced produced = new Produced(topic, PARTITIONS).add(cluster, 600);
        int leader = cluster.leaderOf(topic, HARMED);
        cluster.node(leader).kill();
        harm.doTo(cluster.partitionDirectory(leader, topic, HARMED));

        cluster.start();
        cluster.awaitInSync(topic);
        assertAllIsThereEverywhere(topic, produced);
        assertGivenUpIsOnlyTheHarmed(leader);
    }

    /// Nobody who is still in sync is there to take it over while the node is down: whether it has lost something is
    /// known before anybody counts on it.
    @ParameterizedTest
    @EnumSource
    void whatIsLostWhileAllNodesAreDownComesBackFromTheOthers(Harm harm) throws IOException {
        String topic = cluster.createTopic("all", PARTITIONS, 3);
        Produced produced = new Produced(topic, PARTITIONS).add(cluster, 600);
        int leader = cluster.leaderOf(topic, HARMED);
        Path directory = cluster.partitionDirectory(leader, topic, HARMED);
        Path highWatermarks = cluster.node(leader).dataDir().resolve("high-watermarks");
        ClusterProcess.await("the high watermark on the leader's disk")
                .until(() -> Files.exists(highWatermarks)
                        && Files.readAllLines(highWatermarks)
                                .contains(directory.getFileName() + " " + 600 / PARTITIONS));
        cluster.ids().forEach(id -> cluster.node(id).kill());
        harm.doTo(directory);

        cluster.start();
        cluster.awaitInSync(topic);
        assertAllIsThereEverywhere(topic, produced);
        assertGivenUpIsOnlyTheHarmed(leader);
    }

    @Test
    void aDirectoryThatVanishesUnderARunningLeaderComesBack() {
        String topic = cluster.createTopic("vanished", PARTITIONS, 3);
        Produced produced = new Produced(topic, PARTITIONS).add(cluster, 600);
        int leader = cluster.leaderOf(topic, HARMED);
        TempDirs.delete(cluster.partitionDirectory(leader, topic, HARMED));

        produced.add(cluster, 600);
        ClusterProcess.await("the replica is given up")
                .until(() -> cluster.node(leader).logLines().stream().anyMatch(PartitionDirectoryTest::saysGivenUp));
        cluster.awaitInSync(topic);
        assertAllIsThereEverywhere(topic, produced);
        assertGivenUpIsOnlyTheHarmed(leader);
    }

    private static boolean saysGivenUp(String line) {
        return line.contains("it is given up");
    }

    private void assertGivenUpIsOnlyTheHarmed(int node) {
        assertThat(cluster.node(node).logLines().stream().filter(PartitionDirectoryTest::saysGivenUp))
                .allSatisfy(line -> assertThat(line).contains("-" + HARMED));
    }

    private void assertAllIsThereEverywhere(String topic, Produced produced) {
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
