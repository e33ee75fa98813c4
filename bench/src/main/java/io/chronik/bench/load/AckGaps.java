package io.chronik.bench.load;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// An ordinary Java producer with acks=all and its defaults that sends 500 records a second to one partition: the
/// longest time between two acknowledgements is what a user feels of a fault. Every record must be acknowledged in
/// the end.
public final class AckGaps implements AutoCloseable {
    private static final long PERIOD_NS = 2_000_000;
    private static final byte[] VALUE = new byte[100];

    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Thread thread;
    private long lastNs;
    private long longestNs;

    public AckGaps(Target target, String topic, int partition) {
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, target.bootstrap(), ProducerConfig.ACKS_CONFIG, "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        thread = Thread.ofPlatform().name("ack-gaps").start(() -> {
            long dueNs = System.nanoTime();
            while (running.get()) {
                var _ = producer.send(
                        new ProducerRecord<>(topic, partition, null, VALUE), (metadata, error) -> onAnswer(error));
                dueNs += PERIOD_NS;
                for (long left; (left = dueNs - System.nanoTime()) > 0; ) LockSupport.parkNanos(left);
            }
        });
    }

    private synchronized void onAnswer(@Nullable Exception error) {
        if (error != null) {
            failure.compareAndSet(null, error);
            return;
        }
        long nowNs = System.nanoTime();
        if (lastNs != 0) longestNs = Math.max(longestNs, nowNs - lastNs);
        lastNs = nowNs;
    }

    /// Forgets the gaps until now.
    public synchronized void reset() {
        longestNs = 0;
    }

    /// The longest gap since the last reset, one that still lasts too.
    public synchronized double longestMs() {
        return Math.max(longestNs, lastNs == 0 ? 0 : System.nanoTime() - lastNs) / 1e6;
    }

    public synchronized long lastAckNs() {
        return lastNs;
    }

    @Override
    public void close() {
        running.set(false);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        producer.close();
        Exception failed = failure.get();
        if (failed != null) throw new IllegalStateException(failed);
    }
}
