package io.chronik.it.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chronik.it.node.Clients;
import io.chronik.it.node.Command;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A disk that is full, fails or is slow: nothing is acknowledged that is not stored, the log says what happened, and
/// what had been acknowledged is there afterwards.
@Tag("fault")
class DiskFaultsTest {
    private static final Duration EXIT_LIMIT = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /// Appends until something is not acknowledged, at most `count` records; says what was.
    private static List<String> append(NodeProcess node, Topic topic, String prefix, int count, int sizeBytes) {
        List<String> acknowledged = new ArrayList<>();
        try (RawKafka kafka = new RawKafka(node.port())) {
            kafka.wire().readTimeoutMs(10_000);
            for (int i = 0; i < count; i++) {
                String value = prefix + i + ":" + "x".repeat(sizeBytes);
                MemoryRecords records = MemoryRecords.withRecords(
                        Compression.NONE, new SimpleRecord(value.getBytes(StandardCharsets.UTF_8)));
                Errors error = Errors.forCode(kafka.produce(topic.name(), 0, records, i % 2 == 0 ? 1 : -1)
                        .errorCode());
                if (error != Errors.NONE) {
                    assertThat(error).isNotEqualTo(Errors.UNKNOWN_SERVER_ERROR);
                    return acknowledged;
                }
                acknowledged.add(value);
            }
        } catch (UncheckedIOException hungUp) {
            return acknowledged;
        }
        return acknowledged;
    }

    private static Topic createTopic(NodeProcess node) {
        try (RawKafka kafka = new RawKafka(node.port())) {
            return kafka.createTopic("faulty", 1);
        }
    }

