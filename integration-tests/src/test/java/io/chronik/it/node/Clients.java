package io.chronik.it.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// The official Java client, with settings as pairs: `consumer(node, "group.id", "g")`.
public final class Clients {
    private static final long ANSWER_SECONDS = 30;

    private Clients() {}

    public static Admin admin(Node node) {
        return admin(node, "request.timeout.ms", 15_000, "default.api.timeout.ms", 30_000);
    }

    public static Admin admin(Node node, Object... settings) {
        return Admin.create(config(node, settings));
    }

    public static KafkaProducer<String, String> producer(Node node, Object... settings) {
        return new KafkaProducer<>(config(node, settings), new StringSerializer(), new StringSerializer());
    }

    public static KafkaProducer<byte[], byte[]> byteProducer(Node node, Object... settings) {
        return new KafkaProducer<>(config(node, settings), new ByteArraySerializer(), new ByteArraySerializer());
    }

    public static KafkaConsumer<String, String> consumer(Node node, Object... settings) {
        return new KafkaConsumer<>(consumerConfig(node, settings), new StringDeserializer(), new StringDeserializer());
    }

    public static KafkaConsumer<byte[], byte[]> byteConsumer(Node node, Object... settings) {
        return new KafkaConsumer<>(
                consumerConfig(node, settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Map<String, Object> consumerConfig(Node node, Object... settings) {
        Map<String, Object> config = config(node, "auto.offset.reset", "earliest", "enable.auto.commit", false);
        config.putAll(config(node, settings));
        return config;
    }

    private static Map<String, Object> config(Node node, Object... settings) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", node.bootstrap());
        for (int i = 0; i < settings.length; i += 2) {
            config.put((String) settings[i], settings[i + 1]);
        }
        return config;
    }

    /// The result of an asynchronous call; what failed it is thrown as it is.
    public static <T> T get(Future<T> future) {
        try {
            return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer in " + ANSWER_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Polls until at least `count` records have come, at most 30 s.
    public static <K, V> List<ConsumerRecord<K, V>> poll(KafkaConsumer<K, V> consumer, int count) {
        List<ConsumerRecord<K, V>> records = new ArrayList<>();
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
        while (records.size() < count) {
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError("only " + records.size() + " of " + count + " records came");
            }
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        }
        return records;
    }
}
