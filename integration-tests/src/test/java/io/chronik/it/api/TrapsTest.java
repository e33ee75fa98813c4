package io.chronik.it.api;

import static io.chronik.it.api.Probe.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import io.chronik.it.wire.WireClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The twelve traps of the Kafka protocol that a clone falls into, one test each, in the order of the reference.
@Tag("node")
class TrapsTest {
    private static final Node NODE = Nodes.shared();

    private static Set<Short> advertisedKeys() {
        try (RawKafka kafka = new RawKafka(NODE.port())) {
            return kafka.apiVersions().apiKeys().stream()
                    .map(ApiVersionsResponseData.ApiVersion::apiKey)
                    .collect(Collectors.toSet());
        }
    }

    // Trap 1
    @Test
    void produceIsAdvertisedFromVersionZeroButVersionsBelowThreeAreRefused() {
        try (RawKafka kafka = new RawKafka(NODE.port())) {
            Topic topic = kafka.createTopic("old-produce", 1);
            for (short version = 0; version < 3; version++) {
                try (WireClient wire = WireClient.connect(NODE.port())) {
                    // When
                    wire.sendFrame(oldProduce(version, topic.name()));
                    // Then
                    assertThat(oldProduceIsRefused(wire, version)).isTrue();
                }
            }
            assertThat(Objects.requireNonNull(kafka.apiVersions().apiKeys().find(ApiKeys.PRODUCE.id))
                            .minVersion())
                    .isZero();
            assertThat(kafka.endOffset(topic, 0)).isZero();
        }
    }

