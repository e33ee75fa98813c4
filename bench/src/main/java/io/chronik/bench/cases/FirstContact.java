package io.chronik.bench.cases;

import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.load.MetadataPing;
import io.chronik.bench.load.RawProducers;
import io.chronik.bench.load.RawProducers.Shape;
import io.chronik.bench.load.Target;
import io.chronik.bench.load.Topics;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What the lifecycle cases share: waiting for a broker and using it a little.
final class FirstContact {
    private FirstContact() {}

    static Target targetOf(BrokerProcess broker) {
        return new Target(broker.bootstrap(), List.of(broker.pid()));
    }

    /// Seconds from the launch to the first answer to a Metadata request; asks every 2 ms on new connections.
    static double awaitMetadata(BrokerProcess broker) {
        while (broker.isAlive()) {
            try {
                MetadataPing.ask(broker.bootstrap());
                return (System.nanoTime() - broker.startedNs()) / 1e9;
            } catch (IOException notYet) {
                LockSupport.parkNanos(2_000_000);
            }
        }
        throw new IllegalStateException(broker.name() + " ended, see " + broker.directory());
    }

    /// Creates a topic and writes every partition.
    static void use(Target target, int partitions) {
        try (Topics topics = new Topics(target)) {
            String topic = topics.create(partitions);
            produceOnce(target, topic, partitions);
        }
    }

    /// Writes every partition at least once.
    static void produceOnce(Target target, String topic, int partitions) {
        RawProducers producers = new RawProducers(target, topic, new Shape(8, 4, partitions, 1, 100));
        try (Topics topics = new Topics(target)) {
            do {
                producers.run(0, 0.2 + partitions / 5000.0);
            } while (topics.count(topic, partitions) < partitions);
        }
    }

    static long countOf(Target target, String topic, int partitions) {
        try (Topics topics = new Topics(target)) {
            return topics.count(topic, partitions);
        }
    }

    static double secondsSince(long beginNs, Runnable work) {
        work.run();
        return (System.nanoTime() - beginNs) / 1e9;
    }

    static void pause(int seconds) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (long left; (left = endNs - System.nanoTime()) > 0; ) LockSupport.parkNanos(left);
    }
}
