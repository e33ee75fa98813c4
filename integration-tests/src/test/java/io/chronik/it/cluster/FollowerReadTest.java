package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import io.chronik.it.node.NodeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// A consumer that says where it is reads from the replica beside it (KIP-392).
class FollowerReadTest extends ClusterTestBase {
    private int racks;

    @Override
    protected void setUp(NodeProcess node) {
        racks++;
        node.set("broker.rack", "r" + racks);
        node.set("replica.selector.class", "org.apache.kafka.common.replica.RackAwareReplicaSelector");
    }

    @Test
    void consumerReadsFromTheReplicaInItsRack() {
        String topic = cluster.createTopic("near", 1, 3);
        int leader = cluster.leaderOf(topic, 0);
        int near = cluster.others(leader).getFirst();
        Produced produced = new Produced(topic, 1).add(cluster, 100);
        // The leader is asked again when the metadata is renewed: not while this looks.
        try (KafkaConsumer<String, String> consumer = near(topic, near, 300_000)) {
            assertThat(Clients.poll(consumer, 100)).hasSize(100);
            double before = answers(consumer, near);
            double beforeAtLeader = answers(consumer, leader);
            produced.add(cluster, 500);
            assertThat(Clients.poll(consumer, 500)).hasSize(500);
            assertThat(answers(consumer, near)).as("answers of the near node").isGreaterThan(before);
            assertThat(answers(consumer, leader) - beforeAtLeader)
                    .as("answers of the leader")
                    .isLessThanOrEqualTo(2);
        }
    }

    @Test
    void nothingIsLostOrReadTwiceWhenTheNearReplicaStopsAndDies() {
        String topic = cluster.createTopic("moving", 1, 3);
        int near = cluster.others(cluster.leaderOf(topic, 0)).getLast();
        List<Long> offsets = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = near(topic, near, 1_000);
                KafkaProducer<String, String> producer = Produced.producer(cluster)) {
            send(producer, topic, 200);
            read(consumer, offsets, 200);
            cluster.node(near).suspend();
            send(producer, topic, 200);
            cluster.node(near).resume();
            read(consumer, offsets, 400);
            cluster.node(near).kill();
            send(producer, topic, 200);
            read(consumer, offsets, 600);
            cluster.start();
            cluster.awaitInSync(topic);
            send(producer, topic, 200);
            read(consumer, offsets, 800);
        }
        assertThat(offsets).isSorted();
        Set<Long> distinct = new HashSet<>(offsets);
        assertThat(distinct).hasSameSizeAs(offsets);
    }

    private KafkaConsumer<String, String> near(String topic, int node, int metadataMaxAgeMs) {
        KafkaConsumer<String, String> consumer = Clients.consumer(
                cluster,
                "client.rack",
                "r" + node,
                "metadata.max.age.ms",
                metadataMaxAgeMs,
                "request.timeout.ms",
                5_000);
        consumer.assign(List.of(new TopicPartition(topic, 0)));
        return consumer;
    }

    private static void send(KafkaProducer<String, String> producer, String topic, int count) {
        for (int i = 0; i < count; i++) {
            var _ = producer.send(new ProducerRecord<>(topic, 0, null, "v"));
        }
        producer.flush();
    }

    private static void read(KafkaConsumer<String, String> consumer, List<Long> offsets, int until) {
        long deadlineNs = System.nanoTime() + ClusterProcess.SOON.toNanos();
        while (offsets.size() < until) {
            assertThat(System.nanoTime())
                    .as("time to read %d records, %d came", until, offsets.size())
                    .isLessThan(deadlineNs);
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                offsets.add(record.offset());
            }
        }
    }

    /// Requests that the consumer has sent to a node.
    private static double answers(KafkaConsumer<String, String> consumer, int node) {
        return consumer.metrics().entrySet().stream()
                .filter(entry -> entry.getKey().name().equals("response-total")
                        && ("node-" + node).equals(entry.getKey().tags().get("node-id")))
                .map(Map.Entry::getValue)
                .mapToDouble(metric -> (Double) metric.metricValue())
                .sum();
    }
}
