package io.chronik.it.crash;

import io.chronik.it.crash.History.Kind;
import io.chronik.it.crash.History.Send;
import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.protocol.Errors;

/// The official Java producer without retries and with one record in flight, so that the fate of each record is known
/// as well as it can be; it still finds the leader wherever that goes. acks=all only: a record that one node alone has
/// acknowledged may be lost with it.
final class SingleAttemptLoad extends Load {
    private static final int MAX_FILLER_BYTES = 500;

    private final Node node;
    private final History history;
    private final String topic;
    private final int partitions;
    private final SplittableRandom random;
    private final int session;
    private long sequence;

    SingleAttemptLoad(Node node, History history, String topic, int partitions, long seed) {
        super("single-attempt-producer");
        this.node = node;
        this.history = history;
        this.topic = topic;
        this.partitions = partitions;
        this.random = new SplittableRandom(seed);
        this.session = history.newSession(Kind.SINGLE_ATTEMPT);
    }

    @Override
    void work() {
        Object[] settings = {
            "enable.idempotence", false,
            "acks", "all",
            "retries", 0,
            "max.in.flight.requests.per.connection", 1,
            "linger.ms", 0,
            "reconnect.backoff.ms", 10,
            "reconnect.backoff.max.ms", 50,
            "retry.backoff.ms", 10,
            "retry.backoff.max.ms", 50,
            "max.block.ms", 2_000,
            "request.timeout.ms", 3_000,
            "delivery.timeout.ms", 3_000
        };
        try (KafkaProducer<byte[], byte[]> producer = Clients.byteProducer(node, settings)) {
            while (isRunning()) {
                if (!sendOne(producer)) {
                    backOff();
                }
            }
        }
    }

    private boolean sendOne(KafkaProducer<byte[], byte[]> producer) {
        int partition = random.nextInt(partitions);
        Payload payload = new Payload(Payload.id(session, sequence++), partition);
        byte[] value = payload.encode(random.nextInt(MAX_FILLER_BYTES));
        Send send = history.invoke(payload.id(), partition, System.nanoTime());
        try {
            RecordMetadata metadata = producer.send(new ProducerRecord<>(topic, partition, null, value))
                    .get();
            history.end(send, new Outcome.Ok(metadata.offset()));
            return true;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            history.end(send, Outcome.ofSingleAttempt(Errors.forException(cause), -1));
        } catch (KafkaException e) {
            history.end(send, new Outcome.Info(e.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            history.end(send, new Outcome.Info("interrupted"));
        }
        return false;
    }
}
