package io.chronik.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.crash.History.CommittedSample;
import io.chronik.it.crash.History.Seen;
import io.chronik.it.node.Clients;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.node.TempDirs;
import io.chronik.it.wire.RawKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Kill -9 at random moments under load. After each restart everything acknowledged is at its offset, committed
/// offsets have not gone back, and the node takes new records; in the end the whole history is checked, twice over a
/// last kill.
///
/// `-Dit.crash.cycles=N` (200) and `-Dit.seed=N` choose; a failure names both and keeps the node's directory.
@Tag("crash")
class CrashTest {
    private static final int CYCLES = Integer.getInteger("it.crash.cycles", 200);
    private static final long SEED = Long.getLong("it.seed", System.nanoTime());
    private static final int PARTITIONS = 4;
    private static final List<String> GROUPS = List.of("classic", "consumer");

    /// The longest life of a node under load.
    private static final int MAX_LIFE_MS = 300;

    /// One kill in this many comes before the node has said that it is ready.
    private static final int EARLY_KILL = 10;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final History history = new History();

    @Test
    void nothingAcknowledgedIsLostOverManyKills() {
        Path directory = TempDirs.create("chronik-it-crash");
        System.out.println("crash: seed " + SEED + ", " + CYCLES + " cycles, " + directory);
        try (NodeProcess node = Nodes.quick(NodeProcess.in(directory))) {
            node.start();
            run(node);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + SEED + ", node directory kept: " + directory, e);
        }
        TempDirs.delete(directory);
    }

    private void run(NodeProcess node) {
        String topic;
        try (RawKafka kafka = new RawKafka(node.port())) {
            topic = kafka.createTopic("crash", PARTITIONS, Map.of("segment.bytes", "1048576"))
                    .name();
        }
        List<Load> loads = List.of(
                new JavaProducerLoad(node, history, topic, PARTITIONS, true, random.nextLong()),
                new JavaProducerLoad(node, history, topic, PARTITIONS, false, random.nextLong()),
                new RawProducerLoad(node, history, topic, PARTITIONS, random.nextLong()),
                new CommittingConsumerLoad(node, history, topic, GROUPS.get(0), "classic"),
                new CommittingConsumerLoad(node, history, topic, GROUPS.get(1), "consumer"));
        try (TailReader tail = new TailReader(node, history, topic, PARTITIONS)) {
            loads.forEach(Load::start);
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                liveAWhile();
                node.kill();
                restart(node);
                tail.checkAcknowledged();
                sampleCommitted(node, topic);
                loads.forEach(load -> assertThat(load.failure()).as(load.name()).isNull());
            }
            loads.forEach(Load::stop);
            loads.forEach(Load::close);
            tail.checkAcknowledged();
        } finally {
            loads.forEach(Load::stop);
        }
        judge(node, topic);
    }

    /// Until something new has been acknowledged, and a random time longer.
    private void liveAWhile() {
        Awaitility.await("progress")
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(history::hasAcked);
        LockSupport.parkNanos(random.nextLong(MAX_LIFE_MS * 1_000_000L));
    }

    private void restart(NodeProcess node) {
        if (random.nextInt(EARLY_KILL) == 0) {
            var _ = node.launch();
            LockSupport.parkNanos(random.nextLong(1_500_000_000L));
            node.kill();
        }
        node.start();
    }

    private void sampleCommitted(NodeProcess node, String topic) {
        for (String group : GROUPS) {
            long invokeNs = System.nanoTime();
            Map<TopicPartition, OffsetAndMetadata> committed = committed(node, group);
            long endNs = System.nanoTime();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                OffsetAndMetadata offset = committed.get(new TopicPartition(topic, partition));
                history.add(
                        new CommittedSample(group, partition, offset == null ? -1 : offset.offset(), invokeNs, endNs));
            }
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(NodeProcess node, String group) {
        return Awaitility.await("committed offsets of " + group)
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsInstanceOf(KafkaException.class)
                .until(
                        () -> Clients.get(
                                admin(node).listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()),
                        offsets -> true);
    }

    private Admin admin(NodeProcess node) {
        Admin known = admin;
        if (known == null) {
            known = Clients.admin(node);
            admin = known;
        }
        return known;
    }

    private @org.jspecify.annotations.Nullable Admin admin;

    /// A last record on each partition must succeed; then two scans with a kill between them must be the same.
    private void judge(NodeProcess node, String topic) {
        RawProducerLoad canary = new RawProducerLoad(node, history, topic, PARTITIONS, 1);
        canary.start();
        Awaitility.await("canary").until(history::hasAcked);
        canary.close();
        List<Seen> first = scan(node, topic);
        node.kill();
        node.start();
        List<Seen> second = scan(node, topic);
        assertThat(second).hasSameSizeAs(first);
        assertThat(new HashSet<>(second)).as("the log after a restart").isEqualTo(new HashSet<>(first));
        List<HistoryChecker.Anomaly> anomalies = HistoryChecker.check(history, new FinalLog(second));
        System.out.println("crash: " + history.drainedCount() + " acknowledged, " + second.size() + " in the log");
        assertThat(anomalies).isEmpty();
        assertThat(new ArrayList<>(node.logLines()))
                .noneMatch(line -> line.contains("Invariant") || line.contains("OutOfMemoryError"));
        if (admin != null) {
            admin.close();
        }
    }

    private static List<Seen> scan(NodeProcess node, String topic) {
        try (TailReader reader = new TailReader(node, new History(), topic, PARTITIONS)) {
            return reader.readAll();
        }
    }
}
