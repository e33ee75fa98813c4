package io.chronik.bench;

import io.chronik.bench.broker.ChronikRecipe;
import io.chronik.bench.broker.Directories;
import io.chronik.bench.broker.Distribution;
import io.chronik.bench.broker.KafkaRecipe;
import io.chronik.bench.broker.Recipe;
import io.chronik.bench.cases.Case;
import io.chronik.bench.cases.Cases;
import io.chronik.bench.probe.DiskProbe;
import io.chronik.bench.probe.MachineProbe;
import io.chronik.bench.report.Results;
import io.chronik.bench.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Alternates Chronik and Kafka, saves what was seen and renders the tables of bench/README.md.
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Alternates Chronik, Kafka and Kafka with fsync, all with the same clients and loads.",
        footer = {
            "",
            "Examples:",
            "  ./chronik bench compare                                 everything, about 55 minutes",
            "  ./chronik bench compare --case 'sync-*' --pairs 3 --no-save",
            "  ./chronik bench compare --case start-stop --only chronik --no-save"
        })
final class CompareCommand implements Callable<Integer> {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--case", description = "Names or globs; all of them without. May be repeated.")
    private List<String> cases = new ArrayList<>();

    @Option(names = "--pairs", description = "Runs of each broker and case (default: ${DEFAULT-VALUE}).")
    private int pairs = 5;

    @Option(names = "--seconds", description = "Measured part of each run (default: ${DEFAULT-VALUE}).")
    private double seconds = 2;

    @Option(
            names = "--faults",
            description = "How often each kind of fault happens to Chronik (default: ${DEFAULT-VALUE}).")
    private int faults = 20;

    @Option(
            names = "--kafka-faults",
            description = "How often to Kafka, which needs up to 40 s each (default: ${DEFAULT-VALUE}).")
    private int kafkaFaults = 4;

    @Option(
            names = "--quiet-minutes",
            description = "How long cluster-quiet keeps a cluster busy (default: ${DEFAULT-VALUE}).")
    private int quietMinutes = Cases.QUIET_MINUTES;

    @Option(names = "--work-dir", description = "Where the brokers write.")
    private Path work = Bench.defaultWork();

    @Option(names = "--only", description = "Only these of chronik, kafka, kafka-fsync. May be repeated.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--warm-pages",
            description = "Gives every broker memory pages that were in use until just now; see bench/README.md.")
    private boolean warmPages;

    @Option(names = "--no-save", description = "Print only: no result file, no change to bench/README.md.")
    private boolean unsaved;

    @Override
    public Integer call() throws IOException {
        List<Case> selected = selected();
        Files.createDirectories(work);
        Directories.delete(work.resolve("logs"));
        String stamp = STAMP.format(Instant.now());
        Results results = new Results(facts(stamp));
        if (!unsaved) results.addLimits(MachineProbe.flat(MachineProbe.run(work)));
        Path directory = Bench.home().resolve(warmPages ? "bench/results/warm" : "bench/results");
        Path file = Files.createDirectories(directory).resolve(stamp + "-" + commit() + ".json");
        List<String> failures;
        Distribution distribution = Distribution.unpack(Distribution.tarball(), work);
        try (Fleet fleet = new Fleet(recipes(distribution, KafkaRecipe.STOPPED_BETWEEN_RUNS), work, warmPages)) {
            Comparison comparison = new Comparison(
                    fleet,
                    recipes(distribution, Map.of()),
                    work,
                    new Comparison.Plan(pairs, seconds, faults, kafkaFaults),
                    results);
            comparison.rehearse(distribution);
            for (Case each : selected) {
                comparison.measure(each, brokersOf(each));
                if (!unsaved) results.write(file);
            }
            failures = comparison.failures();
        } finally {
            distribution.delete();
        }
        System.out.println(new Table(List.of(results)).renderMeasured());
        if (!unsaved) {
            TableCommand.rewrite();
            System.out.println("written: " + Bench.home().relativize(file) + " and bench/README.md");
        }
        failures.forEach(System.out::println);
        return failures.isEmpty() ? 0 : 1;
    }

    private List<Case> selected() {
        if (spec == null) throw new IllegalStateException("picocli did not set the command");
        for (String broker : only) {
            if (!Cases.BROKERS.contains(broker))
                throw new ParameterException(
                        spec.commandLine(), "--only takes one of " + Cases.BROKERS + ", not " + broker);
        }
        if (pairs < 1 || seconds <= 0 || faults < 1 || kafkaFaults < 1 || quietMinutes < 1)
            throw new ParameterException(
                    spec.commandLine(),
                    "--pairs, --seconds, --faults, --kafka-faults and --quiet-minutes cannot be so small");
        return Bench.selected(spec, Cases.all(quietMinutes), cases);
    }

    private List<String> brokersOf(Case each) {
        return each.brokers().stream()
                .filter(broker -> only.isEmpty() || only.contains(broker))
                .toList();
    }

    private Map<String, Object> facts(String stamp) throws IOException {
        Map<String, Object> facts = Machine.facts(work);
        facts.put("at", stamp);
        facts.put("commit", commit());
        facts.put("pairs", pairs);
        facts.put("secondsOfARun", seconds);
        facts.put("faults", faults);
        facts.put("kafkaFaults", kafkaFaults);
        facts.put("warmPages", warmPages);
        facts.put("chronik", "the distribution of this commit, bin/chronik start with its defaults, --http off");
        facts.put(
                "kafka",
                "4.4.0, flags " + KafkaRecipe.FLAGS + ", settings " + new TreeMap<>(KafkaRecipe.SINGLE_NODE)
                        + ", for loads " + new TreeMap<>(KafkaRecipe.STOPPED_BETWEEN_RUNS));
        facts.put(
                "threeNodes",
                "--node-id and --cluster; Kafka: broker and controller in each process, settings "
                        + new TreeMap<>(KafkaRecipe.CLUSTER));
        try (DiskProbe probe = new DiskProbe(work)) {
            facts.put("fsyncMs", probe.fsyncMs());
        }
        return facts;
    }

    private static String commit() {
        return System.getProperty("bench.commit", "unknown");
    }

    /// `more` are settings of Kafka, in both of its ways.
    private static Map<String, Recipe> recipes(Distribution distribution, Map<String, String> more) {
        Map<String, String> fsync = new HashMap<>(more);
        fsync.putAll(KafkaRecipe.FSYNC);
        return Map.of(
                Cases.CHRONIK,
                new ChronikRecipe(distribution.launcher()),
                Cases.KAFKA,
                kafka(Cases.KAFKA, more),
                Cases.KAFKA_FSYNC,
                kafka(Cases.KAFKA_FSYNC, fsync));
    }

    private static Recipe kafka(String name, Map<String, String> settings) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path classPath = Path.of(System.getProperty("bench.kafka.classpath", "missing"));
        return new KafkaRecipe(name, java, classPath, settings);
    }
}
