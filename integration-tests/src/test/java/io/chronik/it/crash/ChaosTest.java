package io.chronik.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.cluster.ClusterProcess;
import io.chronik.it.cluster.MetadataDigests;
import io.chronik.it.cluster.NetnsNetwork;
import io.chronik.it.crash.History.CommittedSample;
import io.chronik.it.crash.History.Seen;
import io.chronik.it.crash.HistoryChecker.Anomaly;
import io.chronik.it.crash.Nemesis.Kind;
import io.chronik.it.node.Clients;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.TempDirs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Three nodes in network namespaces, clients at work, and a seeded nemesis that kills, stops and cuts off nodes. After
/// each fault the cluster serves again and everything acknowledged is at its offset; in the end the whole history, the
/// disks of all replicas, the votes and the metadata are checked.
///
/// `-Dit.chaos.scale=N` (1; 10 nightly) multiplies the number of faults, `-Dit.seed=N` chooses them. A failure names
/// the seed and keeps the directory.
@Tag("chaos")
class ChaosTest {
    private static final int SCALE = Integer.getInteger("it.chaos.scale", Boolean.getBoolean("it.nightly") ? 10 : 1);
    private static final long SEED = Long.getLong("it.seed", System.nanoTime());
    private static final int NODES = 3;
    private static final int PARTITIONS = 4;
    private static final List<String> GROUPS = List.of("classic", "consumer");

    /// How soon each partition must take records again when a fault is over.
    private static final Duration HEAL = Duration.ofSeconds(30);

    private static final Map<Kind, Integer> FAULTS = Map.of(
            Kind.KILL_LEADER, 10,
            Kind.KILL_CONTROLLER, 3,
            Kind.STOP, 3,
            Kind.CUT, 2,
            Kind.ONE_WAY, 2,
            Kind.ALL_KILL, 1);

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final History history = new History();
    private final ClusterHistory clusterHistory = new ClusterHistory();

