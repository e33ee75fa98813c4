package io.chronik.bench.load;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The official Java consumer with its defaults, partitions assigned by hand.
public final class JavaConsumer {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int RECORD_BYTES = 1024;
    private static final long GIVE_UP_NS = TimeUnit.SECONDS.toNanos(60);

    private final Target target;
    private final List<TopicPartition> partitions = new ArrayList<>();

    public JavaConsumer(Target target, String topic, int partitionCount) {
        this.target = target;
        for (int i = 0; i < partitionCount; i++) partitions.add(new TopicPartition(topic, i));
    }

    private KafkaConsumer<byte[], byte[]> open() {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, target.bootstrap()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(partitions);
        return consumer;
    }

    /// Reads from the beginning until `expected` records came; throws when they do not.
    public Measured readAll(long expected) {
        try (KafkaConsumer<byte[], byte[]> consumer = open()) {
            consumer.seekToBeginning(partitions);
            CpuSeconds cpuBefore = target.cpu();
            long beginNs = System.nanoTime();
            long lastNs = beginNs;
            long count = 0;
            long bytes = 0;
            while (count < expected) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                if (!records.isEmpty()) lastNs = System.nanoTime();
                if (System.nanoTime() - lastNs > GIVE_UP_NS)
                    throw new IllegalStateException("only " + count + " of " + expected + " records came back");
                count += records.count();
                for (ConsumerRecord<byte[], byte[]> record : records) bytes += record.serializedValueSize();
            }
            double took = (System.nanoTime() - beginNs) / 1e9;
            if (count > expected) throw new IllegalStateException(count + " records came back, not " + expected);
            return Measured.of(count, bytes, took, target.cpu().minus(cpuBefore));
        }
    }

    /// Sends `rate` records per second, one by one, and measures how long each after the first `warmUp` takes from when
    /// it was due until this consumer, which waits for it, has it.
    public Measured endToEnd(String topic, int rate, int warmUp, int records) {
        int total = warmUp + records;
        Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
        try (KafkaConsumer<byte[], byte[]> consumer = open()) {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            Thread sender = Thread.ofPlatform().start(() -> send(topic, rate, total));
            CpuSeconds cpuBefore = target.cpu();
            long beginNs = System.nanoTime();
            long lastNs = beginNs;
            for (int seen = 0; seen < total; ) {
                ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
                long nowNs = System.nanoTime();
                if (!polled.isEmpty()) lastNs = nowNs;
                if (nowNs - lastNs > GIVE_UP_NS) throw new IllegalStateException("records are missing");
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    long dueNs = ByteBuffer.wrap(record.value()).getLong();
                    if (seen++ >= warmUp) latencies.recordValue(Math.max(0, nowNs - dueNs));
                }
            }
            sender.join();
            double took = (System.nanoTime() - beginNs) / 1e9;
            CpuSeconds cpu = target.cpu().minus(cpuBefore);
            return Measured.of(total, (long) total * RECORD_BYTES, took, cpu).with(latencies);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(String topic, int rate, int count) {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                target.bootstrap(),
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.ACKS_CONFIG,
                "all");
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(topic);
            long beginNs = System.nanoTime();
            for (int i = 0; i < count; i++) {
                long dueNs = beginNs + (long) (i * 1e9 / rate);
                for (long now; (now = System.nanoTime()) < dueNs; ) LockSupport.parkNanos(dueNs - now);
                byte[] value = ByteBuffer.allocate(RECORD_BYTES).putLong(dueNs).array();
                var _ = producer.send(new ProducerRecord<>(topic, value));
            }
        }
    }
}
