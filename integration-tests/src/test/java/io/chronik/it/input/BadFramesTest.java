package io.chronik.it.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.node.ProcFs;
import io.chronik.it.node.TempDirs;
import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.WireClient;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bytes that no client should send. Another client works all the time and must not notice; memory, threads and files
/// must not grow; the node must live.
@Tag("node")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadFramesTest {
    private static final int CLOSE_TIMEOUT_MS = 10_000;
    private static final long SEED = 20_261_123;
    private static final long GROWTH_BYTES = 400L << 20;

    private final Path directory = TempDirs.create("chronik-it-input");
    private final NodeProcess node = Nodes.quick(NodeProcess.in(directory));
    private HealthyNeighbour neighbour = startWithNeighbour();
    private long residentBefore;

    private HealthyNeighbour startWithNeighbour() {
        node.start();
        return new HealthyNeighbour(node);
    }

    @BeforeAll
    void measure() {
        residentBefore = node.residentBytes();
    }

    @AfterAll
    void nobodyNoticed() {
        try {
            neighbour.close();
            assertThat(node.isAlive()).isTrue();
            assertThat(node.residentBytes() - residentBefore)
                    .as("growth of memory")
                    .isLessThan(GROWTH_BYTES);
            assertThat(node.logLines()).noneMatch(line -> line.contains("OutOfMemoryError"));
        } finally {
            node.close();
            TempDirs.delete(directory);
        }
    }

    private void sendAndExpectClose(byte[] bytes) {
        try (WireClient wire = WireClient.connect(node.port())) {
            wire.sendRaw(bytes);
            assertThat(wire.isClosedByPeer(CLOSE_TIMEOUT_MS)).as("closed").isTrue();
        }
        neighbour.awaitProgress();
    }

    private static byte[] length(int length, int bytesBehind) {
        return ByteBuffer.allocate(4 + bytesBehind).putInt(length).array();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 104_857_601})
    void anImpossibleFrameLengthEndsTheConnection(int length) {
        sendAndExpectClose(length(length, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 7})
    void aFrameTooShortForAHeaderEndsTheConnection(int length) {
        sendAndExpectClose(length(length, length));
    }

    @Test
    void aTlsHelloOnThePlainPortEndsTheConnection() {
        sendAndExpectClose(new byte[] {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, (byte) 0xfc, 0x03, 0x03});
    }

    @Test
    void anHttpRequestOnThePlainPortEndsTheConnection() {
        sendAndExpectClose("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void bigPromisesTakeNoMemory() {
        // Given: 100 connections that each announce 100 MB and send nothing more. Kafka itself dies of it.
        assumeTrue(node.isChronik());
        List<WireClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                WireClient wire = WireClient.connect(node.port());
                wire.sendRaw(length(100_000_000, 16));
                clients.add(wire);
            }
            // When
            neighbour.awaitProgress();
            // Then
            assertThat(node.residentBytes() - residentBefore).isLessThan(GROWTH_BYTES);
        } finally {
            clients.forEach(WireClient::close);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, 5, 52, 999, 32_767})
    void anUnknownApiEndsTheConnection(int key) {
        ByteBuffer frame = ByteBuffer.allocate(14);
        frame.putInt(10).putShort((short) key).putShort((short) 0).putInt(1).putShort((short) -1);
        sendAndExpectClose(frame.array());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 14, 32_767})
    void anUnknownVersionEndsTheConnection(int version) {
        ByteBuffer frame = ByteBuffer.allocate(18);
        frame.putInt(14)
                .putShort(ApiKeys.METADATA.id)
                .putShort((short) version)
                .putInt(1)
                .putShort((short) -1);
        sendAndExpectClose(frame.array());
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, 1_000_000, 100})
    void anArrayThatIsLongerThanItsFrameEndsTheConnection(int count) {
        ByteBuffer frame = ByteBuffer.allocate(4 + 10 + 4 + 6);
        frame.putInt(20)
                .putShort(ApiKeys.METADATA.id)
                .putShort((short) 1)
                .putInt(1)
                .putShort((short) -1);
        frame.putInt(count);
        sendAndExpectClose(frame.array());
    }

    @Test
    void nestedCountsThatMultiplyAreRefused() {
        // Given: Fetch v4, one topic that announces two billion partitions.
        ByteBuffer frame = ByteBuffer.allocate(60);
        frame.putInt(56)
                .putShort(ApiKeys.FETCH.id)
                .putShort((short) 4)
                .putInt(1)
                .putShort((short) -1);
        frame.putInt(-1).putInt(100).putInt(1).putInt(1_000_000).put((byte) 0);
        frame.putInt(1).putShort((short) 1).put((byte) 't').putInt(2_000_000_000);
        sendAndExpectClose(frame.array());
    }

    @Test
    void aStringLongerThanItsFrameEndsTheConnection() {
        ByteBuffer frame = ByteBuffer.allocate(14);
        frame.putInt(10)
                .putShort(ApiKeys.METADATA.id)
                .putShort((short) 1)
                .putInt(1)
                .putShort((short) 30_000);
        sendAndExpectClose(frame.array());
    }

    @Test
    void aVarintWithoutEndEndsTheConnection() {
        ByteBuffer frame = ByteBuffer.allocate(24);
        frame.putInt(20)
                .putShort(ApiKeys.METADATA.id)
                .putShort((short) 12)
                .putInt(1)
                .putShort((short) -1);
        frame.put(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1});
        sendAndExpectClose(frame.array());
    }

    @Test
    void aFrameThatArrivesByteByByteIsAnswered() {
        try (WireClient wire = WireClient.connect(node.port())) {
            byte[] frame = WireClient.encode(ApiKeys.API_VERSIONS, 0, 5, new ApiVersionsRequestData());
            byte[] bytes = ByteBuffer.allocate(4 + frame.length)
                    .putInt(frame.length)
                    .put(frame)
                    .array();
            // When
            for (byte one : bytes) {
                wire.sendRaw(new byte[] {one});
            }
            // Then
            assertThat(wire.readResponse(ApiKeys.API_VERSIONS, 0, 5, ApiVersionsResponseData.class)
                            .errorCode())
                    .isZero();
        }
    }

    @Test
    void halfClosedConnectionsAreFreed() {
        // Given
        int filesBefore = ProcFs.openFiles(node.pid());
        List<WireClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                WireClient wire = WireClient.connect(node.port());
                wire.sendRaw(new byte[] {0, 0});
                clients.add(wire);
            }
            // When
            clients.forEach(WireClient::halfClose);
            // Then
            Awaitility.await("descriptors are freed")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> ProcFs.openFiles(node.pid()) < filesBefore + 10);
        } finally {
            clients.forEach(WireClient::close);
        }
        neighbour.awaitProgress();
    }

    @Test
    void randomBytesDisturbNobody() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 300; i++) {
            byte[] garbage = new byte[random.nextInt(1, 600)];
            random.nextBytes(garbage);
            if (i % 2 == 0 && garbage.length > 4) {
                ByteBuffer.wrap(garbage).putInt(garbage.length - 4); // A length that fits, so that the header is read.
            }
            try (WireClient wire = WireClient.connect(node.port())) {
                wire.sendRaw(garbage);
            } catch (UncheckedIOException closedWhileWriting) {
                // That is what the node should do.
            }
        }
        neighbour.awaitProgress();
    }

    @Test
    void everyTruncationAndManyMutationsOfValidRequestsDisturbNobody() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (byte[] valid : corpus()) {
            for (int end = 1; end < valid.length; end++) {
                sendFrameAndForget(java.util.Arrays.copyOf(valid, end));
            }
            for (int i = 0; i < 100; i++) {
                byte[] mutant = valid.clone();
                mutant[random.nextInt(4, mutant.length)] = (byte) random.nextInt();
                sendFrameAndForget(mutant);
            }
        }
        neighbour.awaitProgress();
        assertThat(ProcFs.threadCount(node.pid())).isLessThan(150);
    }

    private void sendFrameAndForget(byte[] frame) {
        try (WireClient wire = WireClient.connect(node.port())) {
            wire.sendFrame(frame);
        } catch (UncheckedIOException closedWhileWriting) {
            // That is what the node should do.
        }
    }

    /// Valid requests of old and new encodings. None of their mutants can end a topic of somebody else.
    private static List<byte[]> corpus() {
        List<byte[]> corpus = new ArrayList<>();
        add(
                corpus,
                ApiKeys.METADATA,
                new MetadataRequestData()
                        .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName("mutant"))),
                4,
                12);
        var fetch = new FetchRequestData()
                .setMaxBytes(1_000)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic("mutant")
                        .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartitionMaxBytes(1_000)))));
        add(corpus, ApiKeys.FETCH, fetch, 4, 12, 17);
        var offsets = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName("mutant")
                        .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition().setTimestamp(-1)))));
        add(corpus, ApiKeys.LIST_OFFSETS, offsets, 1, 10);
        add(
                corpus,
                ApiKeys.FIND_COORDINATOR,
                new FindCoordinatorRequestData().setCoordinatorKeys(List.of("mutant")),
                6);
        var create = new CreateTopicsRequestData().setValidateOnly(true);
        create.topics()
                .add(new CreateTopicsRequestData.CreatableTopic()
                        .setName("mutant")
                        .setNumPartitions(1)
                        .setReplicationFactor((short) 1));
        add(corpus, ApiKeys.CREATE_TOPICS, create, 2, 7);
        add(
                corpus,
                ApiKeys.JOIN_GROUP,
                new JoinGroupRequestData()
                        .setGroupId("mutant")
                        .setProtocolType("consumer")
                        .setSessionTimeoutMs(6_000)
                        .setRebalanceTimeoutMs(6_000),
                5,
                9);
        add(
                corpus,
                ApiKeys.SYNC_GROUP,
                new SyncGroupRequestData().setGroupId("mutant").setMemberId("m"),
                3,
                5);
        add(
                corpus,
                ApiKeys.OFFSET_FETCH,
                new OffsetFetchRequestData()
                        .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                .setGroupId("mutant")
                                .setTopics(null))),
                8,
                9);
        MemoryRecords records =
                MemoryRecords.withRecords(Compression.NONE, new SimpleRecord("value".getBytes(StandardCharsets.UTF_8)));
        add(corpus, ApiKeys.PRODUCE, RawKafka.produceRequest("mutant", 0, records, 1), 3, 9, 12);
        return corpus;
    }

    private static void add(List<byte[]> corpus, ApiKeys key, ApiMessage request, int... versions) {
        for (int version : versions) {
            corpus.add(WireClient.encode(key, version, 1, request));
        }
    }

    @Test
    void tenThousandPipelinedRequestsAreAnsweredInOrderWhenTheReplyIsReadAtLast() throws Exception {
        // Given: far more answers than socket buffers hold, none of them read yet.
        int count = 10_000;
        try (WireClient wire = WireClient.connect(node.port())) {
            Thread writer = Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; i < count; i++) {
                    wire.send(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
                }
            });
            neighbour.awaitProgress();
            // When / Then
            for (int i = 0; i < count; i++) {
                wire.readResponse(ApiKeys.API_VERSIONS, 0, i, ApiVersionsResponseData.class);
            }
            writer.join();
        }
        assertThat(node.residentBytes() - residentBefore).isLessThan(GROWTH_BYTES);
    }

    @Test
    void requestsOutOfOrderGetTheirDefinedErrors() {
        try (WireClient wire = WireClient.connect(node.port())) {
            var sync = new SyncGroupRequestData()
                    .setGroupId(RawKafka.uniqueName("nobody"))
                    .setMemberId("nobody")
                    .setProtocolType("consumer")
                    .setProtocolName("range")
                    .setGenerationId(3);
            Errors[] last = new Errors[1];
            Awaitility.await("coordinator").until(() -> {
                last[0] = Errors.forCode(wire.call(
                                ApiKeys.SYNC_GROUP,
                                5,
                                sync,
                                org.apache.kafka.common.message.SyncGroupResponseData.class)
                        .errorCode());
                return last[0] != Errors.COORDINATOR_LOAD_IN_PROGRESS
                        && last[0] != Errors.NOT_COORDINATOR
                        && last[0] != Errors.COORDINATOR_NOT_AVAILABLE;
            });
            assertThat(last[0]).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }
    }

    @Test
    void aLongClientIdAndStrangeCharactersAreHarmless() {
        String strange = "\u0000\u001b[31m\r\nFAKE LOG LINE " + "x".repeat(32_000);
        ByteBuffer frame = ByteBuffer.allocate(40_000);
        byte[] id = strange.getBytes(StandardCharsets.UTF_8);
        frame.putShort(ApiKeys.API_VERSIONS.id)
                .putShort((short) 0)
                .putInt(9)
                .putShort((short) id.length)
                .put(id);
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        try (WireClient wire = WireClient.connect(node.port())) {
            // When
            wire.sendFrame(bytes);
            // Then
            wire.readResponse(ApiKeys.API_VERSIONS, 0, 9, ApiVersionsResponseData.class);
        }
        assertThat(node.logLines()).noneMatch(line -> line.startsWith("FAKE LOG LINE"));
    }
}
