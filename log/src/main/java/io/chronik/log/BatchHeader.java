package io.chronik.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Reads and patches the header of a v2 record batch in place, without objects.
///
///     baseOffset int64 | batchLength int32 | partitionLeaderEpoch int32 | magic int8 | crc int32 | attributes int16
///     | lastOffsetDelta int32 | baseTimestamp int64 | maxTimestamp int64 | producerId int64 | producerEpoch int16
///     | baseSequence int32 | recordCount int32 | records
///
/// batchLength counts everything after itself. crc is the CRC-32C of everything from `attributes` to the end, so
/// base offset and leader epoch can be assigned without touching it.
final class BatchHeader {
    static final int SIZE = 61;

    /// Bytes before the part that batchLength counts.
    static final int LENGTH_END = 12;

    static final int MAGIC_AT = 16;
    private static final int LENGTH_AT = 8;
    private static final int LEADER_EPOCH_AT = 12;
    private static final int CRC_AT = 17;
    private static final int ATTRIBUTES_AT = 21;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int BASE_TIMESTAMP_AT = 27;
    private static final int MAX_TIMESTAMP_AT = 35;
    private static final int PRODUCER_ID_AT = 43;
    private static final int PRODUCER_EPOCH_AT = 51;
    private static final int BASE_SEQUENCE_AT = 53;
    private static final int RECORD_COUNT_AT = 57;

    private static final int COMPRESSION_MASK = 0x07;
    private static final int LOG_APPEND_TIME_FLAG = 0x08;
    private static final int TRANSACTIONAL_FLAG = 0x10;
    private static final int CONTROL_FLAG = 0x20;
    private static final int DELETE_HORIZON_FLAG = 0x40;

    private BatchHeader() {}

    static long baseOffset(ByteBuffer buffer, int at) {
        return buffer.getLong(at);
    }

    /// Bytes of the whole batch; a long because a damaged length can be anything.
    static long sizeBytes(ByteBuffer buffer, int at) {
        return (long) LENGTH_END + buffer.getInt(at + LENGTH_AT);
    }

    static int leaderEpoch(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LEADER_EPOCH_AT);
    }

    static byte magic(ByteBuffer buffer, int at) {
        return buffer.get(at + MAGIC_AT);
    }

    static int compressionId(ByteBuffer buffer, int at) {
        return attributes(buffer, at) & COMPRESSION_MASK;
    }

    static boolean isLogAppendTime(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & LOG_APPEND_TIME_FLAG) != 0;
    }

    static boolean isTransactional(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & TRANSACTIONAL_FLAG) != 0;
    }

    static boolean isControl(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & CONTROL_FLAG) != 0;
    }

    static boolean hasDeleteHorizon(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & DELETE_HORIZON_FLAG) != 0;
    }

    static int lastOffsetDelta(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LAST_OFFSET_DELTA_AT);
    }

    static long lastOffset(ByteBuffer buffer, int at) {
        return baseOffset(buffer, at) + lastOffsetDelta(buffer, at);
    }

    static long baseTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + BASE_TIMESTAMP_AT);
    }

    static long maxTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + MAX_TIMESTAMP_AT);
    }

    static long producerId(ByteBuffer buffer, int at) {
        return buffer.getLong(at + PRODUCER_ID_AT);
    }

    static boolean hasProducerId(ByteBuffer buffer, int at) {
        return producerId(buffer, at) > RecordBatch.NO_PRODUCER_ID;
    }

    static short producerEpoch(ByteBuffer buffer, int at) {
        return buffer.getShort(at + PRODUCER_EPOCH_AT);
    }

    static int baseSequence(ByteBuffer buffer, int at) {
        return buffer.getInt(at + BASE_SEQUENCE_AT);
    }

    /// Sequences wrap from 2^31 - 1 to 0.
    static int lastSequence(ByteBuffer buffer, int at) {
        return sequenceAfter(baseSequence(buffer, at), lastOffsetDelta(buffer, at));
    }

    static int sequenceAfter(int sequence, int increment) {
        return (int) (((long) sequence + increment) & Integer.MAX_VALUE);
    }

    static int recordCount(ByteBuffer buffer, int at) {
        return buffer.getInt(at + RECORD_COUNT_AT);
    }

    /// Whether the stored checksum is that of the bytes. The whole batch must lie inside the buffer's limit.
    static boolean hasValidCrc(ByteBuffer buffer, int at) {
        return buffer.getInt(at + CRC_AT) == computeCrc(buffer, at);
    }

    /// Whether the header alone can be that of a batch: a length that holds a header, magic 2, a range of offsets.
    static boolean isPlausible(ByteBuffer buffer, int at) {
        return sizeBytes(buffer, at) >= SIZE
                && magic(buffer, at) == LogSettings.CURRENT_MAGIC
                && baseOffset(buffer, at) >= 0
                && lastOffsetDelta(buffer, at) >= 0
                && leaderEpoch(buffer, at) >= RecordBatch.NO_PARTITION_LEADER_EPOCH;
    }

    /// Places the batch in the log. The checksum stays valid.
    static void assign(ByteBuffer buffer, int at, long baseOffset, int leaderEpoch) {
        buffer.putLong(at, baseOffset);
        buffer.putInt(at + LEADER_EPOCH_AT, leaderEpoch);
    }

    /// Sets what the leader decides about time, and the checksum with it.
    static void stamp(ByteBuffer buffer, int at, boolean logAppendTime, long maxTimestamp) {
        int attributes = attributes(buffer, at) & ~LOG_APPEND_TIME_FLAG;
        buffer.putShort(at + ATTRIBUTES_AT, (short) (logAppendTime ? attributes | LOG_APPEND_TIME_FLAG : attributes));
        buffer.putLong(at + MAX_TIMESTAMP_AT, maxTimestamp);
        buffer.putInt(at + CRC_AT, computeCrc(buffer, at));
    }

    private static short attributes(ByteBuffer buffer, int at) {
        return buffer.getShort(at + ATTRIBUTES_AT);
    }

    private static int computeCrc(ByteBuffer buffer, int at) {
        int end = Math.toIntExact(at + sizeBytes(buffer, at));
        return checksum(buffer, at + ATTRIBUTES_AT, end);
    }

    /// CRC-32C of [from, to).
    static int checksum(ByteBuffer buffer, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(from, to - from));
        return (int) crc.getValue();
    }
}
