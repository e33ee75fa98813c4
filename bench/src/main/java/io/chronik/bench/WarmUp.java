package io.chronik.bench;

import io.chronik.bench.load.JavaConsumer;
import io.chronik.bench.load.JavaProducer;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Metric;
import io.chronik.bench.load.RawProducers;
import io.chronik.bench.load.RawProducers.Shape;
import io.chronik.bench.load.Target;
import io.chronik.bench.load.Topics;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Compiles a broker's code before anything counts: single records over many connections, large batches from the raw
/// generator, large batches from the Java producer, and reading them. In turn until the rates no longer rise or the
/// time
/// is over; the same for every broker.
final class WarmUp {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final Shape SINGLE_RECORDS = new Shape(64, 1, 64, 1, 100);
    private static final Shape BATCHES = new Shape(12, 4, 12, 60, 1024);
    private static final int PARTITIONS = 12;

    private final Target target;

    WarmUp(Target target) {
        this.target = target;
    }

    /// Returns how many rounds it took.
    int run() {
        long endNs = System.nanoTime() + LIMIT_NS;
        Plateau plateau = new Plateau();
        int rounds = 0;
        boolean reached = false;
        while (!reached && System.nanoTime() < endNs) {
            // The product: each of the rates has the same weight, however large it is.
            reached = plateau.isReachedWith(raw(SINGLE_RECORDS) * raw(BATCHES) * produceAndConsume(1, 64 << 10, 5));
            rounds++;
        }
        return rounds;
    }

    /// On a cluster of `nodes`: small and large batches of the Java producer, with as many replicas. As long as this
    /// number of single nodes at most, and half of it at least: each compiles its own code on the same processors.
    int runReplicated(int nodes) {
        long endNs = System.nanoTime() + nodes * LIMIT_NS;
        long leastNs = endNs - nodes * LIMIT_NS / 2;
        Plateau plateau = new Plateau();
        int rounds = 0;
        boolean reached = false;
        while (!reached && System.nanoTime() < endNs) {
            boolean flat = plateau.isReachedWith(
                    produceAndConsume(nodes, 16 << 10, 0) * produceAndConsume(nodes, 64 << 10, 5));
            reached = flat && System.nanoTime() > leastNs;
            rounds++;
        }
        return rounds;
    }

    private double raw(Shape shape) {
        try (Topics topics = new Topics(target)) {
            String topic = topics.create(shape.partitions());
            Measured measured = new RawProducers(target, topic, shape).run(0, 1);
            topics.delete(topic);
            return measured.get(Metric.RECORDS_PER_SECOND);
        }
    }

    private double produceAndConsume(int replicas, int batchBytes, int lingerMs) {
        try (Topics topics = new Topics(target)) {
            String topic = replicas == 1
                    ? topics.create(PARTITIONS)
                    : topics.createReplicated(PARTITIONS, replicas, Map.of("min.insync.replicas", "2"));
            JavaProducer producer = new JavaProducer(target, topic, 1024, batchBytes, lingerMs);
            Measured produced = producer.asFastAsPossible(0, 1);
            Measured consumed = new JavaConsumer(target, topic, PARTITIONS).readAll(producer.acknowledged());
            topics.delete(topic);
            return produced.get(Metric.RECORDS_PER_SECOND) * consumed.get(Metric.RECORDS_PER_SECOND);
        }
    }
}