    @Test
    void nothingAcknowledgedIsLost() {
        Path directory = TempDirs.create("chronik-it-chaos");
        System.out.println("chaos: seed " + SEED + ", scale " + SCALE + ", " + directory);
        try (ClusterProcess cluster =
                ClusterProcess.of(NODES, directory, NetnsNetwork.of(NODES), ChaosTest::settings)) {
            try {
                cluster.start();
                cluster.awaitHealthy(NODES);
                run(cluster);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + SEED + ", directory kept: " + directory + ": " + e + "\n" + cluster.tails(), e);
            }
        }
        TempDirs.delete(directory);
    }

    private static void settings(NodeProcess node) {
        node.set("min.insync.replicas", "2");
    }

    private void run(ClusterProcess cluster) {
        String topic = cluster.createTopic("chaos", PARTITIONS, NODES, Map.of("segment.bytes", "1048576"));
        List<Load> loads = new ArrayList<>(List.of(
                new JavaProducerLoad(cluster, history, topic, PARTITIONS, true, random.nextLong()),
                new JavaProducerLoad(cluster, history, topic, PARTITIONS, false, random.nextLong()),
                new SingleAttemptLoad(cluster, history, topic, PARTITIONS, random.nextLong()),
                new CommittingConsumerLoad(cluster, history, topic, GROUPS.get(0), "classic"),
                new CommittingConsumerLoad(cluster, history, topic, GROUPS.get(1), "consumer")));
        cluster.ids().forEach(id -> loads.add(new LeaderSampler(cluster, id, clusterHistory, topic)));
        Nemesis nemesis = new Nemesis(cluster, clusterHistory, random.nextLong());
        Map<Kind, Integer> counts = new HashMap<>();
        FAULTS.forEach((kind, count) -> counts.put(kind, count * SCALE));
        long startNs = System.nanoTime();
        try (TailReader tail = new TailReader(cluster, history, topic, PARTITIONS)) {
            loads.forEach(Load::start);
            int number = 0;
            List<Kind> schedule = nemesis.schedule(counts);
            for (Kind kind : schedule) {
                awaitProgress("before fault " + number);
                LockSupport.parkNanos(random.nextLong(500_000_000L));
                nemesis.make(kind, topic, PARTITIONS);
                awaitProgress("after fault " + number + ", " + kind);
                tail.checkAcknowledged();
                sampleCommitted(cluster, topic);
                loads.forEach(load -> assertThat(load.failure()).as(load.name()).isNull());
                System.out.println("chaos: fault " + ++number + " of " + schedule.size() + ": " + kind + ", "
                        + (System.nanoTime() - startNs) / 1_000_000_000 + " s");
            }
            long stopNs = System.nanoTime();
            loads.forEach(Load::stop);
            loads.forEach(Load::close);
            tail.checkAcknowledged();
            counts.forEach((kind, count) ->
                    assertThat(nemesis.done(kind)).as("faults of kind " + kind).isGreaterThanOrEqualTo(count));
            List<Anomaly> anomalies = ClusterChecker.check(history, clusterHistory, startNs, stopNs, HEAL.toNanos());
            assertThat(anomalies).isEmpty();
        } finally {
            loads.forEach(Load::stop);
        }
        judge(cluster, topic);
    }

    /// Every partition acknowledges something new.
    private void awaitProgress(String when) {
        boolean[] served = new boolean[PARTITIONS];
        long fromNs = System.nanoTime();
        Awaitility.await("progress on every partition " + when)
                .atMost(HEAL)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    history.ackedSince(fromNs).forEach(partition -> served[partition] = true);
                    return IntStream.range(0, PARTITIONS).allMatch(partition -> served[partition]);
                });
    }

    private void sampleCommitted(ClusterProcess cluster, String topic) {
        for (String group : GROUPS) {
            long invokeNs = System.nanoTime();
            Map<TopicPartition, OffsetAndMetadata> committed = ClusterProcess.await("committed offsets of " + group)
                    .until(
                            () -> Clients.get(cluster.admin()
                                    .listConsumerGroupOffsets(group)
                                    .partitionsToOffsetAndMetadata()),
                            offsets -> true);
            long endNs = System.nanoTime();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                OffsetAndMetadata offset = committed.get(new TopicPartition(topic, partition));
                history.add(
                        new CommittedSample(group, partition, offset == null ? -1 : offset.offset(), invokeNs, endNs));
            }
        }
    }

    private void judge(ClusterProcess cluster, String topic) {
        cluster.awaitHealthy(NODES);
        SingleAttemptLoad canary = new SingleAttemptLoad(cluster, history, topic, PARTITIONS, 1);
        canary.start();
        awaitProgress("in the end");
        canary.close();
        List<Seen> first = scan(cluster, topic);
        cluster.ids().forEach(id -> cluster.node(id).kill());
        cluster.start();
        cluster.awaitHealthy(NODES);
        List<Seen> second = scan(cluster, topic);
        assertThat(second).hasSameSizeAs(first);
        assertThat(new HashSet<>(second)).as("the log after a restart").isEqualTo(new HashSet<>(first));
        MetadataDigests.assertEqual(cluster);
        Map<Integer, Long> ends = new HashMap<>();
        second.forEach(seen -> ends.merge(seen.partition(), seen.offset() + 1, Math::max));
        cluster.ids().forEach(id -> cluster.node(id).terminate());

        List<Anomaly> anomalies = new ArrayList<>(HistoryChecker.check(history, new FinalLog(second)));
        anomalies.addAll(ReplicaChecker.check(replicas(cluster, topic), ends));
        System.out.println("chaos: " + history.drainedCount() + " acknowledged, " + second.size()
                + " in the log, longest gap " + ClusterChecker.longestGapNs(history) / 1_000_000 + " ms");
        assertThat(anomalies).isEmpty();
        for (int id : cluster.ids()) {
            assertThat(cluster.node(id).logLines())
                    .as("log of node %d", id)
                    .noneMatch(line -> line.contains("Invariant") || line.contains("OutOfMemoryError"));
        }
    }

    private static List<ReplicaLog> replicas(ClusterProcess cluster, String topic) {
        List<ReplicaLog> replicas = new ArrayList<>();
        for (int id : cluster.ids()) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                replicas.add(ReplicaLog.read(id, partition, cluster.partitionDirectory(id, topic, partition)));
            }
        }
        return replicas;
    }

    private static List<Seen> scan(ClusterProcess cluster, String topic) {
        try (TailReader reader = new TailReader(cluster, new History(), topic, PARTITIONS)) {
            return reader.readAll();
        }
    }
}
