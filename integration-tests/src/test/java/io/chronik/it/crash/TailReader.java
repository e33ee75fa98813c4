package io.chronik.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.crash.History.EndSample;
import io.chronik.it.crash.History.Reading;
import io.chronik.it.crash.History.Seen;
import io.chronik.it.crash.History.Send;
import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// Reads on where it stopped after each restart, so that checking all restarts costs one pass over the log; in the
/// end its reading is checked against the whole log for changes below.
final class TailReader implements AutoCloseable {
    private static final long LIMIT_SECONDS = 60;

    private final History history;
    private final List<TopicPartition> partitions;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Seen> reading = new ArrayList<>();
    private final Map<Integer, Map<Long, Long>> idByOffset = new HashMap<>();

    TailReader(Node node, History history, String topic, int partitionCount) {
        this.history = history;
        this.partitions = IntStream.range(0, partitionCount)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        this.consumer = Clients.byteConsumer(
                node,
                "reconnect.backoff.ms",
                10,
                "reconnect.backoff.max.ms",
                50,
                "retry.backoff.ms",
                10,
                "retry.backoff.max.ms",
                50,
                "request.timeout.ms",
                5_000,
                "fetch.max.wait.ms",
                50);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /// Everything acknowledged until now must be there, at its offset.
    void checkAcknowledged() {
        List<Send> acked = history.drainAcked();
        readTo(sampleEnds());
        for (Send send : acked) {
            Long there = idByOffset.getOrDefault(send.partition, Map.of()).get(send.ackedOffset());
            assertThat(there)
                    .as(
                            "record %d/%d, acknowledged at %d@%d",
                            Payload.session(send.id), Payload.sequence(send.id), send.partition, send.ackedOffset())
                    .isEqualTo(send.id);
        }
    }

    private Map<TopicPartition, Long> sampleEnds() {
        long invokeNs = System.nanoTime();
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            history.add(new EndSample(
                    partition.partition(),
                    starts.getOrDefault(partition, -1L),
                    ends.getOrDefault(partition, -1L),
                    invokeNs));
        }
        return ends;
    }

    private void readTo(Map<TopicPartition, Long> ends) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
            assertThat(System.nanoTime()).as("time to read to " + ends).isLessThan(deadlineNs);
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(20))) {
                Payload payload = Payload.decode(record.value());
                reading.add(new Seen(record.partition(), record.offset(), payload.id()));
                idByOffset
                        .computeIfAbsent(record.partition(), p -> new HashMap<>())
                        .put(record.offset(), payload.id());
            }
        }
    }

    /// Reads to the end; what it has read since it was made.
    List<Seen> readAll() {
        readTo(sampleEnds());
        return List.copyOf(reading);
    }

    @Override
    public void close() {
        history.add(new Reading("tail", List.copyOf(reading)));
        consumer.close();
    }
}
