package io.chronik.log;

import io.chronik.log.AppendResult.RecordError;
import io.chronik.log.AppendResult.Rejected;
import io.chronik.log.RecordCursor.Caps;
import io.chronik.log.RecordCursor.MalformedRecords;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Decides whether what a client sent may become part of a log: exactly one v2 batch that is what it says it is,
/// with Kafka's error code otherwise (ProduceRequest v3 and later). Stateless. Bad records are named one by one
/// (KIP-467).
final class BatchValidator {
    private static final int MAX_RECORD_ERRORS = 100;

    /// Decompressed sizes that are enough for every honest client: larger ones need a larger max.message.bytes.
    private static final int RECORD_CAP_BYTES = 16 << 20;

    private static final long BATCH_CAP_BYTES = 64L << 20;

    private BatchValidator() {}

    sealed interface Verdict {
        /// `batch` holds exactly one batch, its offsets and epoch not assigned; `logAppendTimeMs` is -1 for
        /// CreateTime.
        record Accepted(ByteBuffer batch, long logAppendTimeMs) implements Verdict {}

        record Refused(Rejected answer) implements Verdict {}
    }

    /// Checks, and stamps in place what the leader decides about time. `records` is left as it was when refused.
    static Verdict validate(ByteBuffer records, LogSettings settings, long nowMs) {
        Optional<Rejected> problem = frameProblem(records, settings).or(() -> headerProblem(records));
        if (problem.isPresent()) return new Verdict.Refused(problem.get());
        return new Walk(records, settings, nowMs).verdict();
    }

    static Caps caps(LogSettings settings) {
        int recordCap = Math.max(RECORD_CAP_BYTES, settings.maxMessageBytes());
        return new Caps(
                Math.min(settings.maxDecompressedMessageBytes(), recordCap),
                Math.max(BATCH_CAP_BYTES, settings.maxMessageBytes()));
    }

    /// One batch, whole, of the right format and size, with the right checksum.
    private static Optional<Rejected> frameProblem(ByteBuffer records, LogSettings settings) {
        int at = records.position();
        int available = records.remaining();
        if (available <= BatchHeader.MAGIC_AT) return invalid("no record batch");
        byte magic = BatchHeader.magic(records, at);
        if (magic < 0 || magic > LogSettings.CURRENT_MAGIC) return corrupt("unknown magic " + magic);
        if (magic < LogSettings.CURRENT_MAGIC) return invalid("record batches of magic " + magic + " are not accepted");
        long size = BatchHeader.sizeBytes(records, at);
        if (size < BatchHeader.SIZE) return corrupt("batch length too small");
        if (size > available) return invalid("batch cut short: " + size + " bytes declared, " + available + " sent");
        if (size < available && holdsAnotherBatch(records, at + (int) size)) return invalid("more than one batch");
        if (size > settings.maxMessageBytes()) {
            return rejected(Errors.MESSAGE_TOO_LARGE, "batch of " + size + " bytes");
        }
        if (size > settings.segmentBytes()) {
            return rejected(Errors.RECORD_LIST_TOO_LARGE, "batch of " + size + " bytes exceeds the segment size");
        }
        if (!BatchHeader.hasValidCrc(records, at)) return corrupt("checksum differs");
        return size < available ? invalid("bytes after the batch") : Optional.empty();
    }

    private static boolean holdsAnotherBatch(ByteBuffer records, int at) {
        return records.limit() - at > BatchHeader.MAGIC_AT
                && BatchHeader.sizeBytes(records, at) <= records.limit() - at
                && BatchHeader.sizeBytes(records, at) > BatchHeader.MAGIC_AT;
    }

    private static Optional<Rejected> headerProblem(ByteBuffer records) {
        int at = records.position();
        int count = BatchHeader.recordCount(records, at);
        if (BatchHeader.baseOffset(records, at) != 0) return invalid("base offset must be 0");
        if (count <= 0) return invalid("record count " + count);
        if (count != BatchHeader.lastOffsetDelta(records, at) + 1L) return invalid("record count differs from offsets");
        if (BatchHeader.isControl(records, at)) return invalid("clients may not write control records");
        if (BatchHeader.isTransactional(records, at)) {
            return rejected(Errors.INVALID_TXN_STATE, "no transaction is open on this partition");
        }
        if (BatchHeader.hasProducerId(records, at)
                && (BatchHeader.baseSequence(records, at) < 0 || BatchHeader.producerEpoch(records, at) < 0)) {
            return invalid("producer id without sequence or epoch");
        }
        return Optional.empty();
    }