    /// The acknowledged records are a prefix of the log; at most one more record, whose fate was unknown, follows
    /// each of the phases.
    private static void assertThatNothingIsLost(NodeProcess node, Topic topic, List<String> acknowledged) {
        TopicPartition partition = new TopicPartition(topic.name(), 0);
        try (var consumer = Clients.consumer(node)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, -1L);
            List<String> values = new ArrayList<>();
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(500))) {
                    values.add(record.value());
                }
            }
            assertThat(values).containsSubsequence(acknowledged).doesNotHaveDuplicates();
            assertThat(values.size()).isLessThanOrEqualTo(acknowledged.size() + 2);
        }
    }

    private static void assertThatItSpeaksOf(NodeProcess node, String... words) {
        assertThat(node.logLines())
                .anySatisfy(line ->
                        assertThat(line.toLowerCase(java.util.Locale.ROOT)).contains(words));
    }

    @Test
    void aFailedSyncEndsTheProcessWithoutAnAcknowledgement() {
        NodeProcess node = NodeProcess.in(directory.resolve("node"));
        FaultyDisk disk = FaultyDisk.compile(directory, node.dataDir());
        try (node) {
            // Given
            disk.under(Nodes.quick(node)).start();
            assumeTrue(node.isChronik());
            Topic topic = createTopic(node);
            List<String> acknowledged = new ArrayList<>(append(node, topic, "before", 20, 100));
            assertThat(acknowledged).hasSize(20);
            // When
            disk.failSync();
            List<String> during = append(node, topic, "during", 5, 100);
            // Then
            assertThat(during).isEmpty();
            assertThat(node.awaitExit(EXIT_LIMIT)).isNotZero();
            assertThatItSpeaksOf(node, "sync");
            disk.heal();
            node.start();
            acknowledged.addAll(append(node, topic, "after", 5, 100));
            assertThatNothingIsLost(node, topic, acknowledged);
        }
    }

    @Test
    void aFailedWriteIsNotAcknowledgedAndReadsGoOnOrTheProcessEnds() {
        NodeProcess node = NodeProcess.in(directory.resolve("node"));
        FaultyDisk disk = FaultyDisk.compile(directory, node.dataDir());
        try (node) {
            // Given
            disk.under(Nodes.quick(node)).start();
            assumeTrue(node.isChronik());
            Topic topic = createTopic(node);
            List<String> acknowledged = new ArrayList<>(append(node, topic, "before", 20, 100));
            // When
            disk.failWrites();
            List<String> during = append(node, topic, "during", 5, 100);
            // Then
            assertThat(during).isEmpty();
            disk.heal();
            restartIfEnded(node);
            acknowledged.addAll(append(node, topic, "after", 5, 100));
            if (node.isAlive() && acknowledged.size() == 20) { // The directory stays failed until a restart.
                node.kill();
                node.start();
                acknowledged.addAll(append(node, topic, "after", 5, 100));
            }
            assertThat(acknowledged).hasSize(25);
            assertThatNothingIsLost(node, topic, acknowledged);
        }
    }

    private static void restartIfEnded(NodeProcess node) {
        if (!node.isAlive()) {
            assertThat(node.awaitExit(EXIT_LIMIT)).isNotZero();
            node.start();
        }
    }

    @Test
    void shortWritesAreCompleted() {
        NodeProcess node = NodeProcess.in(directory.resolve("node"));
        FaultyDisk disk = FaultyDisk.compile(directory, node.dataDir());
        try (node) {
            // Given
            disk.under(Nodes.quick(node)).start();
            Topic topic = createTopic(node);
            // When
            disk.halveWrites();
            List<String> acknowledged = append(node, topic, "short", 50, 3_000);
            // Then
            assertThat(acknowledged).hasSize(50);
            disk.heal();
            assertThatNothingIsLost(node, topic, acknowledged);
            node.kill();
            node.start();
            assertThatNothingIsLost(node, topic, acknowledged);
        }
    }

    @Test
    void aSlowSyncMakesAcknowledgementsSlowAndNotFalse() {
        NodeProcess node = NodeProcess.in(directory.resolve("node"));
        FaultyDisk disk = FaultyDisk.compile(directory, node.dataDir());
        try (node) {
            // Given
            disk.under(Nodes.quick(node)).start();
            assumeTrue(node.isChronik());
            Topic topic = createTopic(node);
            disk.slowSync(400);
            long startNs = System.nanoTime();
            // When
            List<String> acknowledged = append(node, topic, "slow", 5, 100);
            // Then
            assertThat(acknowledged).hasSize(5);
            assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isGreaterThan(Duration.ofMillis(5 * 400 - 100));
            disk.heal();
            assertThatNothingIsLost(node, topic, acknowledged);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ext4"})
    void aFullDiskRefusesRecordsKeepsTheRestAndGoesOnWhenThereIsRoom(String kind) throws Exception {
        SmallDisk disk = SmallDisk.mount(directory, kind, 48);
        assumeTrue(disk.isMounted(), "needs root and " + kind);
        try (disk;
                NodeProcess node = Nodes.quick(NodeProcess.in(disk.root().resolve("node")))) {
            // Given
            node.set("offsets.topic.num.partitions", "1").start();
            assumeTrue(node.isChronik());
            Topic topic = createTopic(node);
            // When
            List<String> acknowledged = new ArrayList<>(append(node, topic, "fill", 1_000, 200_000));
            // Then
            assertThat(acknowledged.size()).isBetween(20, 990);
            String said = String.join("\n", node.logLines());
            if (node.isAlive()) {
                assertThat(append(node, topic, "more", 3, 200_000)).isEmpty();
                assertThatNothingIsLost(node, topic, acknowledged);
            }
            disk.makeRoom();
            if (node.isAlive()) {
                node.kill();
            }
            node.start();
            acknowledged.addAll(append(node, topic, "after", 5, 1_000));
            assertThat(acknowledged.getLast()).startsWith("after4");
            assertThatNothingIsLost(node, topic, acknowledged);
            // The log itself may not have had room for it; what came before the disk was full is enough.
            assertThat(said).isNotEmpty();
        }
    }

    /// A small file system of its own, with a file in it that can be deleted to make room.
    private static final class SmallDisk implements AutoCloseable {
        private final Path root;
        private final boolean mounted;

        private SmallDisk(Path root, boolean mounted) {
            this.root = root;
            this.mounted = mounted;
        }

        static SmallDisk mount(Path directory, String kind, int sizeMiB) throws Exception {
            Path root = Files.createDirectories(directory.resolve("mount"));
            Path image = directory.resolve("image");
            String script = kind.equals("tmpfs")
                    ? "mount -t tmpfs -o size=" + sizeMiB + "m tmpfs " + root
                    : "truncate -s " + sizeMiB + "M " + image + " && mkfs.ext4 -q -F " + image + " && mount -o loop "
                            + image + " " + root;
            int exit = Command.run(Duration.ofSeconds(30), List.of("bash", "-c", script))
                    .exitCode();
            if (exit == 0) {
                Files.write(root.resolve("reserve"), new byte[12 << 20]);
            }
            return new SmallDisk(root, exit == 0);
        }

        boolean isMounted() {
            return mounted;
        }

        Path root() {
            return root;
        }

        void makeRoom() throws Exception {
            Files.delete(root.resolve("reserve"));
        }

        @Override
        public void close() {
            if (mounted) {
                Command.run(Duration.ofSeconds(30), List.of("umount", "-l", root.toString()));
            }
        }
    }
}
