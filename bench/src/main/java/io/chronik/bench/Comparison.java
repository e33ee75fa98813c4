package io.chronik.bench;

import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.broker.Distribution;
import io.chronik.bench.broker.Recipe;
import io.chronik.bench.cases.Case;
import io.chronik.bench.cases.Cases;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.MetadataPing;
import io.chronik.bench.load.Topics;
import io.chronik.bench.report.Results;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Measures cases with the brokers of each in turn, and every second time in the opposite order: none runs always after
/// the same other.
final class Comparison {
    /// `pairs` runs of each broker, of `seconds`. What comes in series comes `faults` times for Chronik and
    /// `kafkaFaults` times for Kafka, which takes ten times as long, spread over two rounds.
    record Plan(int pairs, double seconds, int faults, int kafkaFaults) {
        private static final int SERIES_ROUNDS = 2;

        int rounds(Case each) {
            return switch (each) {
                case Case.Load _ -> pairs;
                case Case.Lifecycle lifecycle -> Math.min(pairs, lifecycle.rounds());
                case Case.Series _ -> Math.min(pairs, SERIES_ROUNDS);
            };
        }

        /// How often it happens to `broker` in `round`; all rounds together give the whole number.
        int times(Case.Series series, String broker, int round) {
            int all = broker.equals(Cases.CHRONIK) ? faults : kafkaFaults;
            int rounds = rounds(series);
            return all * (round + 1) / rounds - all * round / rounds;
        }

        /// Who runs in a round, in order.
        static List<String> order(List<String> brokers, int round) {
            return round % 2 == 0 ? brokers : brokers.reversed();
        }
    }

    private final Fleet fleet;
    private final Map<String, Recipe> ownBrokers;
    private final Path work;
    private final Plan plan;
    private final Results results;
    private final List<String> failures = new ArrayList<>();

    Comparison(Fleet fleet, Map<String, Recipe> ownBrokers, Path work, Plan plan, Results results) {
        this.fleet = fleet;
        this.ownBrokers = Map.copyOf(ownBrokers);
        this.work = work;
        this.plan = plan;
        this.results = results;
    }

    /// Of the brokers that a lifecycle case starts.
    private Recipe recipe(String broker) {
        Recipe recipe = ownBrokers.get(broker);
        if (recipe == null) throw new IllegalArgumentException("no such broker: " + broker);
        return recipe;
    }

    /// What could not be measured, in words.
    List<String> failures() {
        return List.copyOf(failures);
    }

    /// The start that does not count: it finds files that nobody has read, and on another JVM than that of the build it
    /// leaves the archive of classes to all others.
    void rehearse(Distribution distribution) {
        try (BrokerProcess broker = BrokerProcess.start(recipe(Cases.CHRONIK), work)) {
            Topics.await(() -> {
                if (!broker.isAlive()) throw new IllegalStateException("chronik ended, see " + broker.directory());
                return answers(broker);
            });
            Topics.await(distribution::hasClassArchive);
        }
    }

    private static boolean answers(BrokerProcess broker) {
        try {
            MetadataPing.ask(broker.bootstrap());
            return true;
        } catch (java.io.IOException notYet) {
            return false;
        }
    }

    void measure(Case each, List<String> brokers) {
        if (each instanceof Case.Load load) warmUp(load, brokers);
        for (int round = 0; round < plan.rounds(each); round++) {
            for (String broker : Plan.order(brokers, round)) run(each, broker, round);
        }
    }

    /// A short run of each that does not count: the clients' code for this load gets compiled, too.
    private void warmUp(Case.Load load, List<String> brokers) {
        for (String broker : brokers) {
            try {
                var _ = fleet.load(broker, load, plan.seconds / 2);
            } catch (RuntimeException e) {
                System.out.println("warm-up of " + load.name() + " on " + broker + " failed: " + Bench.rootMessage(e));
            }
        }
    }

    private void run(Case each, String broker, int round) {
        try {
            switch (each) {
                case Case.Load load -> add(each, broker, fleet.load(broker, load, plan.seconds));
                case Case.Lifecycle lifecycle -> {
                    fleet.pauseAll();
                    add(each, broker, lifecycle.run().of(recipe(broker), work));
                }
                case Case.Series series -> {
                    fleet.pauseAll();
                    series.run()
                            .of(
                                    recipe(broker),
                                    work,
                                    plan.times(series, broker, round),
                                    seen -> add(each, broker, seen));
                }
            }
        } catch (RuntimeException e) {
            failures.add("FAILED " + each.name() + " " + broker + ": " + Bench.rootMessage(e));
            System.out.println(failures.getLast());
            results.add(each.name(), broker, Measured.NOTHING);
        }
    }

    private void add(Case each, String broker, Measured measured) {
        System.out.println(LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + " " + each.name()
                + " " + broker + " " + Bench.shortly(measured));
        results.add(each.name(), broker, measured);
    }
}
