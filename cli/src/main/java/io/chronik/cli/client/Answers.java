package io.chronik.cli.client;

import io.chronik.cli.output.Failure;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.protocol.Errors;

/// Waits for the answers of the Kafka clients and words their errors.
public final class Answers {
    private Answers() {}

    /// The answer, or a `Failure` that says in one line why there is none.
    public static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new Failure(reason(cause), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }

    /// The answer about one of several things that were asked for.
    public static <K, V> V about(K key, Map<K, V> answers) {
        V answer = answers.get(key);
        if (answer == null) {
            throw new Failure("the cluster said nothing about " + key);
        }
        return answer;
    }

    /// The error's name in the protocol and its message: `TOPIC_ALREADY_EXISTS: Topic 'a' already exists.`
    public static String reason(Throwable error) {
        String message = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
        if (error instanceof TimeoutException) {
            return "no answer in time: " + message;
        }
        if (error instanceof ApiException) {
            return errorName(error) + ": " + message;
        }
        return message.isEmpty() ? error.getClass().getSimpleName() : message;
    }

    private static String errorName(Throwable error) {
        return Errors.forException(error).name();
    }
}
