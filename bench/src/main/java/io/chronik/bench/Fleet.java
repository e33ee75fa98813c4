package io.chronik.bench;

import io.chronik.bench.broker.BrokerCluster;
import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.broker.Brokers;
import io.chronik.bench.broker.Recipe;
import io.chronik.bench.cases.Case;
import io.chronik.bench.cases.Clusters;
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

/// The brokers of a comparison, single ones and clusters of several, of which one at a time runs and the others are
/// stopped where they are (SIGSTOP): each
/// keeps its compiled code, and none takes anything from another.
final class Fleet implements AutoCloseable {
    private static final long DELETION_NS = TimeUnit.SECONDS.toNanos(10);

    /// What a broker may write beside the topic of a run: metadata, snapshots, offsets.
    private static final long OWN_BYTES = 32 << 20;

    private final Map<String, Recipe> recipes;
    private final Path work;
    private final PageReservoir pages;
    private final Map<Key, Brokers> started = new LinkedHashMap<>();

    private record Key(String name, int nodes) {}

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

    /// Runs the load on the broker (or cluster, which gets as many times `seconds` as it has nodes), and nothing else;
    /// starts and warms it up the first time. Before: all that others
    /// wrote is on disk. After: the files of the run's topic are gone, and their pages in the reservoir.
    Measured load(String name, Case.Load load, double seconds) {
        pauseAll();
        Brokers broker = brokers(name, load.nodes());
        awaitService(broker);
        settle();
        pages.refill();
        long sizeBytes = broker.sizeBytes();
        try {
            return pages.during(() -> load.run().on(broker.target(), load.nodes() * seconds));
        } finally {
            awaitDeletion(broker, sizeBytes + OWN_BYTES);
            pages.refill();
        }
    }

    private Brokers brokers(String name, int nodes) {
        Brokers before = started.get(new Key(name, nodes));
        if (before != null) {
            before.resume();
            return before;
        }
        Brokers brokers =
                nodes == 1 ? BrokerProcess.start(recipe(name), work) : BrokerCluster.start(recipe(name), work, nodes);
        started.put(new Key(name, nodes), brokers);
        awaitService(brokers);
        WarmUp warmUp = new WarmUp(brokers.target());
        System.out.println(name + (nodes == 1 ? "" : ", " + nodes + " nodes") + ": warmed up in "
                + (nodes == 1 ? warmUp.run() : warmUp.runReplicated(nodes)) + " rounds");
        return brokers;
    }

    void pauseAll() {
        started.values().forEach(Brokers::pause);
        settle();
    }

    private static void awaitService(Brokers brokers) {
        switch (brokers) {
            case BrokerCluster cluster -> Clusters.awaitService(cluster);
            default -> awaitService(brokers.target());
        }
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
    private static void awaitDeletion(Brokers broker, long sizeBytes) {
        long endNs = System.nanoTime() + DELETION_NS;
        while (broker.sizeBytes() > sizeBytes && System.nanoTime() < endNs) LockSupport.parkNanos(50_000_000);
    }

    @Override
    public void close() {
        started.values().forEach(Brokers::close);
        pages.close();
    }
}
