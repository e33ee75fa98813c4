package io.chronik.cli.dev;

import io.chronik.cli.output.Failure;
import io.chronik.cli.output.HelpOption;
import io.chronik.cli.output.Output;
import io.chronik.cli.output.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `chronik dev cluster`: starts the nodes in the background and returns when they serve.
@Command(
        name = "cluster",
        description = "Start a cluster of N nodes in the background, each a process of its own, and wait until it"
                + " serves. Again in the same directory: starts what is stopped, and more nodes join.",
        footer = {
            "",
            "Examples:",
            "  chronik dev cluster 3",
            "  chronik dev cluster 3 --dir /tmp/trial --any-port -o json",
            "  chronik dev cluster 5 --set num.partitions=12",
            "  chronik dev stop",
        })
final class DevCluster implements Callable<Integer> {
    private static final int MOST = 50;
    private static final long POLL_MS = 50;
    private static final String READY = "Chronik is ready";

    /// What is printed: `status` is `started` for a node that this command has started, else `running`.
    private record Line(int id, String status, long pid, String kafka, String internal, String http, String data) {}

    /// A node that was just started, and how long its log was before.
    private record Starting(DevNode node, Process process, long logged) {}

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final Output output = new Output();

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private final HelpOption help = new HelpOption();

    @Parameters(paramLabel = "N", arity = "0..1", defaultValue = "3", description = "How many nodes (default: 3).")
    private int count;

    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            defaultValue = "chronik-dev",
            description = "Where the nodes' data, logs and cluster.json are (default: ./${DEFAULT-VALUE}).")
    private Path directory = Path.of("chronik-dev");

    @Option(
            names = "--any-port",
            description = "Take any free ports, instead of 9092, 9192, ... for clients; kept for later starts.")
    private boolean anyPort;

    @Option(
            names = {"-s", "--set"},
            paramLabel = "KEY=VALUE",
            description = "A setting by Kafka's name for all nodes; can be repeated.")
    private List<String> sets = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long the nodes may take to serve (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    @Override
    public Integer call() {
        if (count < 1 || count > MOST) {
            throw new ParameterException(spec.commandLine(), count + " nodes? say a number from 1 to " + MOST);
        }
        Path home = directory.toAbsolutePath().normalize();
        DevFile before = DevFile.read(home).orElse(new DevFile(count, List.of()));
        if (before.nodes().size() > count) {
            throw new Failure(
                    "the cluster in " + directory + " has " + before.nodes().size()
                            + " nodes; start all of them, or take one out with `chronik node remove`, or use another --dir");
        }
        DevFile planned = new DevFile(before.founders(), nodes(home, before.nodes()));
        DevFile started = start(home, planned);
        List<Line> lines =
                started.nodes().stream().map(node -> line(node, before)).toList();
        output.show(lines, out -> {
            Table table = new Table("NODE", "STATUS", "PID", "KAFKA", "INTERNAL", "HTTP", "DATA");
            lines.forEach(
                    line -> table.row(line.id, line.status, line.pid, line.kafka, line.internal, line.http, line.data));
            table.print(out);
            out.println();
            out.println("export CHRONIK_BOOTSTRAP=" + started.bootstrap());
        });
        return 0;
    }

    private static Line line(DevNode node, DevFile before) {
        boolean ranBefore = before.running().stream().anyMatch(other -> other.id() == node.id());
        return new Line(
                node.id(),
                ranBefore ? "running" : "started",
                node.pid(),
                node.kafka(),
                node.internal(),
                node.http(),
                node.data().toString());
    }

    /// Those that there are, and new ones behind them.
    private List<DevNode> nodes(Path home, List<DevNode> known) {
        List<DevNode> nodes = new ArrayList<>(known);
        List<DevPorts> taken = new ArrayList<>();
        while (nodes.size() < count) {
            int id = nodes.stream().mapToInt(DevNode::id).max().orElse(0) + 1;
            DevPorts ports = anyPort ? DevPorts.any(taken) : DevPorts.free(id);
            taken.add(ports);
            nodes.add(new DevNode(
                    id,
                    "127.0.0.1:" + ports.kafka(),
                    "127.0.0.1:" + ports.internal(),
                    "127.0.0.1:" + ports.http(),
                    home.resolve("node-" + id).toString(),
                    0,
                    0));
        }
        return nodes;
    }

    private DevFile start(Path home, DevFile planned) {
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new Failure("cannot make " + home + ": " + e.getMessage(), e);
        }
        DevLaunch launch = new DevLaunch(System.getenv(), sets);
        List<DevNode> nodes = new ArrayList<>();
        List<Starting> starting = new ArrayList<>();
        for (DevNode node : planned.nodes()) {
            if (node.process().isPresent()) {
                nodes.add(node);
                continue;
            }
            long logged = sizeOf(node.log());
            Process process = launch.start(node, place(node, planned));
            DevNode started = node.started(process.toHandle());
            nodes.add(started);
            starting.add(new Starting(started, process, logged));
        }
        DevFile file = new DevFile(planned.founders(), nodes);
        file.write(home);
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
        starting.forEach(one -> awaitReady(one, deadlineNs));
        return file;
    }

    /// The first nodes form the cluster together; one that comes later joins them.
    private static List<String> place(DevNode node, DevFile planned) {
        List<DevNode> founders = planned.nodes()
                .subList(0, Math.min(planned.founders(), planned.nodes().size()));
        boolean founds = founders.stream().anyMatch(founder -> founder.id() == node.id());
        return founds
                ? List.of("--cluster", founders.stream().map(DevNode::member).collect(Collectors.joining(",")))
                : List.of("--join", founders.stream().map(DevNode::internal).collect(Collectors.joining(",")));
    }

    private static long sizeOf(Path log) {
        try {
            return Files.exists(log) ? Files.size(log) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static void awaitReady(Starting starting, long deadlineNs) {
        while (!said(starting)) {
            if (!starting.process.isAlive()) {
                throw new Failure("node " + starting.node.id() + " ended; its log " + starting.node.log()
                        + " ends with: " + lastLine(starting.node.log()));
            }
            if (System.nanoTime() > deadlineNs) {
                throw new Failure("node " + starting.node.id() + " does not serve yet; see " + starting.node.log()
                        + ", or end all with `chronik dev stop`");
            }
            pause();
        }
    }

    private static boolean said(Starting starting) {
        try {
            byte[] bytes = Files.readAllBytes(starting.node.log());
            int from = (int) Math.min(bytes.length, starting.logged);
            return new String(bytes, from, bytes.length - from, java.nio.charset.StandardCharsets.UTF_8)
                    .contains(READY);
        } catch (IOException e) {
            return false;
        }
    }

    private static String lastLine(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.isEmpty() ? "nothing" : lines.getLast();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }
}
