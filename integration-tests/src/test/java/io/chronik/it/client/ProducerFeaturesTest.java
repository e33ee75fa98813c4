package io.chronik.it.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("node")
class ProducerFeaturesTest {
    private static final Node NODE = Nodes.shared();

    private static List<ConsumerRecord<String, String>> readAll(Node node, Topic topic, int count) {
        try (var consumer = Clients.consumer(node)) {
            consumer.assign(List.of(new TopicPartition(topic.name(), 0)));
            return Clients.poll(consumer, count);
        }
    }

    private static Topic topic(String prefix, Map<String, String> configs) {
        try (RawKafka kafka = new RawKafka(NODE.port())) {
            return kafka.createTopic(prefix, 1, configs);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void recordsKeepKeyValueHeadersAndTimeInEveryCompression(String compression) {
        // Given
        Topic topic = topic("compression-" + compression, Map.of("retention.ms", "-1"));
        var record = new ProducerRecord<>(topic.name(), 0, 1_234_567_890_123L, "key", "value ".repeat(1_000));
        record.headers().add(new RecordHeader("trace", "abc".getBytes(StandardCharsets.UTF_8)));
        record.headers().add(new RecordHeader("trace", "again".getBytes(StandardCharsets.UTF_8)));
        record.headers().add(new RecordHeader("empty", null));
        // When
        try (var producer = Clients.producer(NODE, "compression.type", compression, "acks", "all")) {
            Clients.get(producer.send(record));
            Clients.get(producer.send(new ProducerRecord<>(topic.name(), 0, null, null)));
        }
        // Then
        List<ConsumerRecord<String, String>> read = readAll(NODE, topic, 2);
        ConsumerRecord<String, String> first = read.get(0);
        assertThat(first.key()).isEqualTo("key");
        assertThat(first.value()).isEqualTo("value ".repeat(1_000));
        assertThat(first.timestamp()).isEqualTo(1_234_567_890_123L);
        assertThat(first.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(first.headers()).hasSize(3);
        assertThat(first.headers().lastHeader("trace").value()).isEqualTo("again".getBytes(StandardCharsets.UTF_8));
        assertThat(first.headers().lastHeader("empty").value()).isNull();
        assertThat(read.get(1).value()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "snappy", "lz4", "zstd"})
    void theTopicsCompressionTypeRulesOverTheProducers(String compression) {
        // Given
        Topic topic = topic("recompress", Map.of("compression.type", compression));
        // When
        try (var producer = Clients.producer(NODE, "compression.type", "none")) {
            Clients.get(producer.send(new ProducerRecord<>(topic.name(), 0, "k", "v".repeat(10_000))));
        }
        // Then
        assertThat(readAll(NODE, topic, 1)).singleElement().satisfies(record -> {
            assertThat(record.value()).hasSize(10_000);
            assertThat(record.offset()).isZero();
        });
    }

    @Test
    void logAppendTimeIsTheNodesClock() {
        // Given
        Topic topic = topic("append-time", Map.of("message.timestamp.type", "LogAppendTime"));
        long beforeMs = System.currentTimeMillis();
        // When
        RecordMetadata sent;
        try (var producer = Clients.producer(NODE)) {
            sent = Clients.get(producer.send(new ProducerRecord<>(topic.name(), 0, 1_000L, "k", "v")));
        }
        // Then
        ConsumerRecord<String, String> record = readAll(NODE, topic, 1).get(0);
        assertThat(record.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(record.timestamp()).isBetween(beforeMs, System.currentTimeMillis());
        assertThat(sent.timestamp()).isEqualTo(record.timestamp());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void everyKindOfAcknowledgementWorks(String acks) {
        // Given
        Topic topic = topic("acks-" + acks, Map.of());
        // When
        try (var producer = Clients.producer(NODE, "acks", acks, "enable.idempotence", acks.equals("all"))) {
            for (int i = 0; i < 100; i++) {
                var _ = producer.send(new ProducerRecord<>(topic.name(), 0, "k", Integer.toString(i)));
            }
            producer.flush();
        }
        // Then
        assertThat(readAll(NODE, topic, 100))
                .extracting(ConsumerRecord::offset)
                .last()
                .isEqualTo(99L);
    }

    @Test
    void aRecordOverTheTopicsLimitIsRefusedAndNothingIsAppended() {
        // Given
        Topic topic = topic("limit", Map.of("max.message.bytes", "1000"));
        try (var producer = Clients.producer(NODE);
                RawKafka kafka = new RawKafka(NODE.port())) {
            var tooLarge = producer.send(new ProducerRecord<>(topic.name(), 0, "k", "x".repeat(2_000)));
            // When / Then
            assertThatThrownBy(() -> Clients.get(tooLarge)).isInstanceOf(RecordTooLargeException.class);
            assertThat(kafka.endOffset(topic, 0)).isZero();
        }
    }

    @Test
    void anIdempotentProducerStartsAgainWithoutDuplicates() {
        // Given
        Topic topic = topic("restart", Map.of());
        // When
        for (int life = 0; life < 3; life++) {
            try (var producer = Clients.producer(NODE, "enable.idempotence", true)) {
                List<Future<RecordMetadata>> sends = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    sends.add(producer.send(new ProducerRecord<>(topic.name(), 0, null, life + "-" + i)));
                }
                sends.forEach(Clients::get);
            }
        }
        // Then
        List<String> values =
                readAll(NODE, topic, 150).stream().map(ConsumerRecord::value).toList();
        assertThat(values).doesNotHaveDuplicates().hasSize(150);
        assertThat(values.get(149)).isEqualTo("2-49");
    }

    @Test
    void aDuplicateBatchIsAnsweredWithItsFirstOffsetAndALostOneIsNoticed() {
        // Given
        Topic topic = topic("sequence", Map.of());
        try (RawKafka kafka = new RawKafka(NODE.port())) {
            var id = kafka.initProducerId();
            List<Long> offsets = new ArrayList<>();
            for (int sequence = 0; sequence < 5; sequence++) {
                offsets.add(kafka.produce(topic.name(), 0, sequenced(id.producerId(), (short) 0, sequence), -1)
                        .baseOffset());
            }
            // When: each of the last five batches again, then one that leaves a gap, then an older epoch's.
            List<Long> again = new ArrayList<>();
            for (int sequence = 0; sequence < 5; sequence++) {
                again.add(kafka.produce(topic.name(), 0, sequenced(id.producerId(), (short) 0, sequence), -1)
                        .baseOffset());
            }
            var gap = kafka.produce(topic.name(), 0, sequenced(id.producerId(), (short) 0, 9), -1);
            var next = kafka.produce(topic.name(), 0, sequenced(id.producerId(), (short) 1, 0), -1);
            var fenced = kafka.produce(topic.name(), 0, sequenced(id.producerId(), (short) 0, 5), -1);
            // Then
            assertThat(again).isEqualTo(offsets).isEqualTo(List.of(0L, 1L, 2L, 3L, 4L));
            assertThat(Errors.forCode(gap.errorCode())).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            assertThat(Errors.forCode(next.errorCode())).isEqualTo(Errors.NONE);
            assertThat(Errors.forCode(fenced.errorCode())).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
            assertThat(kafka.endOffset(topic, 0)).isEqualTo(6);
        }
    }

    private static MemoryRecords sequenced(long producerId, short epoch, int sequence) {
        return MemoryRecords.withIdempotentRecords(
                Compression.NONE,
                producerId,
                epoch,
                sequence,
                new SimpleRecord(("s" + sequence).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void deduplicationSurvivesARestartAndAKill(@TempDir Path directory) {
        try (NodeProcess node = Nodes.quick(NodeProcess.in(directory)).start()) {
            // Given
            Topic topic;
            long producerId;
            try (RawKafka kafka = new RawKafka(node.port())) {
                topic = kafka.createTopic("sequence", 1);
                producerId = kafka.initProducerId().producerId();
                for (int sequence = 0; sequence < 3; sequence++) {
                    kafka.produce(topic.name(), 0, sequenced(producerId, (short) 0, sequence), -1);
                }
            }
            for (Runnable end : List.<Runnable>of(node::terminate, node::kill)) {
                // When
                end.run();
                node.start();
                // Then
                try (RawKafka kafka = new RawKafka(node.port())) {
                    var duplicate = kafka.produce(topic.name(), 0, sequenced(producerId, (short) 0, 1), -1);
                    assertThat(Errors.forCode(duplicate.errorCode())).isEqualTo(Errors.NONE);
                    assertThat(duplicate.baseOffset()).isEqualTo(1);
                    assertThat(kafka.endOffset(topic, 0)).isEqualTo(3);
                    assertThat(kafka.initProducerId().producerId()).isNotEqualTo(producerId);
                }
            }
        }
    }

    @Test
    void topicsAreCreatedByTheirFirstUseUnlessThatIsSwitchedOff(@TempDir Path directory) {
        // Given
        String name = RawKafka.uniqueName("auto");
        try (KafkaProducer<String, String> producer = Clients.producer(NODE)) {
            // When
            RecordMetadata sent = Clients.get(producer.send(new ProducerRecord<>(name, "k", "v")));
            // Then
            assertThat(sent.offset()).isZero();
        }
        try (NodeProcess node = Nodes.quick(NodeProcess.in(directory))
                        .set("auto.create.topics.enable", "false")
                        .start();
                var producer = Clients.producer(node, "max.block.ms", 2_000)) {
            assertThatThrownBy(() -> Clients.get(producer.send(new ProducerRecord<>(name, "k", "v"))))
                    .isInstanceOfAny(TimeoutException.class, UnknownTopicOrPartitionException.class);
        }
    }
}
