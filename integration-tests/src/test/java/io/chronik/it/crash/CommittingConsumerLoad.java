package io.chronik.it.crash;

import io.chronik.it.crash.History.Commit;
import io.chronik.it.crash.History.CommittedSample;
import io.chronik.it.crash.History.Reading;
import io.chronik.it.crash.History.Seen;
import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// The official Java consumer as a member of a group: reads, and commits after every poll. Each assignment starts a
/// new reading.
final class CommittingConsumerLoad extends Load implements ConsumerRebalanceListener {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);

    private final Node node;
    private final History history;
    private final String topic;
    private final String group;
    private final String protocol;
    private List<Seen> reading = new ArrayList<>();
    private boolean assigned;

    CommittingConsumerLoad(Node node, History history, String topic, String group, String protocol) {
        super("consumer-" + group);
        this.node = node;
        this.history = history;
        this.topic = topic;
        this.group = group;
        this.protocol = protocol;
    }

    @Override
    void work() {
        Object[] settings = {
            "group.id", group,
            "group.protocol", protocol,
            "reconnect.backoff.ms", 10,
            "reconnect.backoff.max.ms", 50,
            "retry.backoff.ms", 10,
            "retry.backoff.max.ms", 50,
            "request.timeout.ms", 5_000,
            "fetch.max.wait.ms", 200
        };
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.byteConsumer(node, settings)) {
            consumer.subscribe(List.of(topic), this);
            while (isRunning()) {
                turn(consumer);
            }
        } finally {
            endReading();
        }
    }

    private void turn(KafkaConsumer<byte[], byte[]> consumer) {
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            reading.add(new Seen(
                    record.partition(),
                    record.offset(),
                    Payload.decode(record.value()).id()));
            next.put(
                    new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        if (assigned) {
            assigned = false;
            sampleCommitted(consumer);
        }
        if (!next.isEmpty()) {
            commit(consumer, next);
        }
    }

    private void sampleCommitted(KafkaConsumer<byte[], byte[]> consumer) {
        Set<TopicPartition> partitions = consumer.assignment();
        long invokeNs = System.nanoTime();
        try {
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions, COMMIT_TIMEOUT);
            long endNs = System.nanoTime();
            committed.forEach((partition, offset) -> {
                if (offset != null) {
                    history.add(new CommittedSample(group, partition.partition(), offset.offset(), invokeNs, endNs));
                }
            });
        } catch (KafkaException nodeIsAway) {
            backOff();
        }
    }

    private void commit(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> next) {
        long invokeNs = System.nanoTime();
        long endNs;
        try {
            consumer.commitSync(next, COMMIT_TIMEOUT);
            endNs = System.nanoTime();
        } catch (KafkaException unknown) {
            endNs = Long.MAX_VALUE;
        }
        for (var entry : next.entrySet()) {
            history.add(new Commit(
                    group, entry.getKey().partition(), entry.getValue().offset(), invokeNs, endNs));
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        endReading();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        endReading();
        assigned = true;
    }

    private void endReading() {
        if (!reading.isEmpty()) {
            history.add(new Reading(name(), List.copyOf(reading)));
            reading = new ArrayList<>();
        }
    }
}
