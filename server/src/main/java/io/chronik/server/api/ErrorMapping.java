package io.chronik.server.api;

import io.chronik.log.LogDamaged;
import io.chronik.log.LogFailure;
import io.chronik.log.OffsetOutOfRange;
import io.chronik.replication.AppendOutcome;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.protocol.Errors;

/// The one total mapping from what happened inside to Kafka's error codes. Nothing ordinary becomes
/// UNKNOWN_SERVER_ERROR, and nothing that failed becomes NONE.
public final class ErrorMapping {
    private ErrorMapping() {}

    public static Errors of(AppendOutcome outcome) {
        return switch (outcome) {
            case AppendOutcome.Committed _ -> Errors.NONE;
            case AppendOutcome.Rejected rejected -> rejected.error();
            case AppendOutcome.NotLeader _ -> Errors.NOT_LEADER_OR_FOLLOWER;
            case AppendOutcome.NotEnoughReplicas _ -> Errors.NOT_ENOUGH_REPLICAS;
            case AppendOutcome.NotEnoughReplicasAfterAppend _ -> Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND;
            case AppendOutcome.TimedOut _ -> Errors.REQUEST_TIMED_OUT;
            case AppendOutcome.StorageFailed _ -> Errors.KAFKA_STORAGE_ERROR;
        };
    }

    /// A sentence for the client, where there is one to say.
    public static Optional<String> message(AppendOutcome outcome) {
        return switch (outcome) {
            case AppendOutcome.Rejected rejected -> Optional.of(rejected.message());
            case AppendOutcome.StorageFailed failed -> Optional.of(failed.message());
            case AppendOutcome.Committed _,
                    AppendOutcome.NotLeader _,
                    AppendOutcome.NotEnoughReplicas _,
                    AppendOutcome.NotEnoughReplicasAfterAppend _,
                    AppendOutcome.TimedOut _ -> Optional.empty();
        };
    }

    public static Errors of(Throwable failure) {
        return switch (failure) {
            case CompletionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
            case ExecutionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
            case OffsetOutOfRange _ -> Errors.OFFSET_OUT_OF_RANGE;
            case LogDamaged _ -> Errors.CORRUPT_MESSAGE; // Not retriable: a consumer must hear of it.
            case LogFailure _ -> Errors.KAFKA_STORAGE_ERROR;
            default -> Errors.forException(failure);
        };
    }
}
