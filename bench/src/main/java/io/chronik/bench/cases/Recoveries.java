package io.chronik.bench.cases;

import static io.chronik.bench.cases.FirstContact.awaitMetadata;
import static io.chronik.bench.cases.FirstContact.countOf;
import static io.chronik.bench.cases.FirstContact.pause;
import static io.chronik.bench.cases.FirstContact.secondsSince;
import static io.chronik.bench.cases.FirstContact.targetOf;

import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.RawProducers;
import io.chronik.bench.load.RawProducers.Shape;
import io.chronik.bench.load.Target;
import io.chronik.bench.load.Topics;
import java.util.ArrayList;
import java.util.List;

/// A full broker that is killed while it is written to, and starts again. Each run has a broker of its own.
final class Recoveries {
    static final String SERVED_AGAIN_SECONDS = "servedAgainSeconds";
    private static final int PARTITIONS = 3;
    private static final int RECORD_BYTES = 4096;
    private static final List<String> TOPICS = List.of("first", "second");

    private Recoveries() {}

    /// Kill -9 under load with `gib` GiB in two topics; then, from the launch, until both have all that was
    /// acknowledged
    /// and can be written.
    static Case.LifecycleRun ofGib(int gib) {
        return (recipe, work) -> {
            try (BrokerProcess broker = BrokerProcess.start(recipe, work)) {
                awaitMetadata(broker);
                create(targetOf(broker));
                List<Long> acknowledged = new ArrayList<>();
                for (String topic : TOPICS)
                    acknowledged.add(fill(targetOf(broker), topic, gib * (1L << 30) / TOPICS.size()));
                acknowledged.set(1, acknowledged.get(1) + killUnderLoad(broker, TOPICS.get(1)));
                broker.restart();
                double again = secondsSince(broker.startedNs(), () -> {
                    awaitMetadata(broker);
                    for (int i = 0; i < TOPICS.size(); i++)
                        awaitAll(targetOf(broker), TOPICS.get(i), acknowledged.get(i));
                });
                return Measured.of(SERVED_AGAIN_SECONDS, again);
            }
        };
    }

    private static void create(Target target) {
        try (Topics topics = new Topics(target)) {
            for (String topic : TOPICS) topics.create(topic, PARTITIONS);
            for (String topic : TOPICS) topics.awaitLeaders(topic, PARTITIONS);
        }
    }

    private static RawProducers producers(Target target, String topic) {
        return new RawProducers(target, topic, new Shape(PARTITIONS, 4, PARTITIONS, 60, RECORD_BYTES));
    }

    private static long fill(Target target, String topic, long bytes) {
        RawProducers producers = producers(target, topic);
        while (producers.acknowledgedRecords() * RECORD_BYTES < bytes) producers.run(0, 0.5);
        return countOf(target, topic, PARTITIONS);
    }

    /// Returns how many records were acknowledged before the broker was gone.
    private static long killUnderLoad(BrokerProcess broker, String topic) {
        RawProducers producers = producers(targetOf(broker), topic);
        Thread load = Thread.ofPlatform().start(() -> {
            try {
                producers.run(0, 60);
            } catch (IllegalStateException killed) {
                // As it must be.
            }
        });
        pause(1);
        broker.kill();
        try {
            load.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return producers.acknowledgedRecords();
    }

    private static void awaitAll(Target target, String topic, long acknowledged) {
        try (Topics topics = new Topics(target)) {
            topics.awaitLeaders(topic, PARTITIONS);
            Topics.await(() -> topics.count(topic, PARTITIONS) >= acknowledged);
            producers(target, topic).run(0, 0.001); // One request to each partition, all answered.
        }
    }
}
