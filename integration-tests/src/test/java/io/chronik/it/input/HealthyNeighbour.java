package io.chronik.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import io.chronik.it.wire.RawKafka;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// An honest client that writes and reads all the time while others misbehave. It never retries by itself, so that
/// whatever disturbs it is seen; [#close] checks that nothing did.
final class HealthyNeighbour implements AutoCloseable {
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicLong roundTrips = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> disturbed = new AtomicReference<>();
    private final Thread thread;

    HealthyNeighbour(Node node) {
        RawKafka.Topic topic;
        try (RawKafka kafka = new RawKafka(node.port())) {
            topic = kafka.createTopic("neighbour", 1);
        }
        thread = Thread.ofPlatform().name("healthy-neighbour").start(() -> {
            try {
                writeAndRead(node, topic.name());
            } catch (RuntimeException | AssertionError e) {
                disturbed.set(e);
            }
        });
        awaitProgress();
    }

    private void writeAndRead(Node node, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (var producer = Clients.producer(node, "retries", 0, "enable.idempotence", false, "acks", "all");
                var consumer = Clients.consumer(node)) {
            consumer.assign(List.of(partition));
            for (long offset = 0; running.get(); offset++) {
                var sent = Clients.get(producer.send(new ProducerRecord<>(topic, 0, null, "v" + offset)));
                assertThat(sent.offset()).isEqualTo(offset);
                assertThat(Clients.poll(consumer, 1).get(0).value()).isEqualTo("v" + offset);
                roundTrips.incrementAndGet();
            }
        }
    }

    /// Returns when it has made two more round trips, and fails when it cannot.
    void awaitProgress() {
        long before = roundTrips.get();
        Awaitility.await("the healthy client goes on")
                .atMost(Duration.ofSeconds(20))
                .until(() -> disturbed.get() != null || roundTrips.get() >= before + 2);
        assertThat(disturbed.get()).isNull();
    }

    @Override
    public void close() {
        try {
            awaitProgress();
        } finally {
            running.set(false);
            try {
                thread.join(30_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        assertThat(disturbed.get()).isNull();
    }
}
