package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.it.node.Clients;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.junit.jupiter.api.Test;

/// Who is in sync, and what acks=all means then.
class InSyncReplicasTest extends ClusterTestBase {
    private static final long SECONDS = Boolean.getBoolean("it.nightly") ? 600 : 60;

    @Test
    void newPartitionsStartWithAFullIsr() {
        String topic = cluster.createTopic("new", 12, 3);
        for (int partition = 0; partition < 12; partition++) {
            assertThat(cluster.inSync(topic, partition)).containsExactly(1, 2, 3);
        }
        assertThat(cluster.describe(topic).partitions().stream()
                        .map(partition -> partition.leader().id())
                        .distinct())
                .as("leaders are spread")
                .hasSize(3);
    }

    @Test
    void aStoppedFollowerLeavesAndComesBack() {
        String topic = cluster.createTopic("back", 1, 3);
        Produced produced = new Produced(topic, 1).add(cluster, 100);
        int follower = cluster.others(cluster.leaderOf(topic, 0)).getLast();

        cluster.node(follower).suspend();
        ClusterProcess.await("node " + follower + " out of sync")
                .untilAsserted(
                        () -> assertThat(cluster.inSync(topic, 0)).hasSize(2).doesNotContain(follower));
        produced.add(cluster, 100);
        cluster.node(follower).resume();
        cluster.awaitInSync(topic);
        produced.add(cluster, 100).assertAllThere(cluster);
    }

    /// Five nodes, so that the quorum lives on when two of the partition's three replicas are gone.
    @Test
    void acksAllIsRefusedBelowMinInSync() {
        cluster.join(4, 1).start();
        cluster.join(5, 1).start();
        String topic = cluster.createTopic("min", 1, 3, Map.of("min.insync.replicas", "2"));
        Reassigning.move(cluster, topic, 0, List.of(1, 4, 5));
        Produced produced = new Produced(topic, 1).add(cluster, 10);
        cluster.node(4).kill();
        ClusterProcess.await("two in sync").until(() -> cluster.inSync(topic, 0).size() == 2);
        produced.add(cluster, 10);
        cluster.node(5).kill();
        ClusterProcess.await("one in sync").until(() -> cluster.inSync(topic, 0).size() == 1);
        try (KafkaProducer<String, String> producer = Clients.producer(cluster, "acks", "all", "retries", 0)) {
            assertThatThrownBy(() -> Clients.get(producer.send(new ProducerRecord<>(topic, 0, null, "refused"))))
                    .isInstanceOf(NotEnoughReplicasException.class);
        }

        cluster.start();
        cluster.awaitInSync(topic);
        produced.add(cluster, 10).assertAllThere(cluster);
    }

    /// A minute of acks=all at a steady pace: each one in time.
    @Test
    void acksAllNeverTimesOutOnAHealthyCluster() {
        String topic = cluster.createTopic("steady", 6, 3);
        AtomicReference<Exception> failure = new AtomicReference<>();
        List<Long> tookNs = new ArrayList<>();
        try (KafkaProducer<String, String> producer = Clients.producer(
                cluster, "acks", "all", "linger.ms", 0, "request.timeout.ms", 2_000, "delivery.timeout.ms", 2_000)) {
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            for (int i = 0; System.nanoTime() < deadlineNs && failure.get() == null; i++) {
                long sentNs = System.nanoTime();
                var _ = producer.send(new ProducerRecord<>(topic, i % 6, null, "record " + i), (_, error) -> {
                    if (error != null) {
                        failure.compareAndSet(null, error);
                    }
                    synchronized (tookNs) {
                        tookNs.add(System.nanoTime() - sentNs);
                    }
                });
                Pace.park(2_000_000);
            }
        }
        assertThat(failure.get()).isNull();
        tookNs.sort(null);
        System.out.println("cluster: acks=all at " + tookNs.size() / SECONDS + "/s: median "
                + tookNs.get(tookNs.size() / 2) / 1_000 + " us, 99.9 % "
                + tookNs.get(tookNs.size() * 999 / 1_000) / 1_000
                + " us, most " + tookNs.getLast() / 1_000 + " us");
        assertThat(cluster.troubles()).isEmpty();
    }
}
