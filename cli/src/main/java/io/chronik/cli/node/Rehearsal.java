package io.chronik.cli.node;

import io.chronik.cli.Chronik;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.server.Node;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.config.NodeConfigLoader;
import io.chronik.server.config.StartFlags;
import io.chronik.server.logging.JavaLogging;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A program of its own that the launcher runs once per build and JVM: a node on a free port and each command against
/// it, so that the JVM can archive the classes that a start needs (`-XX:ArchiveClassesAtExit`). Leaves nothing behind.
final class Rehearsal {
    private static final List<String> SETTINGS =
            List.of("num.partitions=1", "offsets.topic.num.partitions=1", "group.initial.rebalance.delay.ms=0");

    private final Path directory;

    private Rehearsal(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] args) throws IOException {
        Path directory = Files.createTempDirectory("chronik-rehearsal");
        try {
            new Rehearsal(directory).run();
        } finally {
            delete(directory);
        }
        System.exit(0);
    }

    private void run() throws IOException {
        JavaLogging.bridge();
        StartFlags flags = new StartFlags(
                directory.resolve("data"), "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0", null, null, null, null);
        NodeConfig config = new NodeConfigLoader(new KafkaConfigCatalog()).load(null, Map.of(), SETTINGS, flags);
        try (Node node = Node.start(config, _ -> Runtime.getRuntime().halt(1))) {
            commands("127.0.0.1:" + node.ports().values().iterator().next());
        }
    }

    private void commands(String bootstrap) throws IOException {
        Path input = Files.writeString(directory.resolve("input"), "k:v\nk:w\n");
        command("--help");
        command("start", "--help");
        command("version");
        command("topic", "create", "t", "-p", "1", "-b", bootstrap);
        command("produce", "t", "-K", ":", "-f", input.toString(), "-b", bootstrap);
        command("topic", "list", "-b", bootstrap, "-o", "json");
        command("topic", "describe", "t", "-b", bootstrap);
        command("consume", "t", "-e", "-b", bootstrap);
        command("consume", "t", "-g", "g", "-n", "1", "-b", bootstrap);
        command("group", "list", "-b", bootstrap);
        command("group", "describe", "g", "-b", bootstrap);
        command("cluster", "status", "-b", bootstrap);
        command("health", "-b", bootstrap);
    }

    private static void command(String... args) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        Chronik.commandLine(args).setOut(nowhere).setErr(nowhere).execute(args);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
