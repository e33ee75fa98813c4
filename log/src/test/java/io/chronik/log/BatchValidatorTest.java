package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.BatchValidator.Verdict;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchValidatorTest {
    private static final long NOW_MS = 5_000;

    private static Verdict validate(ByteBuffer records) {
        return BatchValidator.validate(records, LogSettings.defaults(), NOW_MS);
    }

    private static Errors error(ByteBuffer records) {
        return error(records, LogSettings.defaults());
    }

    private static Errors error(ByteBuffer records, LogSettings settings) {
        return switch (BatchValidator.validate(records, settings, NOW_MS)) {
            case Verdict.Accepted accepted -> Errors.NONE;
            case Verdict.Refused(AppendResult.Rejected answer) -> answer.error();
        };
    }

    private static ByteBuffer good() {
        return Batches.of(1000, "one", "two", "three").buffer();
    }

    /// With the checksum of what it holds now.
    private static ByteBuffer sealed(ByteBuffer batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch.slice(21, batch.limit() - 21));
        return batch.putInt(17, (int) crc.getValue());
    }

    private static Compression compression(CompressionType type) {
        return Compression.of(type).build();
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void acceptsEveryCompression(CompressionType type) {
        // Given
        SimpleRecord[] records = new SimpleRecord[500];
        for (int i = 0; i < records.length; i++) records[i] = Batches.record(1000 + i, "key" + i, "value".repeat(i));

        // When
        Errors error =
                error(MemoryRecords.withRecords(compression(type), records).buffer());

        // Then
        assertThat(error).isEqualTo(Errors.NONE);
    }

    @Test
    void refusesEveryTruncation() {
        ByteBuffer good = good();
        for (int size = 0; size < good.limit(); size++) {
            assertThat(error(good().limit(size)))
                    .as("size %d", size)
                    .isIn(Errors.INVALID_RECORD, Errors.CORRUPT_MESSAGE);
        }
    }

    @Test
    void refusesEveryFlippedBitOfWhatTheChecksumCovers() {
        ByteBuffer good = good();
        for (int at = 8; at < good.limit(); at++) {
            if (at >= 12 && at < 16) continue;
            ByteBuffer flipped = good();
            flipped.put(at, (byte) (flipped.get(at) ^ 1));
            assertThat(error(flipped)).as("byte %d", at).isIn(Errors.INVALID_RECORD, Errors.CORRUPT_MESSAGE);
        }
    }

    @Test
    void survivesEveryMutationThatHasTheRightChecksum() {
        ByteBuffer good = good();
        for (int at = 21; at < good.limit(); at++) {
            for (int bits = 1; bits < 256; bits++) {
                ByteBuffer mutated = good();
                mutated.put(at, (byte) (mutated.get(at) ^ bits));
                assertThat(error(sealed(mutated))).isNotEqualTo(Errors.UNKNOWN_SERVER_ERROR);
            }
        }
    }

    @Test
    void answersAsKafkaDoes() {
        ByteBuffer two =
                ByteBuffer.allocate(2 * good().limit()).put(good()).put(good()).flip();
        ByteBuffer trailing = ByteBuffer.allocate(good().limit() + 1)
                .put(good())
                .put((byte) 0)
                .flip();
        ByteBuffer small = good().putInt(8, 5);
        ByteBuffer offset = good().putLong(0, 1);
        MemoryRecords old =
                MemoryRecords.withRecords(RecordBatch.MAGIC_VALUE_V1, Compression.NONE, Batches.record(1, "k", "v"));
        MemoryRecords control = MemoryRecords.withEndTransactionMarker(
                9, (short) 0, new EndTransactionMarker(ControlRecordType.COMMIT, 0));
        MemoryRecords transactional =
                MemoryRecords.withTransactionalRecords(Compression.NONE, 9, (short) 0, 0, Batches.record(1, "k", "v"));

        assertThat(error(two)).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(trailing)).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(small)).isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(error(offset)).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(old.buffer())).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(good().put(16, (byte) 3))).isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(error(control.buffer())).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(transactional.buffer())).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(error(sealed(good().putInt(57, 2)))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(sealed(good().putInt(57, 4).putInt(23, 3)))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(sealed(Batches.idempotent(9, 0, 0, "a").buffer().putInt(53, -1))))
                .isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void namesTheRecordsWhoseTimestampsAreOutOfRange() {
        // Given
        long future = NOW_MS + 2 * 60 * 60 * 1000;
        MemoryRecords records = MemoryRecords.withRecords(
                Compression.NONE, Batches.record(1000, "k", "v"), Batches.record(future, "k", "v"));

        // When
        Verdict verdict = validate(records.buffer());

        // Then
        AppendResult.Rejected answer = ((Verdict.Refused) verdict).answer();
        assertThat(answer.error()).isEqualTo(Errors.INVALID_TIMESTAMP);
        assertThat(answer.recordErrors())
                .extracting(AppendResult.RecordError::batchIndex)
                .containsExactly(1);
    }

    @Test
    void wantsKeysOnACompactedTopic() {
        MemoryRecords records =
                MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1000, null, new byte[] {1}));

        assertThat(error(records.buffer(), TestLogs.compacted(1 << 20))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(records.buffer())).isEqualTo(Errors.NONE);
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void refusesWhatDecompressesToTooMuch(CompressionType type) {
        // Given
        byte[] zeros = new byte[24 << 20];
        MemoryRecords oneLargeRecord =
                MemoryRecords.withRecords(compression(type), new SimpleRecord(1000, null, zeros));
        SimpleRecord[] many = new SimpleRecord[70];
        for (int i = 0; i < many.length; i++) many[i] = new SimpleRecord(1000, null, new byte[1 << 20]);
        MemoryRecords manyRecords = MemoryRecords.withRecords(compression(type), many);
        LogSettings settings = LogSettings.defaults();

        // Then
        assertThat(error(oneLargeRecord.buffer(), settings)).isIn(Errors.INVALID_RECORD, Errors.MESSAGE_TOO_LARGE);
        assertThat(error(manyRecords.buffer(), settings)).isIn(Errors.INVALID_RECORD, Errors.MESSAGE_TOO_LARGE);
    }

    @Test
    void neverTrustsASizeThatSnappyDeclares() {
        // Given
        ByteBuffer batch = MemoryRecords.withRecords(compression(CompressionType.SNAPPY), Batches.record(1, "k", "v"))
                .buffer();
        int blockAt = BatchHeader.SIZE + 16;
        ByteBuffer hugeChunk = MemoryRecords.withRecords(
                        compression(CompressionType.SNAPPY), Batches.record(1, "k", "v"))
                .buffer()
                .putInt(blockAt, Integer.MAX_VALUE);

        // When
        batch.put(blockAt + 4, (byte) 0xff).put(blockAt + 5, (byte) 0xff).put(blockAt + 6, (byte) 0x7f);

        // Then
        assertThat(error(sealed(batch))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(sealed(hugeChunk))).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void stampsTheTimeOfTheLogWhenTheTopicWantsIt() {
        // Given
        ByteBuffer batch = good();
        LogSettings settings = TestLogs.logAppendTime("producer");

        // When
        Verdict verdict = BatchValidator.validate(batch, settings, NOW_MS);

        // Then
        assertThat(((Verdict.Accepted) verdict).logAppendTimeMs()).isEqualTo(NOW_MS);
        RecordBatch stamped =
                MemoryRecords.readableRecords(batch).batches().iterator().next();
        assertThat(stamped.isValid()).isTrue();
        assertThat(stamped.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(stamped.maxTimestamp()).isEqualTo(NOW_MS);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void recompressesAsTheTopicWants(CompressionType type) {
        // Given
        LogSettings settings = TestLogs.logAppendTime(type == CompressionType.NONE ? "uncompressed" : type.name);
        ByteBuffer sent = MemoryRecords.withIdempotentRecords(
                        compression(type == CompressionType.GZIP ? CompressionType.ZSTD : CompressionType.GZIP),
                        9,
                        (short) 2,
                        7,
                        Batches.record(1000, "k", "one"),
                        Batches.record(1001, "k", "two"))
                .buffer();

        // When
        Verdict verdict = BatchValidator.validate(sent, settings, NOW_MS);

        // Then
        ByteBuffer batch = ((Verdict.Accepted) verdict).batch();
        RecordBatch written =
                MemoryRecords.readableRecords(batch).batches().iterator().next();
        assertThat(written.compressionType()).isEqualTo(type);
        assertThat(written.baseSequence()).isEqualTo(7);
        assertThat(written.producerEpoch()).isEqualTo((short) 2);
        assertThat(Batches.values(batch)).containsExactly("0=one", "1=two");
    }
}
