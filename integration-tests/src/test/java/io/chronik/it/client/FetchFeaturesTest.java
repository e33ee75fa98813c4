package io.chronik.it.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import io.chronik.it.node.Nodes;
import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import io.chronik.it.wire.WireClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("node")
class FetchFeaturesTest {
    private static final Node NODE = Nodes.shared();
    private static final int FETCH = 17;

    private static FetchRequestData request(Topic topic, long offset, int maxWaitMs, int minBytes, int maxBytes) {
        return new FetchRequestData()
                .setMaxWaitMs(maxWaitMs)
                .setMinBytes(minBytes)
                .setMaxBytes(maxBytes)
                .setTopics(List.of(new FetchTopic()
                        .setTopicId(topic.id())
                        .setPartitions(List.of(
                                new FetchPartition().setFetchOffset(offset).setPartitionMaxBytes(maxBytes)))));
    }

    private static FetchResponseData fetch(WireClient wire, FetchRequestData request) {
        return wire.call(ApiKeys.FETCH, FETCH, request, FetchResponseData.class);
    }

    private static MemoryRecords records(FetchResponseData response) {
        return (MemoryRecords) Objects.requireNonNull(
                response.responses().get(0).partitions().get(0).records());
    }

    @ParameterizedTest
    @ValueSource(strings = {"read_uncommitted", "read_committed"})
    void consumersSeekByTimestampToTheFirstRecordAtOrAfterIt(String isolation) {
        try (RawKafka kafka = new RawKafka(NODE.port());
                var producer = Clients.producer(NODE);
                var consumer = Clients.consumer(NODE, "isolation.level", isolation)) {
            // Given
            Topic topic = kafka.createTopic("seek", 1);
            TopicPartition partition = new TopicPartition(topic.name(), 0);
            for (int i = 0; i < 10; i++) {
                Clients.get(producer.send(new ProducerRecord<>(topic.name(), 0, 1_000L * (i + 1), null, "v" + i)));
            }
            // When
            var found = consumer.offsetsForTimes(Map.of(partition, 4_500L));
            var none = consumer.offsetsForTimes(Map.of(partition, 99_000L));
            consumer.assign(List.of(partition));
            consumer.seek(
                    partition, Objects.requireNonNull(found.get(partition)).offset());
            // Then
            OffsetAndTimestamp at = Objects.requireNonNull(found.get(partition));
            assertThat(at.offset()).isEqualTo(4);
            assertThat(at.timestamp()).isEqualTo(5_000);
            assertThat(none.get(partition)).isNull();
            assertThat(Clients.poll(consumer, 6).get(0).value()).isEqualTo("v4");
        }
    }

