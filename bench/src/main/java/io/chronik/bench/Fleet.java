package io.chronik.bench;

import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.broker.Recipe;
import io.chronik.bench.load.RawProducers;
import io.chronik.bench.load.RawProducers.Shape;
import io.chronik.bench.load.Target;
import io.chronik.bench.load.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// The brokers of a comparison, of which one at a time runs and the others are stopped where they are (SIGSTOP): each
/// keeps its compiled code, and none takes anything from another.
final class Fleet implements AutoCloseable {
    private final Map<String, Recipe> recipes;
    private final Path work;
    private final Map<String, BrokerProcess> started = new LinkedHashMap<>();

    Fleet(Map<String, Recipe> recipes, Path work) {
        this.recipes = Map.copyOf(recipes);
        this.work = work;
    }

    Recipe recipe(String name) {
        Recipe recipe = recipes.get(name);
        if (recipe == null) throw new IllegalArgumentException("no such broker: " + name);
        return recipe;
    }

    /// Lets `name` run, and nothing else; starts and warms it up at the first time. All that others wrote is on disk.
    Target use(String name) {
        pauseAll();
        BrokerProcess broker = started.get(name);
        if (broker == null) {
            broker = BrokerProcess.start(recipe(name), work);
            started.put(name, broker);
            warmUp(targetOf(broker));
        } else {
            broker.resume();
        }
        Target target = targetOf(broker);
        awaitService(target);
        settle();
        return target;
    }

    void pauseAll() {
        started.values().forEach(BrokerProcess::pause);
        settle();
    }

    private static Target targetOf(BrokerProcess broker) {
        return new Target(broker.bootstrap(), OptionalLong.of(broker.pid()));
    }

    /// Compiles the paths that all loads share, in both ways of producing.
    private static void warmUp(Target target) {
        load(target, new Shape(64, 1, 64, 1, 100), 3);
        load(target, new Shape(12, 4, 12, 15, 1024), 6);
    }

    /// A broker that was stopped serves again when a small load gets through.
    private static void awaitService(Target target) {
        Topics.await(() -> {
            try {
                load(target, new Shape(1, 1, 1, 1, 100), 0.2);
                return true;
            } catch (IllegalStateException notYet) {
                return false;
            }
        });
    }

    private static void load(Target target, Shape shape, double seconds) {
        try (Topics topics = new Topics(target)) {
            String topic = topics.create(shape.partitions());
            new RawProducers(target, topic, shape).run(0, seconds);
            topics.delete(topic);
        }
    }

    /// What was written is on disk: the next run does not pay for it.
    private static void settle() {
        try {
            Process sync = new ProcessBuilder(List.of("sync")).start();
            sync.waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        started.values().forEach(BrokerProcess::close);
    }
}
