package io.chronik.log;

import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;

/// `compression.type` other than `producer`: the batch is written with the topic's compression.
final class Recompression {
    private static final String AS_PRODUCED = "producer";
    private static final String UNCOMPRESSED = "uncompressed";

    private Recompression() {}

    static boolean isNeeded(int compressionId, LogSettings settings) {
        return !settings.compressionType().equals(AS_PRODUCED) && target(settings).id != compressionId;
    }

    /// A new batch with the same records, producer and sequence; `valid` holds exactly one batch that has been
    /// checked.
    static ByteBuffer apply(ByteBuffer valid, LogSettings settings, long nowMs) {
        MutableRecordBatch batch =
                MemoryRecords.readableRecords(valid).batches().iterator().next();
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(valid.remaining()),
                LogSettings.CURRENT_MAGIC,
                compression(settings),
                settings.timestampType(),
                0,
                nowMs,
                batch.producerId(),
                batch.producerEpoch(),
                batch.baseSequence(),
                batch.isTransactional(),
                batch.partitionLeaderEpoch());
        try (CloseableIterator<Record> records = batch.streamingIterator(BufferSupplier.NO_CACHING)) {
            while (records.hasNext()) {
                Record record = records.next();
                builder.appendWithOffset(record.offset() - batch.baseOffset(), record);
            }
        }
        return builder.build().buffer();
    }

    private static CompressionType target(LogSettings settings) {
        return settings.compressionType().equals(UNCOMPRESSED)
                ? CompressionType.NONE
                : CompressionType.forName(settings.compressionType());
    }

    private static Compression compression(LogSettings settings) {
        return switch (target(settings)) {
            case NONE -> Compression.NONE;
            case GZIP -> Compression.gzip().level(settings.gzipLevel()).build();
            case SNAPPY -> Compression.snappy().build();
            case LZ4 -> Compression.lz4().level(settings.lz4Level()).build();
            case ZSTD -> Compression.zstd().level(settings.zstdLevel()).build();
        };
    }
}
