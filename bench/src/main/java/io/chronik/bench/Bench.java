package io.chronik.bench;

import io.chronik.bench.broker.ChronikRecipe;
import io.chronik.bench.broker.KafkaRecipe;
import io.chronik.bench.broker.Recipe;
import io.chronik.bench.cases.Case;
import io.chronik.bench.cases.Cases;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Target;
import io.chronik.bench.probe.DiskProbe;
import io.chronik.bench.probe.LoopbackProbe;
import io.chronik.bench.report.Results;
import io.chronik.bench.report.Table;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `./chronik bench`: measures a node, beside Apache Kafka on the same machine.
@Command(
        name = "chronik bench",
        mixinStandardHelpOptions = true,
        subcommands = {
            Bench.Compare.class,
            Bench.Run.class,
            Bench.Probe.class,
            Bench.Micro.class,
            Bench.TableCommand.class,
            Bench.ListCommand.class
        },
        description = "Measures a node, beside Apache Kafka on the same machine.")
public final class Bench {
    private static final PrintStream OUT = System.out;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    private static List<Case> selected(List<String> patterns) {
        if (patterns.isEmpty()) return Cases.all();
        List<PathMatcher> matchers = patterns.stream()
                .map(pattern -> FileSystems.getDefault().getPathMatcher("glob:" + pattern))
                .toList();
        List<Case> found = Cases.all().stream()
                .filter(each -> matchers.stream().anyMatch(matcher -> matcher.matches(Path.of(each.name()))))
                .toList();
        if (found.isEmpty())
            throw new IllegalArgumentException("no case named " + patterns + "; see chronik bench list");
        return found;
    }

    private static Path home() {
        return Path.of(System.getProperty("bench.home", ".")).toAbsolutePath();
    }

    /// Alternates Chronik and Kafka.
    @Command(name = "compare", mixinStandardHelpOptions = true, description = "Alternates Chronik and Kafka.")
    static final class Compare implements java.util.concurrent.Callable<Integer> {
        @Option(names = "--case", description = "Names or globs; all of them without.")
        private List<String> cases = new ArrayList<>();

        @Option(names = "--pairs", description = "Runs of each broker and case (default: ${DEFAULT-VALUE}).")
        private int pairs = 5;

        @Option(names = "--seconds", description = "Measured part of each run (default: ${DEFAULT-VALUE}).")
        private double seconds = 4;

        @Option(names = "--work-dir", description = "Where the brokers write.")
        private Path work = home().resolve(".cache/bench");

        @Option(names = "--only", description = "Only these of chronik, kafka, kafka-fsync.")
        private List<String> only = new ArrayList<>();

        @Option(names = "--no-save", description = "Print only.")
        private boolean unsaved;

        private final List<String> failures = new ArrayList<>();

        @Override
        public Integer call() throws IOException {
            Files.createDirectories(work);
            Map<String, Object> facts = Machine.facts(work);
            String stamp = STAMP.format(Instant.now());
            String commit = System.getProperty("bench.commit", "unknown");
            facts.put("at", stamp);
            facts.put("commit", commit);
            facts.put("pairs", pairs);
            facts.put("secondsOfARun", seconds);
            facts.put(
                    "kafka",
                    "4.4.0, flags " + KafkaRecipe.FLAGS + ", settings " + new TreeMap<>(KafkaRecipe.SINGLE_NODE));
            DiskProbe probe = new DiskProbe(work);
            facts.put("fsyncMs", probe.fsyncMs());
            probe.close();
            Results results = new Results(facts);
            Path file = home().resolve("bench/results").resolve(stamp + "-" + commit + ".json");
            try (Fleet fleet = new Fleet(recipes(), work)) {
                for (Case each : selected(cases)) {
                    compare(each, fleet, results);
                    if (!unsaved) results.write(file);
                }
            }
            OUT.println(new Table(List.of(results)).render());
            if (!unsaved) {
                TableCommand.rewrite();
                OUT.println("written: " + home().relativize(file) + " and bench/README.md");
            }
            failures.forEach(OUT::println);
            return failures.isEmpty() ? 0 : 1;
        }

        private static Map<String, Recipe> recipes() {
            Path java = Path.of(System.getProperty("java.home"), "bin", "java");
            Path classPath = Path.of(System.getProperty("bench.kafka.classpath", "missing"));
            return Map.of(
                    Cases.CHRONIK,
                    new ChronikRecipe(home().resolve("chronik")),
                    Cases.KAFKA,
                    new KafkaRecipe(Cases.KAFKA, java, classPath, Map.of()),
                    Cases.KAFKA_FSYNC,
                    new KafkaRecipe(Cases.KAFKA_FSYNC, java, classPath, Map.of("log.flush.interval.messages", "1")));
        }

        private void compare(Case each, Fleet fleet, Results results) {
            List<String> brokers = each.brokers().stream()
                    .filter(broker -> only.isEmpty() || only.contains(broker))
                    .toList();
            if (each instanceof Case.Load load) warmUp(load, fleet, brokers);
            int rounds = each instanceof Case.Lifecycle lifecycle ? Math.min(pairs, lifecycle.rounds()) : pairs;
            for (int round = 0; round < rounds; round++) {
                for (String broker : brokers) {
                    try {
                        Measured measured = measure(each, fleet, broker);
                        results.add(each.name(), broker, measured);
                        OUT.println(each.name() + " " + broker + " " + shortly(measured));
                    } catch (RuntimeException e) {
                        failures.add("FAILED " + each.name() + " " + broker + ": " + e);
                        OUT.println(failures.getLast());
                    }
                }
            }
        }

