package io.chronik.cli.record;

import io.chronik.cli.client.Answers;
import io.chronik.cli.output.Json;
import io.chronik.cli.output.Output;
import java.io.PrintWriter;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/// Counts and prints what became of each record. Told by the producer's own thread, read by the command's: every method
/// holds the lock.
final class ProduceReport {
    /// One acknowledged record. `offset` is -1 and `timestamp` (milliseconds) may be -1 where the cluster does not tell
    /// (acks=0).
    private record Produced(String topic, int partition, long offset, long timestamp) {}

    private final PrintWriter out;
    private final boolean json;
    private final boolean quiet;
    private long sent;
    private long acknowledged;
    private long failed;
    private @Nullable String firstFailure;

    ProduceReport(Output output, boolean quiet) {
        this.out = output.out();
        this.json = output.isJson();
        this.quiet = quiet;
    }

    synchronized void onSent() {
        sent++;
    }

    /// Exactly one of the two is meant: with an `error` the metadata has no offset.
    synchronized void onAnswer(RecordMetadata metadata, @Nullable Exception error) {
        if (error == null) {
            acknowledged++;
            if (!quiet) {
                print(metadata);
            }
        } else {
            onFailure(error);
        }
        if (acknowledged + failed == sent) {
            out.flush(); // a person who types line by line sees each answer at once
        }
    }

    synchronized void onFailure(Exception error) {
        failed++;
        if (firstFailure == null) {
            firstFailure = Answers.reason(error);
        }
    }

    private void print(RecordMetadata metadata) {
        if (json) {
            out.println(Json.line(
                    new Produced(metadata.topic(), metadata.partition(), metadata.offset(), metadata.timestamp())));
        } else if (metadata.hasOffset()) {
            out.println("Produced to partition " + metadata.partition() + " at offset " + metadata.offset()
                    + " with timestamp " + metadata.timestamp());
        } else {
            out.println("Sent to partition " + metadata.partition() + " (acks=0: nobody confirms it)");
        }
    }

    synchronized long failed() {
        return failed;
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    /// The reason of the first failure, for the one line that a failed command prints.
    synchronized String firstFailure() {
        return firstFailure == null ? "" : firstFailure;
    }
}
