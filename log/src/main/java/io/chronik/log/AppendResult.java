package io.chronik.log;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// What became of an append at the log. Failures that a client can cause are values.
public sealed interface AppendResult {
    /// The batch is in the page cache at [baseOffset, lastOffset]; `logAppendTimeMs` is -1 for CreateTime topics.
    record Appended(long baseOffset, long lastOffset, long logAppendTimeMs) implements AppendResult {
        public long endOffset() {
            return lastOffset + 1;
        }
    }

    /// The idempotent producer has sent this batch before; it is at its original place.
    record Duplicate(long baseOffset, long lastOffset, long logAppendTimeMs) implements AppendResult {
        public long endOffset() {
            return lastOffset + 1;
        }
    }

    /// Nothing was appended. `error` is the Kafka code for the client; `recordErrors` names single records
    /// (KIP-467).
    record Rejected(Errors error, String message, List<RecordError> recordErrors) implements AppendResult {
        public Rejected(Errors error, String message) {
            this(error, message, List.of());
        }
    }

    record RecordError(int batchIndex, String message) {}
}
