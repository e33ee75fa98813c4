package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/// Records that were acknowledged with acks=all, and that must be there whatever happens then.
public final class Produced {
    private final String topic;
    private final int partitions;
    private int count;

    public Produced(String topic, int partitions) {
        this.topic = topic;
        this.partitions = partitions;
    }

    /// `more` records, one partition after the other; each must be acknowledged.
    public Produced add(Node node, int more) {
        try (KafkaProducer<String, String> producer = producer(node)) {
            List<Future<RecordMetadata>> answers = new ArrayList<>();
            for (int i = 0; i < more; i++) {
                int number = count + i;
                answers.add(producer.send(new ProducerRecord<>(topic, number % partitions, null, value(number))));
            }
            producer.flush();
            answers.forEach(Clients::get);
        }
        count += more;
        return this;
    }

    /// Ready to find a new leader soon.
    static KafkaProducer<String, String> producer(Node node) {
        return Clients.producer(
                node,
                "acks",
                "all",
                "linger.ms",
                0,
                "retry.backoff.ms",
                20,
                "reconnect.backoff.ms",
                20,
                "reconnect.backoff.max.ms",
                100,
                "request.timeout.ms",
                5_000);
    }

    /// All of them can be read, each partition's in order and none twice.
    public void assertAllThere(Node node) {
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        try (var consumer = Clients.consumer(node, "request.timeout.ms", 5_000)) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            List<ConsumerRecord<String, String>> records = Clients.poll(consumer, count);
            for (int partition = 0; partition < partitions; partition++) {
                int wanted = partition;
                assertThat(records.stream()
                                .filter(record -> record.partition() == wanted)
                                .map(ConsumerRecord::value))
                        .as("records of partition %d", partition)
                        .containsExactlyElementsOf(IntStream.range(0, count)
                                .filter(number -> number % partitions == wanted)
                                .mapToObj(this::value)
                                .toList());
            }
        }
    }

    public int count() {
        return count;
    }

    private String value(int number) {
        return topic + " record " + number;
    }
}
