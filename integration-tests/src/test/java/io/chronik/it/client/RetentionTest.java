package io.chronik.it.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import io.chronik.it.node.Nodes;
import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What goes away by time, by size and by key. Segments are as small as Kafka allows: 1 MiB.
@Tag("node")
class RetentionTest {
    private static final Node NODE = Nodes.shared();
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static String mebibyte() {
        return "x".repeat(1_000_000);
    }

    @Test
    void oldSegmentsGoByTime() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                var producer = Clients.producer(NODE, "max.request.size", 2_000_000)) {
            // Given
            Topic topic = kafka.createTopic(
                    "by-time",
                    1,
                    Map.of(
                            "retention.ms", "3600000",
                            "segment.bytes", Integer.toString(SEGMENT_BYTES),
                            "file.delete.delay.ms", "100"));
            long twoHoursAgoMs = System.currentTimeMillis() - 7_200_000;
            // When: three old segments, and a new one.
            for (int i = 0; i < 3; i++) {
                Clients.get(producer.send(new ProducerRecord<>(topic.name(), 0, twoHoursAgoMs, null, mebibyte())));
            }
            Clients.get(producer.send(new ProducerRecord<>(topic.name(), 0, "new", mebibyte())));
            // Then
            Awaitility.await("old segments are gone").atMost(LIMIT).until(() -> kafka.startOffset(topic, 0) == 3);
            assertThat(kafka.endOffset(topic, 0)).isEqualTo(4);
        }
    }

    @Test
    void oldSegmentsGoBySize() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                var producer = Clients.producer(NODE, "max.request.size", 2_000_000)) {
            // Given
            Topic topic = kafka.createTopic(
                    "by-size",
                    1,
                    Map.of(
                            "retention.bytes", Integer.toString(2 * SEGMENT_BYTES),
                            "segment.bytes", Integer.toString(SEGMENT_BYTES)));
            // When
            for (int i = 0; i < 6; i++) {
                Clients.get(producer.send(new ProducerRecord<>(topic.name(), 0, null, mebibyte())));
            }
            // Then
            Awaitility.await("old segments are gone").atMost(LIMIT).until(() -> kafka.startOffset(topic, 0) >= 3);
            assertThat(kafka.startOffset(topic, 0)).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void aCompactedTopicKeepsTheLastValueOfEachKeyAtItsOffset() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                var producer = Clients.producer(NODE, "batch.size", 4_000)) {
            // Given
            Topic topic = kafka.createTopic(
                    "compacted",
                    1,
                    Map.of(
                            "cleanup.policy", "compact",
                            "min.cleanable.dirty.ratio", "0.01",
                            "max.compaction.lag.ms", "1000",
                            "segment.ms", "1000",
                            "delete.retention.ms", "86400000"));
            Map<String, Long> lastOffset = new HashMap<>();
            for (int i = 0; i < 1_000; i++) {
                String key = "key-" + i % 10;
                lastOffset.put(
                        key,
                        Clients.get(producer.send(new ProducerRecord<>(topic.name(), 0, key, "value-" + i)))
                                .offset());
            }
            // When: the active segment is not compacted, so another record must push it out.
            Awaitility.await("compaction")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(1_100))
                    .until(() -> {
                        Clients.get(producer.send(new ProducerRecord<>(topic.name(), 0, "tick", "tock")));
                        return countWithoutTicks(topic, lastOffset) == 10;
                    });
            // Then
            assertThat(kafka.startOffset(topic, 0)).isZero();
        }
    }

    /// How many records there are beside the ticks; each key's last one must be where it was.
    private static int countWithoutTicks(Topic topic, Map<String, Long> lastOffset) {
        TopicPartition partition = new TopicPartition(topic.name(), 0);
        try (var consumer = Clients.consumer(NODE)) {
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            consumer.seekToBeginning(List.of(partition));
            int count = 0;
            Map<String, Long> seen = new HashMap<>();
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    if (!record.key().equals("tick")) {
                        count++;
                        seen.put(record.key(), record.offset());
                    }
                }
            }
            assertThat(seen).isEqualTo(lastOffset);
            return count;
        }
    }
}
