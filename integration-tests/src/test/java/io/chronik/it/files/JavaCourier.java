package io.chronik.it.files;

import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// The official Java client as a sender and receiver of files, as clients/README.md describes them.
final class JavaCourier {
    private JavaCourier() {}

    static void send(Node node, String topic, Path index) throws IOException {
        Map<String, KafkaProducer<byte[], byte[]>> producers = new HashMap<>();
        try {
            for (String line : Files.readAllLines(index)) {
                String[] field = line.split("\t", -1);
                KafkaProducer<byte[], byte[]> producer = producers.computeIfAbsent(
                        field[3],
                        codec -> Clients.byteProducer(node, "compression.type", codec, "acks", "all", "linger.ms", 5));
                sendFile(producer, topic, field);
            }
            producers.values().forEach(KafkaProducer::flush);
        } finally {
            producers.values().forEach(KafkaProducer::close);
        }
    }

    private static void sendFile(KafkaProducer<byte[], byte[]> producer, String topic, String[] field)
            throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of(field[1]));
        int step = Integer.parseInt(field[4]);
        byte[] key = field[0].getBytes(StandardCharsets.UTF_8);
        int sequence = 0;
        for (int at = 0; at < bytes.length; at += step) {
            byte[] chunk = Arrays.copyOfRange(bytes, at, Math.min(at + step, bytes.length));
            var record = new ProducerRecord<>(topic, Integer.valueOf(field[2]), key, chunk);
            record.headers().add("seq", Integer.toString(sequence++).getBytes(StandardCharsets.UTF_8));
            var _ = producer.send(record, (metadata, error) -> {
                if (error != null) {
                    throw new IllegalStateException(error);
                }
            });
        }
    }

    /// "SHA-256  FILE" for every key, sorted.
    static String receive(Node node, String topic) {
        Map<String, MessageDigest> digests = new TreeMap<>();
        Map<String, Integer> next = new HashMap<>();
        try (var consumer = Clients.byteConsumer(node, "isolation.level", "read_committed")) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    String name = new String(record.key(), StandardCharsets.UTF_8);
                    checkSequence(name, record, next);
                    digests.computeIfAbsent(name, n -> sha256()).update(record.value());
                }
            }
        }
        StringBuilder lines = new StringBuilder();
        digests.forEach((name, digest) -> lines.append(HexFormat.of().formatHex(digest.digest()))
                .append("  ")
                .append(name)
                .append('\n'));
        return lines.toString();
    }

    private static void checkSequence(String name, ConsumerRecord<byte[], byte[]> record, Map<String, Integer> next) {
        int expected = next.merge(name, 1, Integer::sum) - 1;
        var header = record.headers().lastHeader("seq");
        if (header != null && Integer.parseInt(new String(header.value(), StandardCharsets.UTF_8)) != expected) {
            throw new AssertionError(name + ": not chunk " + expected + " at " + record.offset());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