        /// A short run of each that does not count: the clients' code for this load gets compiled, too.
        private void warmUp(Case.Load load, Fleet fleet, List<String> brokers) {
            for (String broker : brokers) {
                try {
                    var _ = load.run().on(fleet.use(broker), seconds / 2);
                } catch (RuntimeException e) {
                    OUT.println("warm-up of " + load.name() + " on " + broker + " failed: " + e);
                }
            }
        }

        private Measured measure(Case each, Fleet fleet, String broker) {
            return switch (each) {
                case Case.Load load -> load.run().on(fleet.use(broker), seconds);
                case Case.Lifecycle lifecycle -> {
                    fleet.pauseAll();
                    yield lifecycle.run().of(fleet.recipe(broker), work);
                }
            };
        }
    }

    static String shortly(Measured measured) {
        StringBuilder out = new StringBuilder();
        measured.figures()
                .forEach((name, value) ->
                        out.append(name).append('=').append(Table.number(value)).append(' '));
        return out.toString();
    }

    /// One broker that runs already.
    @Command(name = "run", mixinStandardHelpOptions = true, description = "Loads a broker that runs already.")
    static final class Run implements java.util.concurrent.Callable<Integer> {
        @Option(names = "--bootstrap", required = true, description = "HOST:PORT")
        private String bootstrap = "";

        @Option(names = "--pid", description = "Its process, when it runs here: for its CPU time.")
        private @Nullable Long pid;

        @Option(names = "--case", description = "Names or globs; all loads without.")
        private List<String> cases = new ArrayList<>();

        @Option(names = "--seconds", description = "Measured part of each run (default: ${DEFAULT-VALUE}).")
        private double seconds = 4;

        @Override
        public Integer call() {
            OptionalLong known = pid == null ? OptionalLong.empty() : OptionalLong.of(pid);
            for (Case each : selected(cases)) {
                if (each instanceof Case.Load load)
                    OUT.println(load.name() + " " + shortly(load.run().on(new Target(bootstrap, known), seconds)));
            }
            return 0;
        }
    }

    /// What the disk can do.
    @Command(name = "probe", mixinStandardHelpOptions = true, description = "What this disk and loopback can do.")
    static final class Probe implements java.util.concurrent.Callable<Integer> {
        @Option(names = "--work-dir", description = "A directory on the disk.")
        private Path work = home().resolve(".cache/bench");

        @Override
        public Integer call() throws IOException {
            DiskProbe probe = new DiskProbe(work);
            OUT.println(
                    "| files | bytes appended to each | made durable by | p50 ms | p99 ms |\n|---|---|---|---|---|");
            probe.run().forEach(OUT::println);
            probe.close();
            LoopbackProbe.Limits loopback = new LoopbackProbe().run();
            OUT.println("\nloopback: " + Table.number(loopback.mibPerSecond()) + " MiB/s one way, "
                    + Table.number(loopback.roundTripsPerSecond()) + " round trips/s of 200 B on one connection");
            return 0;
        }
    }

    /// The hot parts alone.
    @Command(name = "micro", mixinStandardHelpOptions = true, description = "JMH benchmarks of the hot parts.")
    static final class Micro implements java.util.concurrent.Callable<Integer> {
        @CommandLine.Parameters(description = "JMH's own arguments.")
        private List<String> arguments = new ArrayList<>();

        @Override
        public Integer call() throws IOException {
            org.openjdk.jmh.Main.main(arguments.toArray(new String[0]));
            return 0;
        }
    }

    /// The table in bench/README.md.
    @Command(name = "table", mixinStandardHelpOptions = true, description = "Renders bench/README.md's table again.")
    static final class TableCommand implements java.util.concurrent.Callable<Integer> {
        private static final String MARK = "<!-- table -->\n";

        @Override
        public Integer call() throws IOException {
            rewrite();
            return 0;
        }

        static void rewrite() throws IOException {
            Path readme = home().resolve("bench/README.md");
            String text = Files.readString(readme);
            int end = text.indexOf(MARK);
            if (end < 0) throw new IllegalStateException(readme + " has no line " + MARK.strip());
            Files.writeString(readme, text.substring(0, end + MARK.length()) + new Table(all()).render());
        }

        private static List<Results> all() throws IOException {
            try (Stream<Path> files = Files.list(home().resolve("bench/results"))) {
                return files.filter(file -> file.toString().endsWith(".json"))
                        .sorted(Comparator.<Path>naturalOrder().reversed())
                        .map(Results::read)
                        .toList();
            }
        }
    }

    /// The names that --case takes.
    @Command(name = "list", mixinStandardHelpOptions = true, description = "The cases, with the brokers of each.")
    static final class ListCommand implements java.util.concurrent.Callable<Integer> {
        @Override
        public Integer call() {
            for (Case each : Cases.all()) OUT.println(each.name() + "  " + String.join(" ", each.brokers()));
            return 0;
        }
    }
}
