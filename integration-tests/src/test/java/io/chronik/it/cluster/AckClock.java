package io.chronik.it.cluster;

import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// An ordinary producer that sends a few hundred records a second to one partition and notes when each was
/// acknowledged: the longest gap between two acknowledgements is what a client feels of a fault.
final class AckClock implements AutoCloseable {
    private static final long PERIOD_NS = 2_000_000;

    private final KafkaProducer<String, String> producer;
    private final Thread thread;
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final NavigableMap<Long, Integer> acks = new ConcurrentSkipListMap<>();
    private final Map<Integer, Long> offsets = new ConcurrentHashMap<>();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    AckClock(ClusterProcess cluster, String topic, int partition) {
        producer = Produced.producer(cluster);
        thread = Thread.ofPlatform().name("ack-clock").start(() -> {
            while (running.get()) {
                send(topic, partition);
                Pace.park(PERIOD_NS);
            }
        });
    }

    private void send(String topic, int partition) {
        int number = sent.getAndIncrement();
        var _ = producer.send(
                new ProducerRecord<>(topic, partition, null, Integer.toString(number)), (metadata, error) -> {
                    if (error == null) {
                        acks.put(System.nanoTime(), number);
                        offsets.put(number, metadata.offset());
                    } else {
                        failure.compareAndSet(null, error);
                    }
                });
    }

    /// Waits until something sent from now on has been acknowledged.
    void awaitAck() {
        int from = sent.get();
        ClusterProcess.await("an acknowledgement").until(() -> acks.lastEntry() != null && lastNumber() >= from);
    }

    private int lastNumber() {
        Map.Entry<Long, Integer> last = acks.lastEntry();
        return last == null ? -1 : last.getValue();
    }

    /// The longest time without an acknowledgement that began after `fromNs`, in milliseconds.
    long longestGapMs(long fromNs) {
        long longest = 0;
        Long last = acks.floorKey(fromNs);
        for (long at : acks.tailMap(fromNs).keySet()) {
            if (last != null) {
                longest = Math.max(longest, at - last);
            }
            last = at;
        }
        return longest / 1_000_000;
    }

    int acknowledged() {
        return acks.size();
    }

    @Nullable
    Exception failure() {
        return failure.get();
    }

    /// Number to offset of everything acknowledged.
    Map<Integer, Long> offsets() {
        return Map.copyOf(offsets);
    }

    @Override
    public void close() {
        finish();
    }

    /// Sends nothing more, and waits until the fate of everything sent is known.
    void finish() {
        running.set(false);
        try {
            thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(java.time.Duration.ofSeconds(30));
    }
}
