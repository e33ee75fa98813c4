package io.chronik.replication;

import io.chronik.log.AppendResult.RecordError;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// What became of an append, told once and only when it is decided: a success means that the promised copies are
/// durable.
/// Failures are values: a client's mistake or a fail-over is not an exception.
public sealed interface AppendOutcome {
    /// The batch is at [baseOffset, …] and as durable as its acks asked for. `logAppendTimeMs` is -1 for CreateTime.
    record Committed(long baseOffset, long logAppendTimeMs, long logStartOffset) implements AppendOutcome {}

    /// Nothing was appended, by the client's fault: `error` is Kafka's code for it.
    record Rejected(Errors error, String message, List<RecordError> recordErrors, long logStartOffset)
            implements AppendOutcome {}

    /// This node does not lead the partition, or stopped leading it while the append waited: then the records may or
    /// may not survive.
    record NotLeader() implements AppendOutcome {}

    /// Nothing was appended: too few replicas are in sync.
    record NotEnoughReplicas(int inSync, int required) implements AppendOutcome {}

    /// Appended, but the in-sync set shrank below the minimum before it was confirmed: it may or may not survive.
    record NotEnoughReplicasAfterAppend(int inSync, int required) implements AppendOutcome {}

    /// Appended, but not confirmed in the time that the client gave.
    record TimedOut() implements AppendOutcome {}

    /// The log could not take it. `retriable` when the disk is full: space may come back.
    record StorageFailed(String message, boolean retriable) implements AppendOutcome {}
}
