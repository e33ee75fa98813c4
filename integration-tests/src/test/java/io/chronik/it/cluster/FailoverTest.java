package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// How long an ordinary producer waits when a node goes away. The limits are three times what the project promises,
/// where nothing else is said: this guards against breakage on a busy machine; the figures are the benchmark's.
class FailoverTest extends ClusterTestBase {
    /// What the project promises, without a margin: the session time-out and a second.
    private static final long SUSPENDED_LIMIT_MS = 3_000;

    private static final int ROUNDS = Boolean.getBoolean("it.nightly") ? 20 : 3;

    @Override
    protected ClusterNetwork network() {
        return NetnsNetwork.of(3);
    }

    @Test
    void leaderIsKilledInTime() {
        String topic = cluster.createTopic("kill-leader", 1, 3);
        measure(
                "kill leader",
                topic,
                1_500,
                () -> leaderThatIsNotController(topic),
                id -> cluster.node(id).kill());
    }

    @Test
    void controllerIsKilledInTime() {
        String topic = cluster.createTopic("kill-controller", 1, 3);
        measure(
                "kill leader and controller",
                topic,
                4_500,
                () -> leaderThatIsController(topic),
                id -> cluster.node(id).kill());
    }

    @Test
    void followerIsKilledInTime() {
        String topic = cluster.createTopic("kill-follower", 1, 3);
        measure(
                "kill follower",
                topic,
                1_500,
                () -> cluster.others(cluster.leaderOf(topic, 0)).getFirst(),
                id -> cluster.node(id).kill());
    }

    @Test
    void leaderIsStoppedCleanlyInTime() {
        String topic = cluster.createTopic("stop-leader", 1, 3);
        measure(
                "stop leader cleanly",
                topic,
                1_500,
                () -> cluster.leaderOf(topic, 0),
                id -> cluster.node(id).terminate());
    }

    /// Cut off from the other nodes, not from clients: they must hear of it from the node itself.
    @Test
    void leaderIsCutOffInTime() {
        String topic = cluster.createTopic("cut-leader", 1, 3);
        measure(
                "cut leader off",
                topic,
                4_500,
                () -> cluster.leaderOf(topic, 0),
                id -> cluster.others(id)
                        .forEach(peer -> cluster.network().cut(id, peer, ClusterNetwork.Direction.BOTH)));
    }

    /// Its kernel keeps the clients' connections: they must hear of it from its sentinel.
    @Test
    void leaderIsSuspendedInTime() {
        String topic = cluster.createTopic("suspend-leader", 1, 3);
        measure(
                "suspend leader",
                topic,
                SUSPENDED_LIMIT_MS,
                () -> leaderThatIsNotController(topic),
                id -> cluster.node(id).suspend(),
                id -> cluster.node(id).resume());
    }

    private int leaderThatIsNotController(String topic) {
        return elected(topic, true);
    }

    private int leaderThatIsController(String topic) {
        return elected(topic, false);
    }

    /// The leader of the partition, moved if need be to a node that does not (or does) lead the quorum.
    private int elected(String topic, boolean other) {
        int controller = cluster.raftLeader();
        int wanted = other ? cluster.others(controller).getFirst() : controller;
        List<Integer> replicas = new ArrayList<>(List.of(wanted));
        replicas.addAll(cluster.others(wanted));
        Reassigning.move(cluster, topic, 0, replicas);
        return wanted;
    }

    private void measure(String what, String topic, long limitMs, IntSupplier victim, IntConsumer fault) {
        measure(what, topic, limitMs, victim, fault, id -> cluster.network().heal());
    }

    private void measure(
            String what, String topic, long limitMs, IntSupplier victim, IntConsumer fault, IntConsumer repair) {
        List<Long> gapsMs = new ArrayList<>();
        Map<Integer, Long> offsets = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            int id = victim.getAsInt();
            try (AckClock clock = new AckClock(cluster, topic, 0)) {
                clock.awaitAck();
                long fromNs = System.nanoTime();
                fault.accept(id);
                clock.awaitAck();
                gapsMs.add(clock.longestGapMs(fromNs));
                repair.accept(id);
                cluster.start();
                cluster.awaitHealthy(3);
                clock.awaitAck();
                clock.finish();
                assertThat(clock.failure()).isNull();
                offsets.putAll(byOffset(clock.offsets(), round));
            }
        }
        gapsMs.sort(null);
        System.out.println("cluster: " + what + ": longest gap in ms " + gapsMs);
        assertThat(gapsMs.get(gapsMs.size() / 2))
                .as("median gap of %s, all: %s", what, gapsMs)
                .isLessThan(limitMs);
        assertEachIsThere(topic, offsets);
    }

    private static Map<Integer, Long> byOffset(Map<Integer, Long> offsets, int round) {
        Map<Integer, Long> numbered = new TreeMap<>();
        offsets.forEach((number, offset) -> numbered.put(round * 10_000_000 + number, offset));
        return numbered;
    }

    /// Everything acknowledged is at its offset, no two at the same.
    private void assertEachIsThere(String topic, Map<Integer, Long> offsets) {
        TopicPartition partition = new TopicPartition(topic, 0);
        Map<Long, String> log = new TreeMap<>();
        try (var consumer = Clients.consumer(cluster)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(java.time.Duration.ofMillis(100))) {
                    log.put(record.offset(), record.value());
                }
            }
        }
        offsets.forEach(
                (number, offset) -> assertThat(log).containsEntry(offset, Integer.toString(number % 10_000_000)));
        assertThat(offsets.values()).doesNotHaveDuplicates();
    }
}
