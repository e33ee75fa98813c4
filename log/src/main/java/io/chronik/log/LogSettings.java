package io.chronik.log;

import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.RecordBatch;

/// The topic settings that a log obeys, in the units of their Kafka names. -1 means no limit where Kafka says so.
public record LogSettings(
        int segmentBytes,
        long segmentMs,
        long segmentJitterMs,
        int segmentIndexBytes,
        int indexIntervalBytes,
        long retentionMs,
        long retentionBytes,
        boolean deleteEnabled,
        boolean compactEnabled,
        long deleteRetentionMs,
        long minCompactionLagMs,
        long maxCompactionLagMs,
        double minCleanableDirtyRatio,
        int maxMessageBytes,
        TimestampType timestampType,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        String compressionType,
        int gzipLevel,
        int lz4Level,
        int zstdLevel,
        int maxDecompressedMessageBytes,
        Durability durability) {

    /// `chronik.durability`: when the log counts an append as durable.
    public enum Durability {
        FSYNC,
        PAGE_CACHE
    }

    /// Kafka 4.4's defaults.
    public static LogSettings defaults() {
        return new LogSettings(
                1 << 30,
                7L * 24 * 60 * 60 * 1000,
                0,
                10 << 20,
                4096,
                7L * 24 * 60 * 60 * 1000,
                -1,
                true,
                false,
                24L * 60 * 60 * 1000,
                0,
                Long.MAX_VALUE,
                0.5,
                1_048_588,
                TimestampType.CREATE_TIME,
                Long.MAX_VALUE,
                60L * 60 * 1000,
                "producer",
                -1,
                9,
                3,
                2_147_483_639,
                Durability.FSYNC);
    }

    /// Of a log whose owner alone decides what goes: nothing is deleted or rolled by time, nor deleted by size.
    public static LogSettings keepingAll(int segmentBytes) {
        LogSettings d = defaults();
        return new LogSettings(
                segmentBytes,
                Long.MAX_VALUE,
                0,
                d.segmentIndexBytes,
                d.indexIntervalBytes,
                -1,
                -1,
                true,
                false,
                d.deleteRetentionMs,
                d.minCompactionLagMs,
                d.maxCompactionLagMs,
                d.minCleanableDirtyRatio,
                Integer.MAX_VALUE,
                d.timestampType,
                d.timestampBeforeMaxMs,
                d.timestampAfterMaxMs,
                d.compressionType,
                d.gzipLevel,
                d.lz4Level,
                d.zstdLevel,
                d.maxDecompressedMessageBytes,
                d.durability);
    }

    public LogSettings withDurability(Durability changed) {
        return new LogSettings(
                segmentBytes,
                segmentMs,
                segmentJitterMs,
                segmentIndexBytes,
                indexIntervalBytes,
                retentionMs,
                retentionBytes,
                deleteEnabled,
                compactEnabled,
                deleteRetentionMs,
                minCompactionLagMs,
                maxCompactionLagMs,
                minCleanableDirtyRatio,
                maxMessageBytes,
                timestampType,
                timestampBeforeMaxMs,
                timestampAfterMaxMs,
                compressionType,
                gzipLevel,
                lz4Level,
                zstdLevel,
                maxDecompressedMessageBytes,
                changed);
    }

    static final byte CURRENT_MAGIC = RecordBatch.MAGIC_VALUE_V2;
}