    /// One pass over the records of a batch whose header is in order.
    private static final class Walk {
        private final ByteBuffer records;
        private final int at;
        private final LogSettings settings;
        private final long nowMs;
        private final List<RecordError> errors = new ArrayList<>(0);
        private boolean timestampError;
        private long maxTimestamp = RecordBatch.NO_TIMESTAMP;

        Walk(ByteBuffer records, LogSettings settings, long nowMs) {
            this.records = records;
            this.at = records.position();
            this.settings = settings;
            this.nowMs = nowMs;
        }

        Verdict verdict() {
            boolean logAppendTime = settings.timestampType() == TimestampType.LOG_APPEND_TIME;
            if (!logAppendTime && BatchHeader.isLogAppendTime(records, at)) {
                return refused(Errors.INVALID_TIMESTAMP, "a producer may not set the type LogAppendTime");
            }
            try {
                walk();
            } catch (MalformedRecords e) {
                return refused(Errors.INVALID_RECORD, e.problem());
            }
            if (!errors.isEmpty()) {
                return refused(
                        timestampError ? Errors.INVALID_TIMESTAMP : Errors.INVALID_RECORD,
                        errors.size() + " invalid records, the first: "
                                + errors.getFirst().message());
            }
            if (Recompression.isNeeded(BatchHeader.compressionId(records, at), settings)) return recompressed();
            if (logAppendTime || maxTimestamp != BatchHeader.maxTimestamp(records, at)) {
                BatchHeader.stamp(records, at, logAppendTime, logAppendTime ? nowMs : maxTimestamp);
            }
            return new Verdict.Accepted(records, logAppendTime ? nowMs : RecordBatch.NO_TIMESTAMP);
        }

        private void walk() {
            int count = BatchHeader.recordCount(records, at);
            try (RecordCursor cursor = RecordCursor.over(records, at, caps(settings))) {
                for (int i = 0; i < count; i++) {
                    cursor.next();
                    if (cursor.offsetDelta() != i) throw new MalformedRecords("offset delta differs at record " + i);
                    check(cursor, i);
                }
                cursor.expectEnd();
            }
        }

        private void check(RecordCursor cursor, int index) {
            long timestamp = cursor.timestamp();
            maxTimestamp = Math.max(maxTimestamp, timestamp);
            if (settings.compactEnabled() && !cursor.hasKey()) {
                report(index, "a compacted topic needs keys");
            } else if (settings.timestampType() == TimestampType.CREATE_TIME
                    && timestamp != RecordBatch.NO_TIMESTAMP
                    && isOutOfRange(timestamp)) {
                timestampError = true;
                report(index, "timestamp " + timestamp + " is out of range");
            }
        }

        private boolean isOutOfRange(long timestamp) {
            return timestamp > nowMs
                    ? timestamp - nowMs > settings.timestampAfterMaxMs()
                    : nowMs - Math.max(0, timestamp) > settings.timestampBeforeMaxMs();
        }

        private void report(int index, String message) {
            if (errors.size() < MAX_RECORD_ERRORS) errors.add(new RecordError(index, message));
        }

        private Verdict recompressed() {
            ByteBuffer batch = Recompression.apply(records.duplicate(), settings, nowMs);
            if (batch.remaining() > settings.maxMessageBytes()) {
                return refused(Errors.MESSAGE_TOO_LARGE, "batch of " + batch.remaining() + " bytes, recompressed");
            }
            boolean logAppendTime = settings.timestampType() == TimestampType.LOG_APPEND_TIME;
            return new Verdict.Accepted(batch, logAppendTime ? nowMs : RecordBatch.NO_TIMESTAMP);
        }

        private Verdict refused(Errors error, String message) {
            return new Verdict.Refused(new Rejected(error, message, List.copyOf(errors)));
        }
    }

    private static Optional<Rejected> invalid(String message) {
        return rejected(Errors.INVALID_RECORD, message);
    }

    private static Optional<Rejected> corrupt(String message) {
        return rejected(Errors.CORRUPT_MESSAGE, message);
    }

    private static Optional<Rejected> rejected(Errors error, String message) {
        return Optional.of(new Rejected(error, message));
    }
}
