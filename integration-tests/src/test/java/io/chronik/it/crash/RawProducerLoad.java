package io.chronik.it.crash;

import io.chronik.it.crash.History.Kind;
import io.chronik.it.crash.History.Send;
import io.chronik.it.node.Node;
import io.chronik.it.wire.RawKafka;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// A client without retries that writes one record at a time, with acks=1 and acks=all by turns, and so knows exactly
/// what became of each.
final class RawProducerLoad extends Load {
    private static final int MAX_FILLER_BYTES = 500;

    private final Node node;
    private final History history;
    private final String topic;
    private final int partitions;
    private final SplittableRandom random;
    private final int session;
    private long sequence;

    RawProducerLoad(Node node, History history, String topic, int partitions, long seed) {
        super("raw-producer");
        this.node = node;
        this.history = history;
        this.topic = topic;
        this.partitions = partitions;
        this.random = new SplittableRandom(seed);
        this.session = history.newSession(Kind.SINGLE_ATTEMPT);
    }

    @Override
    void work() {
        while (isRunning()) {
            try (RawKafka kafka = new RawKafka(node.port())) {
                while (isRunning()) {
                    sendOne(kafka);
                }
            } catch (UncheckedIOException nodeIsAway) {
                backOff();
            }
        }
    }

    private void sendOne(RawKafka kafka) {
        int partition = random.nextInt(partitions);
        Payload payload = new Payload(Payload.id(session, sequence++), partition);
        SimpleRecord record =
                new SimpleRecord(System.currentTimeMillis(), null, payload.encode(random.nextInt(MAX_FILLER_BYTES)));
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, record);
        int acks = random.nextBoolean() ? 1 : -1;
        Send send = history.invoke(payload.id(), partition, System.nanoTime());
        try {
            PartitionProduceResponse response = kafka.produce(topic, partition, records, acks);
            Errors error = Errors.forCode(response.errorCode());
            history.end(send, Outcome.ofSingleAttempt(error, response.baseOffset()));
        } catch (UncheckedIOException e) {
            history.end(send, new Outcome.Info("disconnected"));
            throw e;
        }
    }
}
