package io.chronik.cli.segment;

import io.chronik.cli.output.Json;
import io.chronik.cli.output.Output;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Prints a segment: a line per batch, with `records` one per record, and a last line that sums up or says where the
/// damage is. Columns have fixed widths, because a segment is printed while it is read.
final class SegmentDump {
    private static final String COLUMNS = "%-10s  %-12s  %-12s  %-7s  %-9s  %-5s  %-13s  %-10s  %-14s  %-8s  %s";

    /// One batch in JSON; `producerId` and what belongs to it are absent for batches without a producer.
    private record Batch(
            String type,
            long position,
            long baseOffset,
            long lastOffset,
            int count,
            int sizeBytes,
            int leaderEpoch,
            long maxTimestamp,
            String timestampType,
            String compression,
            Optional<Long> producerId,
            Optional<Integer> producerEpoch,
            Optional<Integer> baseSequence,
            boolean transactional,
            boolean control,
            String crc) {}

    private final Path file;
    private final Output output;
    private final boolean records;
    private long batchCount;
    private long recordCount;
    private boolean intact = true;

    SegmentDump(Path file, Output output, boolean records) {
        this.file = file;
        this.output = output;
        this.records = records;
    }

    /// Gives whether everything in the file is intact.
    boolean run() throws IOException {
        if (!output.isJson()) {
            output.out()
                    .println(COLUMNS.formatted(
                            "POSITION",
                            "BASE-OFFSET",
                            "LAST-OFFSET",
                            "COUNT",
                            "SIZE",
                            "EPOCH",
                            "MAX-TIMESTAMP",
                            "CODEC",
                            "PRODUCER",
                            "CRC",
                            "FLAGS"));
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            BatchScanner scanner = new BatchScanner(channel, SegmentName.baseOffset(file));
            for (Optional<BatchScanner.Finding> next = scanner.next(); next.isPresent(); next = scanner.next()) {
                show(next.get());
            }
            sum(channel.size());
        }
        return intact;
    }

    private void show(BatchScanner.Finding finding) {
        switch (finding) {
            case BatchScanner.Intact(long position, RecordBatch batch) -> showBatch(position, batch);
            case BatchScanner.Damage(long position, String reason) -> {
                intact = false;
                problem("damaged at position " + position + ": " + reason, position);
            }
            case BatchScanner.ZeroTail(long position, long sizeBytes) -> {
                if (output.isJson()) {
                    line(Map.of("type", "zeros", "position", position, "sizeBytes", sizeBytes));
                } else {
                    output.out()
                            .println("zero bytes from position " + position + " to the end (" + sizeBytes
                                    + " bytes allocated ahead)");
                }
            }
        }
    }

    private void showBatch(long position, RecordBatch batch) {
        batchCount++;
        recordCount += count(batch);
        if (output.isJson()) {
            output.out().println(Json.line(json(position, batch)));
        } else {
            output.out().println(text(position, batch));
        }
        if (records) {
            showRecords(position, batch);
        }
    }

    private void showRecords(long position, RecordBatch batch) {
        try {
            for (Record record : batch) {
                record.ensureValid();
                if (output.isJson()) {
                    line(RecordDump.json(record, batch));
                } else {
                    output.out().println("  " + RecordDump.text(record, batch));
                }
            }
        } catch (RuntimeException e) {
            intact = false;
            problem(
                    "the records of the batch at position " + position + " cannot be read: " + e.getMessage(),
                    position);
        }
    }

    private void problem(String reason, long position) {
        if (output.isJson()) {
            line(Map.of("type", "damage", "position", position, "reason", reason));
        }
        output.out().flush();
        output.err().println("chronik: " + file + ": " + reason);
    }

    private void sum(long sizeBytes) {
        Map<String, Object> sum = new LinkedHashMap<>();
        sum.put("type", "summary");
        sum.put("file", file);
        sum.put("sizeBytes", sizeBytes);
        sum.put("batches", batchCount);
        sum.put("records", recordCount);
        sum.put("intact", intact);
        if (output.isJson()) {
            line(sum);
        } else {
            output.out()
                    .println(batchCount + " batches, " + recordCount + " records, " + sizeBytes + " bytes: "
                            + (intact ? "intact" : "DAMAGED"));
        }
    }

    private void line(Map<String, Object> fields) {
        output.out().println(Json.line(fields));
    }

    private static Batch json(long position, RecordBatch batch) {
        boolean produced = batch.hasProducerId();
        return new Batch(
                "batch",
                position,
                batch.baseOffset(),
                batch.lastOffset(),
                count(batch),
                batch.sizeInBytes(),
                batch.partitionLeaderEpoch(),
                batch.maxTimestamp(),
                batch.timestampType().toString(),
                batch.compressionType().name,
                produced ? Optional.of(batch.producerId()) : Optional.empty(),
                produced ? Optional.of((int) batch.producerEpoch()) : Optional.empty(),
                produced ? Optional.of(batch.baseSequence()) : Optional.empty(),
                batch.isTransactional(),
                batch.isControlBatch(),
                "%08x".formatted(batch.checksum()));
    }

    private static String text(long position, RecordBatch batch) {
        String producer = batch.hasProducerId()
                ? batch.producerId() + "/" + batch.producerEpoch() + "/" + batch.baseSequence()
                : "-";
        return COLUMNS.formatted(
                position,
                batch.baseOffset(),
                batch.lastOffset(),
                count(batch),
                batch.sizeInBytes(),
                batch.partitionLeaderEpoch(),
                batch.maxTimestamp(),
                batch.compressionType().name,
                producer,
                "%08x".formatted(batch.checksum()),
                flags(batch));
    }

    private static String flags(RecordBatch batch) {
        String flags = (batch.isTransactional() ? "transactional " : "") + (batch.isControlBatch() ? "control" : "");
        return flags.isEmpty() ? "-" : flags.strip();
    }

    private static int count(RecordBatch batch) {
        Integer count = batch.countOrNull();
        return count == null ? 0 : count;
    }
}
