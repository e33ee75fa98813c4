package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The node that keeps a group's offsets is killed again and again while they are committed.
class CoordinatorFailoverTest extends ClusterTestBase {
    private static final int KILLS = Boolean.getBoolean("it.nightly") ? 20 : 5;
    private static final String GROUP = "g";
    private static final long SAMPLE_NS = 5_000_000;

    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicLong acknowledged = new AtomicLong(-1);
    private final AtomicLong samples = new AtomicLong();
    private final AtomicReference<@Nullable String> wentBack = new AtomicReference<>();

    @Test
    void offsetFetchNeverGoesBack() throws InterruptedException {
        TopicPartition partition = new TopicPartition(cluster.createTopic("committed", 1, 3), 0);
        new Produced(partition.topic(), 1).add(cluster, 1);
        Thread committer = Thread.ofPlatform().name("committer").start(() -> commit(partition));
        Thread sampler = Thread.ofPlatform().name("sampler").start(() -> sample(partition));
        try {
            for (int kill = 0; kill < KILLS; kill++) {
                long before = acknowledged.get();
                ClusterProcess.await("a commit").until(() -> acknowledged.get() > before + 10);
                int coordinator = coordinator();
                cluster.node(coordinator).kill();
                long atKill = acknowledged.get();
                ClusterProcess.await("a commit after the kill").until(() -> acknowledged.get() > atKill + 10);
                cluster.start();
                cluster.awaitHealthy(3);
            }
        } finally {
            running.set(false);
            committer.join();
            sampler.join();
        }
        System.out.println(
                "cluster: " + KILLS + " coordinators killed, " + acknowledged + " commits, " + samples + " samples");
        assertThat(wentBack.get()).isNull();
        assertThat(samples.get()).isGreaterThan(100);
    }

    private int coordinator() {
        return Clients.get(
                        cluster.admin().describeConsumerGroups(List.of(GROUP)).all())
                .values()
                .iterator()
                .next()
                .coordinator()
                .id();
    }

    private void commit(TopicPartition partition) {
        try (KafkaConsumer<String, String> consumer = Clients.consumer(
                cluster,
                "group.id",
                GROUP,
                "retry.backoff.ms",
                10,
                "reconnect.backoff.ms",
                10,
                "reconnect.backoff.max.ms",
                50)) {
            consumer.assign(List.of(partition));
            for (long offset = 0; running.get(); offset++) {
                commit(consumer, partition, offset);
            }
        }
    }

    private void commit(KafkaConsumer<String, String> consumer, TopicPartition partition, long offset) {
        try {
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)), Duration.ofSeconds(5));
            acknowledged.set(offset);
        } catch (KafkaException unknown) {
            // It may be there or not; the next one is larger.
        }
    }

    private void sample(TopicPartition partition) {
        try (Admin admin = Clients.admin(cluster)) {
            while (running.get()) {
                sample(admin, partition);
                Pace.park(SAMPLE_NS);
            }
        }
    }

    private void sample(Admin admin, TopicPartition partition) {
        long floor = acknowledged.get();
        try {
            OffsetAndMetadata offset = admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(partition);
            samples.incrementAndGet();
            long there = offset == null ? -1 : offset.offset();
            if (there < floor) {
                wentBack.compareAndSet(null, "offset " + there + " after " + floor + " was acknowledged");
            }
        } catch (java.util.concurrent.ExecutionException away) {
            // No answer is no wrong answer.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
