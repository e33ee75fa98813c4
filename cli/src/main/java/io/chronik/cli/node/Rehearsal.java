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
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A program of its own that the launcher runs once per build and JVM: a node by itself, then a cluster of three that
/// loses one, on free ports, and each command against them, so that the JVM can archive the classes that a start and a
/// fail-over need (`-XX:ArchiveClassesAtExit`). Leaves nothing behind.
final class Rehearsal {
    private static final List<String> SETTINGS =
            List.of("num.partitions=1", "offsets.topic.num.partitions=1", "group.initial.rebalance.delay.ms=0");
    private static final String ANY_PORT = "127.0.0.1:0";
    private static final int NODES = 3;
    private static final long FORMING_SECONDS = 60;

    private final Path directory;

    private Rehearsal(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] args) throws IOException {
        JavaLogging.bridge();
        Path directory = Files.createTempDirectory("chronik-rehearsal");
        try {
            Rehearsal rehearsal = new Rehearsal(directory);
            rehearsal.alone();
            rehearsal.together();
        } finally {
            delete(directory);
        }
        System.exit(0);
    }

    private void alone() throws IOException {
        NodeConfig config = config(
                new StartFlags(directory.resolve("alone"), ANY_PORT, ANY_PORT, ANY_PORT, null, null, null, null));
        try (Node node = Node.start(config, _ -> Runtime.getRuntime().halt(1))) {
            commands(bootstrap(node));
        }
    }

    /// What goes wrong here costs only the classes that are not archived.
    private void together() {
        Queue<Node> nodes = new ConcurrentLinkedQueue<>();
        try {
            List<Integer> ports = freePorts();
            String founders = IntStream.rangeClosed(1, NODES)
                    .mapToObj(id -> id + "@127.0.0.1:" + ports.get(id - 1))
                    .collect(Collectors.joining(","));
            CompletableFuture<?>[] starting = IntStream.rangeClosed(1, NODES)
                    .mapToObj(id -> inThread(() -> nodes.add(start(id, founders, ports.get(id - 1)))))
                    .toArray(CompletableFuture[]::new);
            CompletableFuture.allOf(starting)
                    .orTimeout(FORMING_SECONDS, TimeUnit.SECONDS)
                    .join();
            commands(bootstrap(nodes.element()));
            nodes.remove().close();
            members(bootstrap(nodes.element()));
        } catch (IOException | RuntimeException e) {
            System.err.println("the cluster could not be rehearsed: " + e);
        } finally {
            CompletableFuture.allOf(
                            nodes.stream().map(node -> inThread(node::close)).toArray(CompletableFuture[]::new))
                    .handle((_, failure) -> {
                        if (failure != null) System.err.println("the cluster did not end well: " + failure);
                        return failure;
                    })
                    .join();
        }
    }

    private Node start(int id, String founders, int internalPort) {
        NodeConfig config = config(new StartFlags(
                directory.resolve("node-" + id),
                ANY_PORT,
                "127.0.0.1:" + internalPort,
                ANY_PORT,
                null,
                id,
                founders,
                null));
        return Node.start(config, failure -> System.err.println("node " + id + ": " + failure));
    }

    private static NodeConfig config(StartFlags flags) {
        return new NodeConfigLoader(new KafkaConfigCatalog()).load(null, Map.of(), SETTINGS, flags);
    }

    private static CompletableFuture<Void> inThread(Runnable task) {
        return CompletableFuture.runAsync(
                task, asynchronous -> Thread.ofPlatform().start(asynchronous));
    }

    /// Somebody may take one before a node does: then the cluster does not form.
    private static List<Integer> freePorts() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < NODES; i++) held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) socket.close();
        }
    }

    private static String bootstrap(Node node) {
        return "127.0.0.1:" + node.ports().values().iterator().next();
    }

    /// With one of them gone.
    private void members(String bootstrap) {
        command("produce", "t", "-f", directory.resolve("input").toString(), "-b", bootstrap);
        command("consume", "t", "-g", "g", "-n", "1", "-b", bootstrap);
        command("node", "list", "-b", bootstrap);
        command("cluster", "health", "-b", bootstrap);
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

    /// A node that was late may still write there: what is left is not worth the archive.
    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("left behind: " + e);
        }
    }
}
