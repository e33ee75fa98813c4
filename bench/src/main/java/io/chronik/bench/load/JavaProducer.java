package io.chronik.bench.load;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// The official Java producer with acks=all, fed by one thread. Every record must be acknowledged; the topic is counted
/// afterwards.
public final class JavaProducer {
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(2);

    private final Target target;
    private final String topic;
    private final Map<String, Object> settings;
    private final byte[] value;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    public JavaProducer(Target target, String topic, int recordBytes, int batchBytes, int lingerMs) {
        this.target = target;
        this.topic = topic;
        this.value = new byte[recordBytes];
        new Random(7).nextBytes(value);
        this.settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                target.bootstrap(),
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.BATCH_SIZE_CONFIG,
                batchBytes,
                ProducerConfig.LINGER_MS_CONFIG,
                lingerMs);
    }

    private KafkaProducer<byte[], byte[]> open() {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// Records acknowledged by all calls so far.
    public long acknowledged() {
        return acknowledged.get();
    }

    /// Closed loop: as fast as the producer takes records, for `warmUpSeconds` and then, measured, for `seconds`, until
    /// the last of them is acknowledged.
    public Measured asFastAsPossible(double warmUpSeconds, double seconds) {
        try (KafkaProducer<byte[], byte[]> producer = open()) {
            send(producer, warmUpSeconds, new AtomicHistogram(HIGHEST_NS, 3));
            AtomicHistogram latencies = new AtomicHistogram(HIGHEST_NS, 3);
            long before = acknowledged.get();
            CpuSeconds cpuBefore = target.cpu();
            long beginNs = System.nanoTime();
            send(producer, seconds, latencies);
            double took = (System.nanoTime() - beginNs) / 1e9;
            CpuSeconds cpu = target.cpu().minus(cpuBefore);
            long records = acknowledged.get() - before;
            return Measured.of(records, records * value.length, took, cpu).with(latencies);
        }
    }

    /// Every 32nd record is timed, from `send` to its answer: timing all would cost the client more than it tells. In a
    /// closed loop that is mostly the time in the producer's full buffer.
    private void send(KafkaProducer<byte[], byte[]> producer, double seconds, Histogram latencies) {
        long endNs = System.nanoTime() + (long) (seconds * 1e9);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, value);
        Callback untimed = (metadata, error) -> onAnswer(error);
        for (long nowNs; (nowNs = System.nanoTime()) < endNs; ) {
            long sentNs = nowNs;
            var _ = producer.send(record, (metadata, error) -> {
                latencies.recordValue(Math.min(HIGHEST_NS, System.nanoTime() - sentNs));
                onAnswer(error);
            });
            for (int i = 1; i < 32; i++) {
                var _ = producer.send(record, untimed);
            }
            checkFailure();
        }
        producer.flush();
        checkFailure();
    }

    private void onAnswer(@Nullable Exception error) {
        if (error == null) acknowledged.incrementAndGet();
        else failure.compareAndSet(null, error);
    }

    private void checkFailure() {
        Exception failed = failure.get();
        if (failed != null) throw new IllegalStateException(failed);
    }

    /// Open loop: one record every 1/`rate` s whatever the answers do. Latency counts from when a record was due, so a
    /// stall is seen by every record that it held up (no coordinated omission).
    public Measured atRate(int rate, double warmUpSeconds, double seconds) {
        try (KafkaProducer<byte[], byte[]> producer = open()) {
            pace(producer, rate, warmUpSeconds, new AtomicHistogram(HIGHEST_NS, 3));
            AtomicHistogram latencies = new AtomicHistogram(HIGHEST_NS, 3);
            CpuSeconds cpuBefore = target.cpu();
            long beginNs = System.nanoTime();
            long records = pace(producer, rate, seconds, latencies);
            double took = (System.nanoTime() - beginNs) / 1e9;
            CpuSeconds cpu = target.cpu().minus(cpuBefore);
            return Measured.of(records, records * value.length, took, cpu).with(latencies);
        }
    }

    private long pace(KafkaProducer<byte[], byte[]> producer, int rate, double seconds, Histogram latencies) {
        long records = (long) (rate * seconds);
        long beginNs = System.nanoTime();
        for (long i = 0; i < records; i++) {
            long dueNs = beginNs + (long) (i * 1e9 / rate);
            for (long now; (now = System.nanoTime()) < dueNs; ) LockSupport.parkNanos(dueNs - now);
            var _ = producer.send(new ProducerRecord<>(topic, value), (metadata, error) -> {
                latencies.recordValue(Math.min(HIGHEST_NS, System.nanoTime() - dueNs));
                onAnswer(error);
            });
        }
        producer.flush();
        checkFailure();
        return records;
    }
}
