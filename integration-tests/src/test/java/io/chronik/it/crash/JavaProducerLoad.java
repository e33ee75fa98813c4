package io.chronik.it.crash;

import io.chronik.it.crash.History.Kind;
import io.chronik.it.crash.History.Send;
import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;

/// The official Java producer, idempotent or plain, that retries over every restart. A final error of it is an
/// outcome of unknown fate: there may have been several attempts.
final class JavaProducerLoad extends Load {
    private static final int OUTSTANDING = 40;
    private static final int MAX_FILLER_BYTES = 3_000;

    private final Node node;
    private final History history;
    private final String topic;
    private final int partitions;
    private final boolean idempotent;
    private final SplittableRandom random;
    private final int session;

    JavaProducerLoad(Node node, History history, String topic, int partitions, boolean idempotent, long seed) {
        super(idempotent ? "idempotent-producer" : "plain-producer");
        this.node = node;
        this.history = history;
        this.topic = topic;
        this.partitions = partitions;
        this.idempotent = idempotent;
        this.random = new SplittableRandom(seed);
        this.session = history.newSession(idempotent ? Kind.IDEMPOTENT : Kind.RETRYING);
    }

    @Override
    void work() {
        Semaphore permits = new Semaphore(OUTSTANDING);
        Object[] settings = {
            "enable.idempotence", idempotent,
            "acks", "all",
            "max.in.flight.requests.per.connection", idempotent ? 5 : 1,
            "linger.ms", 0,
            "batch.size", 4_000,
            "retries", Integer.MAX_VALUE,
            "retry.backoff.ms", 10,
            "retry.backoff.max.ms", 50,
            "reconnect.backoff.ms", 10,
            "reconnect.backoff.max.ms", 50,
            "request.timeout.ms", 4_000,
            "delivery.timeout.ms", 600_000,
            "compression.type", idempotent ? "lz4" : "none"
        };
        try (var producer = Clients.byteProducer(node, settings)) {
            for (long sequence = 0; isRunning(); sequence++) {
                if (!acquire(permits)) {
                    sequence--;
                    continue;
                }
                int partition = random.nextInt(partitions);
                Payload payload = new Payload(Payload.id(session, sequence), partition);
                byte[] value = payload.encode(random.nextInt(MAX_FILLER_BYTES));
                Send send = history.invoke(payload.id(), partition, System.nanoTime());
                var _ = producer.send(new ProducerRecord<>(topic, partition, null, value), (metadata, error) -> {
                    history.end(
                            send,
                            error == null ? new Outcome.Ok(metadata.offset()) : new Outcome.Info(error.toString()));
                    permits.release();
                });
            }
            producer.flush();
        }
    }

    private static boolean acquire(Semaphore permits) {
        try {
            return permits.tryAcquire(50, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