    /// As librdkafka of 2015 wrote it; today's classes know no such version.
    private static byte[] oldProduce(short version, String topic) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(200 + name.length);
        frame.putShort(ApiKeys.PRODUCE.id).putShort(version).putInt(77).putShort((short) -1);
        frame.putShort((short) -1).putInt(1_000); // acks, timeout
        frame.putInt(1).putShort((short) name.length).put(name); // one topic
        frame.putInt(1).putInt(0).putInt(0); // one partition, no bytes of records
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }

    /// Kafka hangs up; an answer with UNSUPPORTED_VERSION says the same more kindly.
    private static boolean oldProduceIsRefused(WireClient wire, short version) {
        ByteBuffer frame;
        try {
            frame = wire.readFrame();
        } catch (UncheckedIOException closed) {
            return true;
        }
        assertThat(frame.getInt()).as("correlation id").isEqualTo(77);
        assertThat(frame.getInt()).as("topics").isEqualTo(1);
        frame.position(frame.position() + 2 + frame.getShort(frame.position()));
        assertThat(frame.getInt()).as("partitions").isEqualTo(1);
        frame.getInt();
        return error(frame.getShort()) == Errors.UNSUPPORTED_VERSION && version < 3;
    }

    // Trap 2
    @Test
    void apiVersionsAnswersAnUnknownVersionInVersionZeroWithItsOwnRange() {
        try (WireClient wire = WireClient.connect(NODE.port())) {
            // Given: a header of a version nobody knows, body and all.
            ByteBuffer frame = ByteBuffer.allocate(64);
            frame.putShort(ApiKeys.API_VERSIONS.id)
                    .putShort((short) 99)
                    .putInt(4711)
                    .putShort((short) -1);
            frame.put((byte) 0).putInt(123456);
            byte[] bytes = new byte[frame.position()];
            frame.flip().get(bytes);
            // When
            wire.sendFrame(bytes);
            ByteBuffer answer = wire.readFrame();
            // Then
            assertThat(answer.getInt()).isEqualTo(4711);
            var response = WireClient.read(answer, ApiVersionsResponseData.class, (short) 0);
            assertThat(answer.hasRemaining()).isFalse();
            assertThat(error(response.errorCode())).isEqualTo(Errors.UNSUPPORTED_VERSION);
            var range = Objects.requireNonNull(response.apiKeys().find(ApiKeys.API_VERSIONS.id));
            assertThat(range.minVersion()).isZero();
            assertThat(range.maxVersion()).isEqualTo((short) 5);
        }
    }

    // Trap 2
    @Test
    void apiVersionsHasAnOldHeaderInAllVersionsAndNoFeatureFromZeroBeforeVersionFour() {
        try (WireClient wire = WireClient.connect(NODE.port())) {
            for (short version = 0; version <= 5; version++) {
                var request = new ApiVersionsRequestData();
                if (version >= 3) {
                    request.setClientSoftwareName("trap").setClientSoftwareVersion("1");
                }
                int id = wire.send(ApiKeys.API_VERSIONS, version, request);
                // When
                ByteBuffer answer = wire.readFrame();
                // Then: the body follows the correlation id at once, without tagged fields of a header.
                assertThat(answer.getInt()).isEqualTo(id);
                ApiVersionsResponseData response = new ApiVersionsResponseData();
                response.read(new ByteBufferAccessor(answer), version);
                assertThat(error(response.errorCode())).isEqualTo(Errors.NONE);
                assertThat(answer.hasRemaining()).isFalse();
                if (version < 4) {
                    assertThat(response.supportedFeatures())
                            .allSatisfy(
                                    feature -> assertThat(feature.minVersion()).isPositive());
                }
            }
        }
    }

    // Trap 3
    @Test
    void offsetDeleteIsNotFlexible() {
        try (WireClient wire = WireClient.connect(NODE.port())) {
            // Given
            var request = new OffsetDeleteRequestData().setGroupId("no-such-group");
            int id = wire.send(ApiKeys.OFFSET_DELETE, 0, request);
            // When
            ByteBuffer answer = wire.readFrame();
            // Then: correlation id, error code, throttle time, empty array; no tagged fields anywhere.
            assertThat(answer.remaining()).isEqualTo(4 + 2 + 4 + 4);
            assertThat(answer.getInt()).isEqualTo(id);
            OffsetDeleteResponseData response = new OffsetDeleteResponseData();
            response.read(new ByteBufferAccessor(answer), (short) 0);
            assertThat(response.errorCode()).isNotZero();
        }
    }

    // Trap 4
    @Test
    void telemetryIsAdvertisedWholeOrNotAtAll() {
        assertThat(advertisedKeys().contains(ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS.id))
                .isEqualTo(advertisedKeys().contains(ApiKeys.PUSH_TELEMETRY.id));
    }

    // Trap 5
    @Test
    void abortTransactionReachesTheLeaderExactlyWhenWriteTxnMarkersIsAdvertised() {
        try (Admin admin = Clients.admin(NODE);
                RawKafka kafka = new RawKafka(NODE.port())) {
            // Given
            Topic topic = kafka.createTopic("abort", 1);
            var spec = new AbortTransactionSpec(new TopicPartition(topic.name(), 0), 4711, (short) 0, 0);
            // When
            var result = admin.abortTransaction(spec).all();
            // Then
            if (advertisedKeys().contains(ApiKeys.WRITE_TXN_MARKERS.id)) {
                Clients.get(result);
                assertThat(kafka.endOffset(topic, 0)).isEqualTo(1);
            } else {
                assertThatThrownBy(() -> Clients.get(result)).isInstanceOf(UnsupportedVersionException.class);
            }
        }
    }

    // Trap 6
    @Test
    void describeTopicsPagesLogDirsHaveSizesAndMessagesCanBeCleared() {
        try (Admin admin = Clients.admin(NODE);
                RawKafka kafka = new RawKafka(NODE.port())) {
            // Given
            Topic topic = kafka.createTopic("pages", 5);
            kafka.append(topic, 3, "a", "b", "c");
            var partition = new TopicPartition(topic.name(), 3);
            // When
            var described = Clients.get(admin.describeTopics(
                            List.of(topic.name()), new DescribeTopicsOptions().partitionSizeLimitPerResponse(2))
                    .allTopicNames());
            var directories = Clients.get(admin.describeLogDirs(List.of(1)).allDescriptions());
            var deleted = Clients.get(
                    Objects.requireNonNull(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)))
                            .lowWatermarks()
                            .get(partition)));
            // Then
            assertThat(Objects.requireNonNull(described.get(topic.name())).partitions())
                    .hasSize(5);
            long sizeBytes = directories.values().stream()
                    .flatMap(perNode -> perNode.values().stream())
                    .map(directory -> directory.replicaInfos().get(partition))
                    .filter(Objects::nonNull)
                    .mapToLong(org.apache.kafka.clients.admin.ReplicaInfo::size)
                    .sum();
            assertThat(sizeBytes).isPositive();
            assertThat(deleted.lowWatermark()).isEqualTo(3);
            assertThat(kafka.startOffset(topic, 3)).isEqualTo(3);
        }
    }

    // Trap 7
    @Test
    void aFeatureIsFinalizedExactlyWhenItsProtocolIsAdvertised() {
        try (RawKafka kafka = new RawKafka(NODE.port())) {
            // When
            var response = kafka.apiVersions();
            // Then
            Set<Short> keys = advertisedKeys();
            assertThat(level(response, "group.version")).isEqualTo(1);
            assertThat(keys).contains(ApiKeys.CONSUMER_GROUP_HEARTBEAT.id, ApiKeys.CONSUMER_GROUP_DESCRIBE.id);
            assertThat(level(response, "share.version") > 0).isEqualTo(keys.contains(ApiKeys.SHARE_FETCH.id));
            assertThat(level(response, "streams.version") > 0)
                    .isEqualTo(keys.contains(ApiKeys.STREAMS_GROUP_HEARTBEAT.id));
            assertThat(level(response, "transaction.version") > 0)
                    .isEqualTo(keys.contains(ApiKeys.ADD_PARTITIONS_TO_TXN.id));
        }
    }

    private static int level(ApiVersionsResponseData response, String feature) {
        var found = response.finalizedFeatures().find(feature);
        return found == null ? 0 : found.maxVersionLevel();
    }

    // Trap 8
    @Test
    void finalizedFeaturesLieInTheSupportedRangesAndHaveAnEpoch() {
        try (Admin admin = Clients.admin(NODE)) {
            // When
            var metadata = Clients.get(admin.describeFeatures().featureMetadata());
            // Then
            assertThat(metadata.finalizedFeaturesEpoch()).isPresent();
            assertThat(metadata.finalizedFeatures()).containsKey("group.version");
            metadata.finalizedFeatures().forEach((name, finalized) -> {
                var supported =
                        Objects.requireNonNull(metadata.supportedFeatures().get(name), name);
                assertThat(finalized.maxVersionLevel()).isBetween(supported.minVersion(), supported.maxVersion());
            });
        }
    }

    // Trap 9
    @Test
    void topicIdsSurviveARestartAndChangeWhenATopicIsMadeAgain(@TempDir Path directory) {
        try (NodeProcess node = Nodes.quick(NodeProcess.in(directory)).start()) {
            Topic topic;
            try (RawKafka kafka = new RawKafka(node.port())) {
                topic = kafka.createTopic("ids", 1);
                kafka.append(topic, 0, "kept");
            }
            // When
            node.terminate();
            node.start();
            // Then
            try (WireClient wire = WireClient.connect(node.port());
                    Admin admin = Clients.admin(node)) {
                assertThat(topicId(wire, topic.name())).isEqualTo(topic.id());
                Clients.get(admin.deleteTopics(List.of(topic.name())).all());
                Clients.get(admin.createTopics(
                                List.of(new org.apache.kafka.clients.admin.NewTopic(topic.name(), 1, (short) 1)))
                        .all());
                assertThat(topicId(wire, topic.name())).isNotEqualTo(topic.id());
                assertThat(fetchById(wire, topic.id())).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
            }
        }
    }

    private static Uuid topicId(WireClient wire, String topic) {
        var request = new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(topic)));
        return wire.call(ApiKeys.METADATA, 12, request, MetadataResponseData.class)
                .topics()
                .iterator()
                .next()
                .topicId();
    }

    private static Errors fetchById(WireClient wire, Uuid topic) {
        var request = new FetchRequestData()
                .setMaxWaitMs(100)
                .setMinBytes(0)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopicId(topic)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartitionMaxBytes(1_000)))));
        var response = wire.call(ApiKeys.FETCH, 17, request, FetchResponseData.class);
        return response.errorCode() != 0
                ? error(response.errorCode())
                : error(response.responses().get(0).partitions().get(0).errorCode());
    }

    // Trap 10
    @Test
    void hugeArrayCountsAreRefusedBeforeAnythingIsAllocated() {
        // Given: Metadata v1 that announces one topic more than Kafka's limit of a million, in a frame that could hold
        // them.
        ByteBuffer frame = ByteBuffer.allocate(10 + 4 + 2 * 1_000_001);
        frame.putShort(ApiKeys.METADATA.id).putShort((short) 1).putInt(1).putShort((short) -1);
        frame.putInt(1_000_001);
        try (WireClient wire = WireClient.connect(NODE.port());
                RawKafka healthy = new RawKafka(NODE.port())) {
            // When
            wire.sendFrame(frame.array());
            // Then
            assertThat(wire.isClosedByPeer(10_000)).isTrue();
            assertThat(healthy.apiVersions().errorCode()).isZero();
        }
    }

    // Trap 10
    @Test
    void moreThanTenThousandTaggedFieldsAreRefused() throws IOException {
        // Given: ApiVersions v3 with 10,001 tagged fields in its header, each empty.
        var out = new java.io.ByteArrayOutputStream();
        var data = new java.io.DataOutputStream(out);
        data.writeShort(ApiKeys.API_VERSIONS.id);
        data.writeShort(3);
        data.writeInt(1);
        data.writeShort(-1);
        ByteBuffer fields = ByteBuffer.allocate(100_000);
        org.apache.kafka.common.utils.internals.ByteUtils.writeUnsignedVarint(10_001, fields);
        for (int tag = 0; tag < 10_001; tag++) {
            org.apache.kafka.common.utils.internals.ByteUtils.writeUnsignedVarint(tag, fields);
            org.apache.kafka.common.utils.internals.ByteUtils.writeUnsignedVarint(0, fields);
        }
        data.write(fields.array(), 0, fields.position());
        data.write(new byte[] {2, 'a', 2, 'b', 0});
        try (WireClient wire = WireClient.connect(NODE.port())) {
            // When
            wire.sendFrame(out.toByteArray());
            // Then
            assertThat(wire.isClosedByPeer(10_000)).isTrue();
        }
    }

    // Trap 11
    @Test
    void describeConfigsListsEveryTopicSettingSoThatReadModifyWriteWorks() throws IOException {
        try (Admin admin = Clients.admin(NODE);
                RawKafka kafka = new RawKafka(NODE.port())) {
            // Given
            Topic topic = kafka.createTopic("settings", 1, Map.of());
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
            // When
            Config config = Objects.requireNonNull(Clients.get(
                            admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().includeSynonyms(true))
                                    .all())
                    .get(resource));
            // Then
            assertThat(config.entries().stream().map(ConfigEntry::name)).containsAll(knownTopicConfigs());
            assertThat(config.entries())
                    .allSatisfy(entry ->
                            assertThat(entry.source()).as(entry.name()).isNotEqualTo(ConfigEntry.ConfigSource.UNKNOWN));
            assertThat(Objects.requireNonNull(config.get("max.message.bytes")).synonyms())
                    .isNotEmpty();
            assertThat(Objects.requireNonNull(config.get("retention.ms")).isDefault())
                    .isTrue();
        }
    }

    private static List<String> knownTopicConfigs() throws IOException {
        try (var in = Objects.requireNonNull(TrapsTest.class.getResourceAsStream("/kafka-4.4.0-topic-configs.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    // Trap 12
    @Test
    void createTopicsTakesDefaultsAndValidatesWithoutCreating() {
        try (RawKafka kafka = new RawKafka(NODE.port())) {
            String name = RawKafka.uniqueName("defaults");
            // When
            CreatableTopicResult validated = create(kafka, name, true);
            CreatableTopicResult created = create(kafka, name, false);
            CreatableTopicResult second = create(kafka, name, true);
            // Then
            assertThat(error(validated.errorCode())).isEqualTo(Errors.NONE);
            assertThat(error(created.errorCode())).isEqualTo(Errors.NONE);
            assertThat(created.numPartitions()).isEqualTo(1);
            assertThat(created.replicationFactor()).isEqualTo((short) 1);
            assertThat(error(second.errorCode())).isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
        }
    }

    private static CreatableTopicResult create(RawKafka kafka, String name, boolean validateOnly) {
        var request = new CreateTopicsRequestData().setTimeoutMs(10_000).setValidateOnly(validateOnly);
        request.topics()
                .add(new CreatableTopic().setName(name).setNumPartitions(-1).setReplicationFactor((short) -1));
        return kafka.wire()
                .call(ApiKeys.CREATE_TOPICS, 7, request, CreateTopicsResponseData.class)
                .topics()
                .iterator()
                .next();
    }

    // Trap 9, the record side: an unknown id is answered with its own code and nothing is appended.
    @Test
    void produceWithAnUnknownTopicIdIsRefused() {
        try (RawKafka kafka = new RawKafka(NODE.port())) {
            var request = RawKafka.produceRequest(
                    "",
                    0,
                    MemoryRecords.withRecords(Compression.NONE, new SimpleRecord("x".getBytes(StandardCharsets.UTF_8))),
                    -1);
            request.topicData().iterator().next().setTopicId(Uuid.randomUuid());
            // When
            var response = kafka.wire()
                    .call(ApiKeys.PRODUCE, 13, request, org.apache.kafka.common.message.ProduceResponseData.class);
            // Then
            var partition =
                    response.responses().iterator().next().partitionResponses().get(0);
            assertThat(error(partition.errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        }
    }
}
