package io.chronik.bench.cases;

import io.chronik.bench.load.JavaConsumer;
import io.chronik.bench.load.JavaProducer;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.RawProducers;
import io.chronik.bench.load.RawProducers.Shape;
import io.chronik.bench.load.Target;
import io.chronik.bench.load.Topics;
import java.util.concurrent.ConcurrentHashMap;

/// The loads, each on a topic of its own that is counted, read back and deleted afterwards.
final class Loads {
    private static final double WARM_UP_SECONDS = 1;
    private static final int LINGER_MS = 5;
    private static final int CONSUMED_PARTITIONS = 12;
    private static final int CONSUMED_MIB = 2048;

    /// Topics of the consume case, by address: filled once, read in every round.
    private static final ConcurrentHashMap<String, String> FILLED = new ConcurrentHashMap<>();

    private Loads() {}

    /// Closed loop with the Java producer.
    static Case.LoadRun produce(int recordBytes, int batchBytes, int partitions) {
        return produce(recordBytes, batchBytes, partitions, 1);
    }

    static Case.LoadRun produce(int recordBytes, int batchBytes, int partitions, int replicas) {
        return (target, seconds) -> onTopic(target, partitions, replicas, topic -> {
            JavaProducer producer = new JavaProducer(target, topic, recordBytes, batchBytes, LINGER_MS);
            Measured measured = producer.asFastAsPossible(WARM_UP_SECONDS, seconds);
            return new Produced(measured, producer.acknowledged());
        });
    }

    /// Open loop with the Java producer.
    static Case.LoadRun latency(int rate, int recordBytes, int partitions, int replicas) {
        return (target, seconds) -> onTopic(target, partitions, replicas, topic -> {
            JavaProducer producer = new JavaProducer(target, topic, recordBytes, 16 << 10, 0);
            Measured measured = producer.atRate(rate, WARM_UP_SECONDS, 2 * seconds);
            return new Produced(measured, producer.acknowledged());
        });
    }

    static Case.LoadRun raw(Shape shape) {
        return (target, seconds) -> onTopic(target, shape.partitions(), 1, topic -> {
            RawProducers producers = new RawProducers(target, topic, shape);
            Measured measured = producers.run(WARM_UP_SECONDS, seconds);
            return new Produced(measured, producers.acknowledgedRecords());
        });
    }

    static Case.LoadRun endToEnd(int rate) {
        return (target, seconds) -> onTopic(target, 1, 1, topic -> {
            int warmUp = (int) (rate * WARM_UP_SECONDS);
            int records = (int) (rate * 2 * seconds);
            Measured measured = new JavaConsumer(target, topic, 1).endToEnd(topic, rate, warmUp, records);
            return new Produced(measured, warmUp + records);
        });
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

    /// What a load measured, and how many records were acknowledged to it in all.
    private record Produced(Measured measured, long acknowledged) {}

    private interface OnTopic {
        Produced run(String topic);
    }

    /// Afterwards the topic must have as many records as were acknowledged, and all of them are read back.
    private static Measured onTopic(Target target, int partitions, int replicas, OnTopic load) {
        try (Topics topics = new Topics(target)) {
            String topic = replicas == 1
                    ? topics.create(partitions)
                    : topics.createReplicated(partitions, replicas, Clusters.TWO_IN_SYNC);
            try {
                Produced produced = load.run(topic);
                checkCount(topics.count(topic, partitions), produced.acknowledged);
                new JavaConsumer(target, topic, partitions).readAll(produced.acknowledged);
                return produced.measured;
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
