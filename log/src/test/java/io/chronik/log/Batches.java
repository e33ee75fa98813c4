package io.chronik.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Record batches as clients send them, and what is in those that come back.
public final class Batches {
    private Batches() {}

    public static SimpleRecord record(long timestampMs, String key, String value) {
        return new SimpleRecord(
                timestampMs, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    /// One uncompressed batch with these values.
    public static MemoryRecords of(long timestampMs, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) records[i] = record(timestampMs + i, "k" + i, values[i]);
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    /// One batch of an idempotent producer.
    public static MemoryRecords idempotent(long producerId, int epoch, int sequence, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) records[i] = record(1000 + i, "k" + i, values[i]);
        return MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, (short) epoch, sequence, records);
    }

    /// `offset=value` for every record in `bytes`, whose checksums must be right.
    public static List<String> values(ByteBuffer bytes) {
        List<String> values = new ArrayList<>();
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
            batch.ensureValid();
            for (Record record : batch) {
                values.add(record.offset() + "=" + StandardCharsets.UTF_8.decode(record.value()));
            }
        }
        return values;
    }
}
