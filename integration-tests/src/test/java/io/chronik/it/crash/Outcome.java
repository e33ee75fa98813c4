package io.chronik.it.crash;

import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;

/// What a client knows about an operation when it is over.
sealed interface Outcome {
    /// Acknowledged; `offset` is what the answer said.
    record Ok(long offset) implements Outcome {}

    /// Certainly without effect: every attempt was refused before anything could be appended.
    record Fail(String why) implements Outcome {}

    /// Unknown: timed out, disconnected, or the process died. It may or may not turn up.
    record Info(String why) implements Outcome {}

    /// Codes that a node answers only before it appends.
    Set<Errors> NOT_APPENDED = EnumSet.of(
            Errors.CORRUPT_MESSAGE,
            Errors.MESSAGE_TOO_LARGE,
            Errors.RECORD_LIST_TOO_LARGE,
            Errors.INVALID_TOPIC_EXCEPTION,
            Errors.INVALID_REQUIRED_ACKS,
            Errors.NOT_ENOUGH_REPLICAS,
            Errors.UNSUPPORTED_VERSION,
            Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT,
            Errors.INVALID_RECORD,
            Errors.POLICY_VIOLATION,
            Errors.INVALID_TIMESTAMP,
            Errors.INVALID_PRODUCER_EPOCH,
            Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
            Errors.UNKNOWN_TOPIC_OR_PARTITION);

    /// For a client that made exactly one attempt.
    static Outcome ofSingleAttempt(Errors error, long offset) {
        if (error == Errors.NONE) {
            return new Ok(offset);
        }
        return NOT_APPENDED.contains(error) ? new Fail(error.name()) : new Info(error.name());
    }
}
