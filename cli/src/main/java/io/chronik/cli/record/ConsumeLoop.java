package io.chronik.cli.record;

import io.chronik.cli.client.Answers;
import io.chronik.cli.output.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/// Polls and prints until the count is printed, the ends are reached, the output is closed by its reader, or the
/// process is told to stop; then leaves the group properly.
final class ConsumeLoop {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long LEAVE_TIMEOUT_MS = 5_000;

    private final Consumer<byte[], byte[]> consumer;
    private final RecordPrinter printer;
    private final EndWatch ends;
    private final long limit;
    private long printed;
    private boolean outputClosed;

    /// `limit` is the number of records to print, greater than zero.
    ConsumeLoop(Consumer<byte[], byte[]> consumer, RecordPrinter printer, EndWatch ends, long limit) {
        this.consumer = consumer;
        this.printer = printer;
        this.ends = ends;
        this.limit = limit;
    }

    /// Reads the partitions from the given offsets; commits nothing.
    void readFrom(Map<TopicPartition, Long> offsets) {
        consumer.assign(offsets.keySet());
        offsets.forEach(consumer::seek);
        run(false);
    }

    /// Reads what the group assigns; commits after printing (at least once).
    void readAsMember(Collection<String> topics) {
        consumer.subscribe(topics);
        run(true);
    }

    private void run(boolean commits) {
        CountDownLatch left = new CountDownLatch(1);
        Thread stopper = new Thread(() -> stop(left), "stop");
        Runtime.getRuntime().addShutdownHook(stopper);
        try {
            while (!isDone()) {
                poll(commits);
            }
        } catch (WakeupException e) {
            // Told to stop: what was printed is committed, the rest is for the next run.
        } catch (KafkaException e) {
            throw new Failure(Answers.reason(e), e);
        } finally {
            consumer.close();
            left.countDown();
            removeHook(stopper);
        }
    }

    private boolean isDone() {
        return outputClosed || printed >= limit || ends.isReached();
    }

    private void poll(boolean commits) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        Map<TopicPartition, OffsetAndMetadata> next = print(records);
        if (commits && !next.isEmpty() && !outputClosed) {
            consumer.commitSync(next);
        }
        for (TopicPartition partition : consumer.assignment()) {
            ends.onPosition(partition, consumer.position(partition));
        }
    }

    /// Prints up to the limit; gives the offsets to go on from.
    private Map<TopicPartition, OffsetAndMetadata> print(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        try {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (printed >= limit) {
                    break;
                }
                printer.print(record);
                printed++;
                next.put(
                        new TopicPartition(record.topic(), record.partition()),
                        new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), ""));
            }
            printer.flush();
        } catch (IOException e) {
            outputClosed = true;
        }
        return next;
    }

    /// On the JVM's shutdown thread: the loop ends and leaves the group before the process does.
    private void stop(CountDownLatch left) {
        consumer.wakeup();
        try {
            if (!left.await(LEAVE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread stopper) {
        try {
            Runtime.getRuntime().removeShutdownHook(stopper);
        } catch (IllegalStateException e) {
            // The process is stopping already.
        }
    }
}
