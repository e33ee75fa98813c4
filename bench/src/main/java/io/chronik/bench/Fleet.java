package io.chronik.bench;

import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.broker.Recipe;
import io.chronik.bench.cases.Case;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.RawProducers;
import io.chronik.bench.load.RawProducers.Shape;
import io.chronik.bench.load.Target;
import io.chronik.bench.load.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The brokers of a comparison, of which one at a time runs and the others are stopped where they are (SIGSTOP): each
/// keeps its compiled code, and none takes anything from another.
final class Fleet implements AutoCloseable {
    private static final long DELETION_NS = TimeUnit.SECONDS.toNanos(10);

    /// What a broker may write beside the topic of a run: metadata, snapshots, offsets.
    private static final long OWN_BYTES = 32 << 20;

    private final Map<String, Recipe> recipes;
    private final Path work;
    private final PageReservoir pages;
    private final Map<String, BrokerProcess> started = new LinkedHashMap<>();

    /// `warmPages`: see [PageReservoir].
    Fleet(Map<String, Recipe> recipes, Path work, boolean warmPages) {
        this.recipes = Map.copyOf(recipes);
        this.work = work;
        this.pages = PageReservoir.below(work, warmPages);
    }

    private Recipe recipe(String name) {
        Recipe recipe = recipes.get(name);
        if (recipe == null) throw new IllegalArgumentException("no such broker: " + name);
        return recipe;
    }

    /// Runs the load on the broker, and nothing else; starts and warms it up the first time. Before: all that others
    /// wrote is on disk. After: the files of the run's topic are gone, and their pages in the reservoir.
    Measured load(String name, Case.Load load, double seconds) {
        pauseAll();
        BrokerProcess broker = broker(name);
        Target target = new Target(broker.bootstrap(), List.of(broker.pid()));
        awaitService(target);
        settle();
        pages.refill();
        long sizeBytes = broker.sizeBytes();
        try {
            return pages.during(() -> load.run().on(target, seconds));
        } finally {
            awaitDeletion(broker, sizeBytes + OWN_BYTES);
            pages.refill();
        }
    }

    private BrokerProcess broker(String name) {
        BrokerProcess broker = started.get(name);
        if (broker != null) {
            broker.resume();
            return broker;
        }
        broker = BrokerProcess.start(recipe(name), work);
        started.put(name, broker);
        Target target = new Target(broker.bootstrap(), List.of(broker.pid()));
        awaitService(target);
        System.out.println(name + ": warmed up in " + new WarmUp(target).run() + " rounds");
        return broker;
    }

    void pauseAll() {
        started.values().forEach(BrokerProcess::pause);
        settle();
    }

    /// A broker that starts or was stopped serves when a small load gets through.
    private static void awaitService(Target target) {
        Topics.await(() -> {
            try (Topics topics = new Topics(target)) {
                String topic = topics.create(1);
                new RawProducers(target, topic, new Shape(1, 1, 1, 1, 100)).run(0, 0.1);
                topics.delete(topic);
                return true;
            } catch (IllegalStateException notYet) {
                return false;
            }
        });
    }

    /// What was written is on disk: the next run does not pay for it.
    private static void settle() {
        try {
            new ProcessBuilder(List.of("sync")).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Gives up after some seconds: the first run of the consume case leaves its topic on purpose.
    private static void awaitDeletion(BrokerProcess broker, long sizeBytes) {
        long endNs = System.nanoTime() + DELETION_NS;
        while (broker.sizeBytes() > sizeBytes && System.nanoTime() < endNs) LockSupport.parkNanos(50_000_000);
    }

    @Override
    public void close() {
        started.values().forEach(BrokerProcess::close);
        pages.close();
    }
}
