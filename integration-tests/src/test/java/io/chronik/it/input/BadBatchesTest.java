package io.chronik.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.node.TempDirs;
import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Record batches that lie. Each is refused with Kafka's code, and the log's end does not move.
///
/// baseOffset int64 @0 | batchLength int32 @8 | partitionLeaderEpoch int32 @12 | magic int8 @16 | crc int32 @17 |
/// attributes int16 @21 | lastOffsetDelta int32 @23 | baseTimestamp int64 @27 | maxTimestamp int64 @35 |
/// producerId int64 @43 | producerEpoch int16 @51 | baseSequence int32 @53 | recordCount int32 @57 | records @61
@Tag("node")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadBatchesTest {
    private static final int LENGTH = 8;
    private static final int MAGIC = 16;
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int LAST_OFFSET_DELTA = 23;
    private static final int COUNT = 57;
    private static final int RECORDS = 61;

    /// What Kafka answers for one broken thing or another; which of them depends on what it looks at first.
    private static final Set<Errors> DAMAGED = Set.of(Errors.CORRUPT_MESSAGE, Errors.INVALID_RECORD);

    private final Path directory = TempDirs.create("chronik-it-batches");
    private final NodeProcess node = Nodes.quick(NodeProcess.in(directory)).start();
    private final HealthyNeighbour neighbour = new HealthyNeighbour(node);
    private final RawKafka kafka = new RawKafka(node.port());
    private final Topic topic = kafka.createTopic("batches", 1);

    @AfterAll
    void nobodyNoticed() {
        try {
            neighbour.close();
            assertThat(node.isAlive()).isTrue();
        } finally {
            kafka.close();
            node.close();
            TempDirs.delete(directory);
        }
    }

    private static SimpleRecord record(String value) {
        return new SimpleRecord(System.currentTimeMillis(), null, value.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer batch(Compression compression, String... values) {
        SimpleRecord[] records =
                Arrays.stream(values).map(BadBatchesTest::record).toArray(SimpleRecord[]::new);
        return MemoryRecords.withRecords(compression, records).buffer().duplicate();
    }

    private static void fixCrc(ByteBuffer batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate().position(ATTRIBUTES));
        batch.putInt(CRC, (int) crc.getValue());
    }

    private Errors produce(Topic to, ByteBuffer batch) {
        return Errors.forCode(kafka.produce(to.name(), 0, MemoryRecords.readableRecords(batch), -1)
                .errorCode());
    }

    /// Sends it, checks that nothing was appended, returns the error.
    private Errors refused(ByteBuffer batch) {
        return refused(topic, batch);
    }

    private Errors refused(Topic to, ByteBuffer batch) {
        long before = kafka.endOffset(to, 0);
        Errors error = produce(to, batch);
        assertThat(error).isNotEqualTo(Errors.NONE);
        assertThat(kafka.endOffset(to, 0)).as("end offset").isEqualTo(before);
        return error;
    }

    @ParameterizedTest
    @ValueSource(ints = {CRC, ATTRIBUTES, LAST_OFFSET_DELTA, 30, 44, COUNT, RECORDS, RECORDS + 5})
    void aFlippedBitIsCorruption(int position) {
        ByteBuffer batch = batch(Compression.NONE, "one", "two");
        batch.put(position, (byte) (batch.get(position) ^ 1));
        assertThat(refused(batch)).isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 3, 1_000_000, Integer.MAX_VALUE})
    void aWrongRecordCountIsRefused(int count) {
        ByteBuffer batch = batch(Compression.NONE, "one", "two");
        batch.putInt(COUNT, count);
        fixCrc(batch);
        assertThat(refused(batch)).isIn(DAMAGED);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 1_000})
    void aWrongLastOffsetDeltaIsRefused(int delta) {
        ByteBuffer batch = batch(Compression.NONE, "one", "two");
        batch.putInt(LAST_OFFSET_DELTA, delta);
        fixCrc(batch);
        assertThat(refused(batch)).isIn(DAMAGED);
    }

    @ParameterizedTest
    @EnumSource(
            value = org.apache.kafka.common.record.internal.CompressionType.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void aWrongCountInsideACompressedBatchIsRefused(org.apache.kafka.common.record.internal.CompressionType type) {
        ByteBuffer batch = batch(Compression.of(type).build(), "one", "two");
        batch.putInt(COUNT, 3).putInt(LAST_OFFSET_DELTA, 2);
        fixCrc(batch);
        assertThat(refused(batch)).isIn(DAMAGED);
    }

    @ParameterizedTest
    @EnumSource(
            value = org.apache.kafka.common.record.internal.CompressionType.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void garbageInsteadOfCompressedBytesIsRefused(org.apache.kafka.common.record.internal.CompressionType type) {
        ByteBuffer batch = batch(Compression.of(type).build(), "one".repeat(50), "two");
        for (int i = RECORDS; i < batch.limit(); i++) {
            batch.put(i, (byte) (i * 31));
        }
        fixCrc(batch);
        Errors error = refused(batch);
        // Kafka has UNKNOWN_SERVER_ERROR for this, which a Produce of ours never answers.
        assertThat(error).isIn(node.isChronik() ? DAMAGED : Set.of(Errors.UNKNOWN_SERVER_ERROR));
    }

    @Test
    void aRecordThatIsLongerThanItsBatchIsRefused() {
        ByteBuffer batch = batch(Compression.NONE, "one");
        batch.put(RECORDS, (byte) 0x7e); // The record's length as a zig-zag varint: 63.
        fixCrc(batch);
        assertThat(refused(batch)).isIn(DAMAGED);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, -40, 40})
    void aWrongBatchLengthIsRefused(int difference) {
        ByteBuffer batch = batch(Compression.NONE, "one", "two");
        batch.putInt(LENGTH, batch.getInt(LENGTH) + difference);
        assertThat(refused(batch)).isIn(DAMAGED);
    }

    @Test
    void aTruncatedBatchIsRefused() {
        ByteBuffer batch = batch(Compression.NONE, "one", "two");
        batch.limit(batch.limit() - 5);
        assertThat(refused(batch)).isIn(DAMAGED);
    }

    @Test
    void twoBatchesInOneEntryAreRefused() {
        ByteBuffer one = batch(Compression.NONE, "one");
        ByteBuffer two = ByteBuffer.allocate(2 * one.remaining());
        two.put(one.duplicate()).put(one.duplicate()).flip();
        assertThat(refused(two)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void bytesBehindTheBatchAreRefused() {
        ByteBuffer one = batch(Compression.NONE, "one");
        ByteBuffer more = ByteBuffer.allocate(one.remaining() + 20);
        more.put(one).position(0);
        assertThat(refused(more)).isIn(DAMAGED);
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 1})
    void oldFormatsAreRefused(byte magic) {
        ByteBuffer buffer = ByteBuffer.allocate(512);
        try (MemoryRecordsBuilder builder =
                MemoryRecords.builder(buffer, magic, Compression.NONE, TimestampType.CREATE_TIME, 0L)) {
            builder.append(record("old"));
            assertThat(refused(builder.build().buffer().duplicate()))
                    .isIn(Errors.INVALID_RECORD, Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT);
        }
    }

    @Test
    void anUnknownFormatIsRefused() {
        ByteBuffer batch = batch(Compression.NONE, "one");
        batch.put(MAGIC, (byte) 3);
        assertThat(refused(batch))
                .isIn(Errors.CORRUPT_MESSAGE, Errors.INVALID_RECORD, Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT);
    }

    @Test
    void aControlBatchFromAClientIsRefused() {
        ByteBuffer batch = MemoryRecords.withEndTransactionMarker(
                        0L,
                        System.currentTimeMillis(),
                        0,
                        5L,
                        (short) 0,
                        new EndTransactionMarker(ControlRecordType.COMMIT, 0))
                .buffer()
                .duplicate();
        batch.putShort(ATTRIBUTES, (short) 0x20); // control, and not transactional
        fixCrc(batch);
        assertThat(refused(batch)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aBatchOverTheLimitIsTooLarge() {
        ByteBuffer batch = batch(Compression.NONE, "x".repeat(1_048_588));
        assertThat(refused(batch)).isEqualTo(Errors.MESSAGE_TOO_LARGE);
    }

    @Test
    void aRecordWithoutKeyOnACompactedTopicIsRefused() {
        Topic compacted = kafka.createTopic("compacted", 1, Map.of("cleanup.policy", "compact"));
        assertThat(refused(compacted, batch(Compression.NONE, "no key"))).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aTimestampFarInTheFutureIsRefused() {
        ByteBuffer batch = MemoryRecords.withRecords(
                        Compression.NONE,
                        new SimpleRecord(System.currentTimeMillis() + 48 * 3_600_000L, null, new byte[] {1}))
                .buffer()
                .duplicate();
        assertThat(refused(batch)).isEqualTo(Errors.INVALID_TIMESTAMP);
    }

    @Test
    void wrongAcksAreRefused() {
        long before = kafka.endOffset(topic, 0);
        var response = kafka.produce(topic.name(), 0, MemoryRecords.readableRecords(batch(Compression.NONE, "x")), 7);
        assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.INVALID_REQUIRED_ACKS);
        assertThat(kafka.endOffset(topic, 0)).isEqualTo(before);
    }

    @Test
    void anEmptyBatchIsRefused() {
        assertThat(refused(ByteBuffer.allocate(0))).isIn(Errors.INVALID_RECORD, Errors.CORRUPT_MESSAGE);
    }

    /// One record that unfolds to about `unfoldedBytes`, as a batch of some kilobytes. The last write decides whether
    /// anybody notices: a reader must not hold the whole in memory.
    private static ByteBuffer bomb(long unfoldedBytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        ByteBuffer head = ByteBuffer.allocate(64);
        int valueBytes = (int) unfoldedBytes;
        int bodyBytes = 1 + 1 + 1 + 1 + ByteUtils.sizeOfVarint(valueBytes) + valueBytes + 1;
        ByteUtils.writeVarint(bodyBytes, head);
        head.put((byte) 0); // attributes
        ByteUtils.writeVarint(0, head); // timestamp delta
        ByteUtils.writeVarint(0, head); // offset delta
        ByteUtils.writeVarint(-1, head); // no key
        ByteUtils.writeVarint(valueBytes, head);
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(packed, 1 << 16))) {
            out.write(head.array(), 0, head.position());
            byte[] zeros = new byte[1 << 20];
            for (long left = valueBytes; left > 0; left -= zeros.length) {
                out.write(zeros, 0, (int) Math.min(left, zeros.length));
            }
            out.write(0); // no headers
        }
        ByteBuffer batch = ByteBuffer.allocate(RECORDS + packed.size());
        batch.putInt(LENGTH, RECORDS - 12 + packed.size());
        batch.put(MAGIC, (byte) 2);
        batch.putShort(ATTRIBUTES, (short) 1); // gzip
        long nowMs = System.currentTimeMillis();
        batch.putLong(27, nowMs)
                .putLong(35, nowMs)
                .putLong(43, -1)
                .putShort(51, (short) -1)
                .putInt(53, -1);
        batch.putInt(COUNT, 1);
        batch.position(RECORDS).put(packed.toByteArray()).flip();
        fixCrc(batch);
        return batch;
    }

    @Test
    void aDecompressionBombNeitherFillsTheMemoryNorTheLog() throws IOException {
        // Given
        Topic target = kafka.createTopic("bomb", 1);
        ByteBuffer batch = bomb(700L << 20);
        assertThat(batch.remaining()).isLessThan(1_048_588);
        long before = node.residentBytes();
        // When
        for (int i = 0; i < 3; i++) {
            Errors error = produce(target, batch.duplicate());
            // Then: Kafka takes it when it need not look inside, we refuse it; neither may unfold it in memory.
            if (node.isChronik()) {
                assertThat(error).isIn(Errors.INVALID_RECORD, Errors.MESSAGE_TOO_LARGE, Errors.CORRUPT_MESSAGE);
                assertThat(kafka.endOffset(target, 0)).isZero();
            }
        }
        assertThat(node.residentBytes() - before).isLessThan(300L << 20);
        neighbour.awaitProgress();
    }
}