    @Test
    void theMaximumTimestampIsFoundWhereverItIs() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                Admin admin = Clients.admin(NODE);
                var producer = Clients.producer(NODE)) {
            // Given
            Topic topic = kafka.createTopic("max-timestamp", 1);
            TopicPartition partition = new TopicPartition(topic.name(), 0);
            long[] times = {1_000, 9_000, 3_000, 2_000};
            for (long time : times) {
                Clients.get(producer.send(new ProducerRecord<>(topic.name(), 0, time, null, "v")));
            }
            // When
            var result = Clients.get(admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()))
                    .partitionResult(partition));
            // Then
            assertThat(result.offset()).isEqualTo(1);
            assertThat(result.timestamp()).isEqualTo(9_000);
        }
    }

    @Test
    void deletedRecordsAreOutOfRangeAndTheResetPolicyGoesOn() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                Admin admin = Clients.admin(NODE);
                var strict = Clients.consumer(NODE, "auto.offset.reset", "none");
                var lenient = Clients.consumer(NODE, "auto.offset.reset", "earliest")) {
            // Given
            Topic topic = kafka.createTopic("deleted", 1);
            kafka.append(topic, 0, "a", "b", "c", "d");
            TopicPartition partition = new TopicPartition(topic.name(), 0);
            // When
            Clients.get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(3)))
                    .all());
            // Then
            strict.assign(List.of(partition));
            strict.seek(partition, 0);
            assertThatThrownBy(() -> Clients.poll(strict, 1)).isInstanceOf(OffsetOutOfRangeException.class);
            lenient.assign(List.of(partition));
            lenient.seek(partition, 0);
            assertThat(Clients.poll(lenient, 1))
                    .singleElement()
                    .satisfies(record -> assertThat(record.offset()).isEqualTo(3));
        }
    }

    @Test
    void aFetchWaitsForMinBytesAndIsWokenByTheAppend() throws Exception {
        try (RawKafka kafka = new RawKafka(NODE.port());
                WireClient wire = WireClient.connect(NODE.port())) {
            // Given
            Topic topic = kafka.createTopic("wait", 1);
            FetchRequestData waits = request(topic, 0, 20_000, 1, 1 << 20);
            CompletableFuture<FetchResponseData> answer = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> answer.complete(fetch(wire, waits)));
            assertThatThrownBy(() -> answer.get(300, TimeUnit.MILLISECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
            // When
            long appendedNs = System.nanoTime();
            kafka.append(topic, 0, "wakes it");
            FetchResponseData response = answer.get(10, TimeUnit.SECONDS);
            // Then
            assertThat(records(response).records()).hasSize(1);
            assertThat(Duration.ofNanos(System.nanoTime() - appendedNs)).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void aFetchThatFindsTooLittleAnswersAfterItsTime() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                WireClient wire = WireClient.connect(NODE.port())) {
            // Given
            Topic topic = kafka.createTopic("little", 1);
            kafka.append(topic, 0, "few bytes");
            long startNs = System.nanoTime();
            // When
            FetchResponseData response = fetch(wire, request(topic, 0, 700, 1 << 20, 1 << 20));
            // Then: it waited, and then gave what there was.
            assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isGreaterThan(Duration.ofMillis(500));
            assertThat(records(response).records()).hasSize(1);
        }
    }

    @Test
    void maxBytesLimitsAnAnswerButNeverHoldsBackTheFirstBatch() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                WireClient wire = WireClient.connect(NODE.port())) {
            // Given
            Topic topic = kafka.createTopic("max-bytes", 1);
            String large = "x".repeat(10_000);
            for (int i = 0; i < 10; i++) {
                kafka.append(topic, 0, large);
            }
            // When
            FetchResponseData tiny = fetch(wire, request(topic, 0, 100, 1, 100));
            FetchResponseData some = fetch(wire, request(topic, 0, 100, 1, 35_000));
            // Then
            assertThat(records(tiny).batches()).hasSize(1);
            assertThat(records(some).sizeInBytes()).isBetween(20_000, 35_000);
        }
    }

    @Test
    void incrementalSessionsSendOnlyWhatChanged() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                WireClient wire = WireClient.connect(NODE.port())) {
            // Given: a session over two topics, opened by a full fetch.
            Topic first = kafka.createTopic("session", 1);
            Topic second = kafka.createTopic("session", 1);
            kafka.append(first, 0, "one");
            FetchRequestData open = request(first, 0, 100, 0, 1 << 20).setSessionEpoch(0);
            open.setTopics(List.of(
                    open.topics().get(0),
                    request(second, 0, 100, 0, 1 << 20).topics().get(0)));
            FetchResponseData opened = fetch(wire, open);
            assertThat(opened.sessionId()).isPositive();
            assertThat(opened.responses()).hasSize(2);
            // When
            kafka.append(second, 0, "two");
            FetchRequestData next = request(first, 1, 500, 1, 1 << 20)
                    .setSessionId(opened.sessionId())
                    .setSessionEpoch(1);
            FetchResponseData changed = fetch(wire, next);
            FetchResponseData stale = fetch(
                    wire,
                    request(first, 1, 100, 0, 1 << 20)
                            .setSessionId(opened.sessionId())
                            .setSessionEpoch(1));
            FetchResponseData unknown = fetch(
                    wire,
                    request(first, 1, 100, 0, 1 << 20).setSessionId(123_456).setSessionEpoch(7));
            // Then
            assertThat(changed.responses())
                    .singleElement()
                    .satisfies(topic -> assertThat(topic.topicId()).isEqualTo(second.id()));
            assertThat(Errors.forCode(stale.errorCode())).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
            assertThat(Errors.forCode(unknown.errorCode())).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
    }
}
