package io.chronik.bench.report;

import io.chronik.bench.cases.Cases;
import io.chronik.bench.load.Measured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What was measured in one go: facts of the machine and, by case and broker, the figures of every run in order.
public final class Results {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Map<String, Object> facts;
    private final Map<String, Double> limits = new LinkedHashMap<>();
    private final Map<String, Map<String, List<Measured>>> runs = new LinkedHashMap<>();

    public Results(Map<String, Object> facts) {
        this.facts = new LinkedHashMap<>(facts);
    }

    public void add(String caseName, String broker, Measured measured) {
        runs.computeIfAbsent(caseName, name -> new LinkedHashMap<>())
                .computeIfAbsent(broker, name -> new ArrayList<>())
                .add(measured);
    }

    public Map<String, Object> facts() {
        return facts;
    }

    /// A fact that is a number; NaN when it is not known.
    double fact(String name) {
        Object value = facts.get(name);
        return value == null ? Double.NaN : Double.parseDouble(value.toString());
    }

    /// One figure of every run, in order; NaN for a run that lacks it.
    public List<Double> values(String caseName, String broker, String metric) {
        return runs.getOrDefault(caseName, Map.of()).getOrDefault(broker, List.of()).stream()
                .map(measured -> measured.get(metric))
                .toList();
    }

    public Map<String, Map<String, List<Measured>>> runs() {
        return Collections.unmodifiableMap(runs);
    }

    /// What the machine itself can do, by the names of [io.chronik.bench.probe.MachineProbe]; empty when it was not
    /// probed.
    public void addLimits(Map<String, Double> limits) {
        this.limits.putAll(limits);
    }

    public Map<String, Double> limits() {
        return Collections.unmodifiableMap(limits);
    }

    public void write(Path file) {
        ObjectNode root = JSON.createObjectNode();
        root.set("facts", JSON.valueToTree(facts));
        root.set("limits", JSON.valueToTree(limits));
        root.set("cases", JSON.valueToTree(casesAsMaps()));
        root.set("ratios", JSON.valueToTree(ratios()));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, JSON.writeValueAsString(root) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, Map<String, List<Map<String, Double>>>> casesAsMaps() {
        Map<String, Map<String, List<Map<String, Double>>>> cases = new LinkedHashMap<>();
        runs.forEach((name, brokers) -> {
            Map<String, List<Map<String, Double>>> byBroker = new LinkedHashMap<>();
            brokers.forEach((broker, measured) -> byBroker.put(
                    broker, measured.stream().map(Measured::figures).toList()));
            cases.put(name, byBroker);
        });
        return cases;
    }

    /// By bar that compares brokers: the ratio of each pair of runs.
    private Map<String, List<Double>> ratios() {
        Map<String, List<Double>> ratios = new TreeMap<>();
        for (Bar bar : Bars.all()) {
            if (!(bar.against() instanceof Bar.Against.Broker(String other))) continue;
            List<Double> pairs = Statistics.ratios(
                            values(bar.caseName(), Cases.CHRONIK, bar.metric()),
                            values(bar.caseName(), other, bar.metric()))
                    .stream()
                    .filter(ratio -> !ratio.isNaN())
                    .toList();
            if (!pairs.isEmpty()) ratios.put(bar.caseName() + " " + bar.metric() + " / " + other, pairs);
        }
        return ratios;
    }

    public static Results read(Path file) {
        try {
            JsonNode root = JSON.readTree(Files.readString(file));
            Map<String, Object> facts = new LinkedHashMap<>();
            root.path("facts")
                    .properties()
                    .forEach(fact -> facts.put(fact.getKey(), fact.getValue().asString()));
            Results results = new Results(facts);
            results.limits.putAll(numbers(root.path("limits")));
            root.path("cases")
                    .properties()
                    .forEach(named -> named.getValue()
                            .properties()
                            .forEach(broker -> ((ArrayNode) broker.getValue())
                                    .forEach(run -> results.add(named.getKey(), broker.getKey(), measured(run)))));
            return results;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Measured measured(JsonNode run) {
        return new Measured(numbers(run));
    }

    private static Map<String, Double> numbers(JsonNode node) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        node.properties()
                .forEach(named -> numbers.put(named.getKey(), named.getValue().asDouble()));
        return numbers;
    }
}
