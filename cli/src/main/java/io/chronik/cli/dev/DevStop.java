package io.chronik.cli.dev;

import io.chronik.cli.output.Failure;
import io.chronik.cli.output.HelpOption;
import io.chronik.cli.output.Output;
import io.chronik.cli.output.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `chronik dev stop`: all nodes at once; their data stays for the next `dev cluster`.
@Command(
        name = "stop",
        description = "Stop the nodes that `chronik dev cluster` has started.",
        footer = {
            "",
            "Examples:",
            "  chronik dev stop",
            "  chronik dev stop --dir /tmp/trial --delete",
        })
final class DevStop implements Callable<Integer> {
    private static final long PATIENCE_SECONDS = 30;
    private static final long POLL_MS = 20;

    private record Stopped(int id, String status) {}

    @Mixin
    private final Output output = new Output();

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private final HelpOption help = new HelpOption();

    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            defaultValue = "chronik-dev",
            description = "The directory of the cluster (default: ./${DEFAULT-VALUE}).")
    private Path directory = Path.of("chronik-dev");

    @Option(names = "--kill", description = "Do not let them stop cleanly: kill -9.")
    private boolean kill;

    @Option(names = "--delete", description = "Delete the directory of each node afterwards, and cluster.json.")
    private boolean delete;

    @Override
    public Integer call() {
        Path home = directory.toAbsolutePath().normalize();
        DevFile file = DevFile.read(home)
                .orElseThrow(() -> new Failure("there is no " + directory.resolve(DevFile.NAME)
                        + "; name the directory of the cluster with --dir"));
        Map<Integer, ProcessHandle> running = new TreeMap<>();
        file.nodes().forEach(node -> node.process().ifPresent(process -> running.put(node.id(), process)));
        running.values().forEach(this::end);
        List<Stopped> stopped = new ArrayList<>();
        for (DevNode node : file.nodes()) {
            ProcessHandle process = running.get(node.id());
            stopped.add(new Stopped(node.id(), process == null ? "was not running" : await(node, process)));
        }
        new DevFile(file.founders(), file.nodes().stream().map(DevNode::stopped).toList()).write(home);
        if (delete) {
            delete(home, file);
        }
        output.show(stopped, out -> {
            Table table = new Table("NODE", "STATUS");
            stopped.forEach(node -> table.row(node.id, node.status));
            table.print(out);
        });
        return 0;
    }

    private void end(ProcessHandle process) {
        boolean _ = kill ? process.destroyForcibly() : process.destroy();
    }

    /// Not by `onExit`: that waits for somebody to ask about the process, too.
    private String await(DevNode node, ProcessHandle process) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try {
            while (node.process().isPresent()) {
                if (System.nanoTime() > deadlineNs) {
                    boolean _ = process.destroyForcibly();
                    return "killed after " + PATIENCE_SECONDS + " s";
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            }
            return kill ? "killed" : "stopped";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }

    /// Only what `dev cluster` has made.
    private static void delete(Path home, DevFile file) {
        try {
            for (DevNode node : file.nodes()) {
                deleteTree(Path.of(node.directory()));
            }
            Files.deleteIfExists(home.resolve(DevFile.NAME));
            try (Stream<Path> rest = Files.list(home)) {
                if (rest.findAny().isPresent()) {
                    return;
                }
            }
            Files.delete(home);
        } catch (IOException e) {
            throw new Failure("cannot delete all of " + home + ": " + e.getMessage(), e);
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(tree)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
