package io.chronik.bench.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Apache Kafka, each node with broker and controller in one process (KRaft), with the heap and the collector of its
/// own
/// start script, on the same Java as Chronik. `settings` are added to its defaults.
public record KafkaRecipe(String name, Path java, Path classPathFile, Map<String, String> settings) implements Recipe {
    /// Kafka's `kafka-run-class.sh` and `kafka-server-start.sh`.
    public static final List<String> FLAGS = List.of(
            "-Xms1g",
            "-Xmx1g",
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Djava.awt.headless=true");

    /// A single node cannot hold three replicas.
    public static final Map<String, String> SINGLE_NODE = Map.of(
            "offsets.topic.replication.factor", "1",
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "group.initial.rebalance.delay.ms", "0");

    /// Three nodes have Kafka's own defaults.
    public static final Map<String, String> CLUSTER = Map.of("group.initial.rebalance.delay.ms", "0");

    /// A node that is stopped between two runs must not be fenced for it; and what a run leaves is deleted before
    /// the next one, not a minute later in the middle of some other. Not for a node that is killed: with such a
    /// session its next start would be taken for a second node of the same number.
    public static final Map<String, String> STOPPED_BETWEEN_RUNS =
            Map.of("broker.session.timeout.ms", "3600000", "log.segment.delete.delay.ms", "1000");

    /// Syncs before it acknowledges.
    public static final Map<String, String> FSYNC = Map.of("log.flush.interval.messages", "1");

    private static final String CLUSTER_ID = "Q2hyb25pa0JlbmNoUGVlcg";

    public KafkaRecipe {
        settings = Map.copyOf(settings);
    }

    @Override
    public List<List<String>> prepare(Path directory, Seat seat) {
        Path properties = directory.resolve("server.properties");
        try {
            Files.createDirectories(directory);
            Files.writeString(properties, properties(directory, seat));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of(command(
                List.of("-Xmx256m"),
                "kafka.tools.StorageTool",
                "format",
                "--ignore-formatted",
                "-t",
                CLUSTER_ID,
                "-c",
                properties.toString()));
    }

    private String properties(Path directory, Seat seat) {
        Map<String, String> own = Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                Integer.toString(seat.id()),
                "controller.quorum.voters",
                seat.members(),
                "listeners",
                "PLAINTEXT://" + seat.address() + ",CONTROLLER://" + seat.internalAddress(),
                "advertised.listeners",
                "PLAINTEXT://" + seat.address(),
                "controller.listener.names",
                "CONTROLLER",
                "log.dirs",
                directory.resolve("data").toString());
        return Stream.of(own, seat.isAlone() ? SINGLE_NODE : CLUSTER, settings)
                .flatMap(map -> map.entrySet().stream())
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .sorted()
                .collect(Collectors.joining());
    }

    @Override
    public List<String> start(Path directory, Seat seat) {
        return command(
                FLAGS, "kafka.Kafka", directory.resolve("server.properties").toString());
    }

    private List<String> command(List<String> flags, String... mainAndArguments) {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(flags);
        try {
            command.addAll(List.of("-cp", Files.readString(classPathFile).strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        command.addAll(List.of(mainAndArguments));
        return command;
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public Recipe with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(more);
        return new KafkaRecipe(name, java, classPathFile, all);
    }
}
