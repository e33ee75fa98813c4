package io.chronik.bench.cases;

import io.chronik.bench.load.JavaConsumer;
import io.chronik.bench.load.JavaProducer;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.RawProducers;
import io.chronik.bench.load.RawProducers.Shape;
import io.chronik.bench.load.Target;
import io.chronik.bench.load.Topics;
import java.util.concurrent.ConcurrentHashMap;

/// The loads, each on a topic of its own that is counted and deleted afterwards.
final class Loads {
    private static final double WARM_UP_SECONDS = 1;
    private static final int LINGER_MS = 5;
    private static final int CONSUMED_PARTITIONS = 12;
    private static final int CONSUMED_MIB = 2048;

    /// Topics of the consume case, by address: filled once, read in every round.
    private static final ConcurrentHashMap<String, String> FILLED = new ConcurrentHashMap<>();

    private Loads() {}

    /// Closed loop with the Java producer; all of it is read back.
    static Case.LoadRun produce(int recordBytes, int batchBytes, int partitions) {
        return (target, seconds) -> onTopic(target, partitions, (topics, topic) -> {
            JavaProducer producer = new JavaProducer(target, topic, recordBytes, batchBytes, LINGER_MS);
            Measured measured = producer.asFastAsPossible(WARM_UP_SECONDS, seconds);
            checkCount(topics.count(topic, partitions), producer.acknowledged());
            new JavaConsumer(target, topic, partitions).readAll(producer.acknowledged());
            return measured;
        });
    }

    /// Open loop with the Java producer.
    static Case.LoadRun latency(int rate, int recordBytes, int partitions) {
        return (target, seconds) -> onTopic(target, partitions, (topics, topic) -> {
            JavaProducer producer = new JavaProducer(target, topic, recordBytes, 16 << 10, 0);
            Measured measured = producer.atRate(rate, WARM_UP_SECONDS, 2 * seconds);
            checkCount(topics.count(topic, partitions), producer.acknowledged());
            return measured;
        });
    }

    static Case.LoadRun raw(Shape shape) {
        return (target, seconds) -> onTopic(target, shape.partitions(), (topics, topic) -> {
            RawProducers producers = new RawProducers(target, topic, shape);
            Measured measured = producers.run(WARM_UP_SECONDS, seconds);
            checkCount(topics.count(topic, shape.partitions()), producers.acknowledgedRecords());
            return measured;
        });
    }

    static Case.LoadRun endToEnd(int rate) {
        return (target, seconds) -> onTopic(
                target,
                1,
                (topics, topic) ->
                        new JavaConsumer(target, topic, 1).endToEnd(topic, rate, WARM_UP_SECONDS, 2 * seconds));
    }

    /// Reads 2 GiB that lie in the page cache.
    static Case.LoadRun consume() {
        return (target, seconds) -> {
            int records = CONSUMED_MIB * 1024;
            String topic = FILLED.computeIfAbsent(target.bootstrap(), address -> fill(target, records));
            try (Topics topics = new Topics(target)) {
                return new JavaConsumer(target, topic, CONSUMED_PARTITIONS)
                        .readAll(topics.count(topic, CONSUMED_PARTITIONS));
            }
        };
    }

    private static String fill(Target target, int atLeast) {
        try (Topics topics = new Topics(target)) {
            String topic = topics.create(CONSUMED_PARTITIONS);
            RawProducers producers =
                    new RawProducers(target, topic, new Shape(CONSUMED_PARTITIONS, 4, CONSUMED_PARTITIONS, 60, 1024));
            while (producers.acknowledgedRecords() < atLeast) producers.run(0, 1);
            new JavaConsumer(target, topic, CONSUMED_PARTITIONS).readAll(producers.acknowledgedRecords());
            return topic;
        }
    }

    private interface OnTopic {
        Measured run(Topics topics, String topic);
    }

    private static Measured onTopic(Target target, int partitions, OnTopic load) {
        try (Topics topics = new Topics(target)) {
            String topic = topics.create(partitions);
            try {
                return load.run(topics, topic);
            } finally {
                topics.delete(topic);
            }
        }
    }

    private static void checkCount(long found, long acknowledged) {
        if (found != acknowledged)
            throw new IllegalStateException(found + " records in the log, " + acknowledged + " acknowledged");
    }
}
