package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Under full load and without a fault nothing happens: no election, no node is fenced, nobody leaves the ISR. This is
/// what the timeouts are set by.
class QuietHourTest extends ClusterTestBase {
    private static final int PARTITIONS = 6;
    private static final long SECONDS = Boolean.getBoolean("it.nightly") ? 3_600 : 60;

    /// Retention keeps the disk from filling over an hour.
    private static final Map<String, String> BOUNDED =
            Map.of("retention.bytes", "67108864", "segment.bytes", "16777216");

    @Test
    void noElectionAndNoFencingUnderFullLoad() {
        String topic = cluster.createTopic("full", PARTITIONS, 3, BOUNDED);
        long quorumEpoch = cluster.quorum().leaderEpoch();
        Map<Integer, Integer> leaders = leaders(topic);
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        AtomicLong acknowledged = new AtomicLong();
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        byte[] value = new byte[1_000];
        try (KafkaProducer<byte[], byte[]> producer =
                Clients.byteProducer(cluster, "acks", "all", "buffer.memory", 8_000_000)) {
            for (int i = 0; System.nanoTime() < deadlineNs && failure.get() == null; i++) {
                var _ = producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, value), (_, error) -> {
                    if (error == null) {
                        acknowledged.incrementAndGet();
                    } else {
                        failure.compareAndSet(null, error);
                    }
                });
                if (i % 10_000 == 0) {
                    assertThat(cluster.active()).containsExactly(1, 2, 3);
                }
            }
        }
        System.out.println("cluster: quiet for " + SECONDS + " s at " + acknowledged.get() / SECONDS + " records/s");
        assertThat(failure.get()).isNull();
        assertThat(cluster.quorum().leaderEpoch()).as("epoch of the quorum").isEqualTo(quorumEpoch);
        assertThat(leaders(topic)).isEqualTo(leaders);
        assertThat(cluster.troubles()).isEmpty();
        cluster.ids()
                .forEach(id -> assertThat(cluster.node(id).logLines())
                        .as("log of node %d", id)
                        .noneMatch(line -> line.contains(" WARN ") && line.contains("fenced")));
    }

    private Map<Integer, Integer> leaders(String topic) {
        Map<Integer, Integer> leaders = new TreeMap<>();
        for (TopicPartitionInfo partition : cluster.describe(topic).partitions()) {
            leaders.put(partition.partition(), partition.leader().id());
        }
        return leaders;
    }
}
