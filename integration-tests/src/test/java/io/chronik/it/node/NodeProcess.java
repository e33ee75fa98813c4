package io.chronik.it.node;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One node as a process of its own, on free ports and a directory of its own; can be ended in every way and started
/// again on the same data and ports. Everything that it printed, over all its lives, is in [#logFile].
///
/// Not thread-safe, except for the observing methods.
public final class NodeProcess implements Node, AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private final Path directory;
    private final int port = Ports.free(3);
    private String host = Node.HOST;
    private List<String> arguments = List.of();
    private List<String> prefix = List.of();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> jvmArguments = new ArrayList<>();
    private @Nullable Path launcher;
    private volatile @Nullable Process process;
    private @Nullable Thread reader;

    private NodeProcess(Path directory) {
        this.directory = directory;
    }

    /// A node that will live in `directory`; nothing is started yet.
    public static NodeProcess in(Path directory) {
        return new NodeProcess(directory);
    }

    /// A `--set key=value` of every start from now on.
    public NodeProcess set(String key, String value) {
        settings.put(key, value);
        return this;
    }

    public NodeProcess environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public NodeProcess jvm(String argument) {
        jvmArguments.add(argument);
        return this;
    }

    /// The address that it listens on, instead of loopback's.
    public NodeProcess host(String address) {
        host = address;
        return this;
    }

    /// More flags of `chronik start` for every start from now on, instead of those before.
    public NodeProcess arguments(String... flags) {
        arguments = List.of(flags);
        return this;
    }

    /// What the command is an argument of, such as `ip netns exec NAME`; it must become the node by exec.
    public NodeProcess inside(List<String> command) {
        prefix = List.copyOf(command);
        return this;
    }

    /// This `bin/chronik` starts it, whatever runs the other nodes; without arguments for the JVM.
    public NodeProcess launcher(Path script) {
        launcher = script;
        return this;
    }

    /// The `chronik` command up to its first argument, for what is not a node that runs.
    public static List<String> chronik() {
        return Launch.chronikCommand(List.of());
    }

    /// Starts it and returns when it has said that it serves.
    public NodeProcess start() {
        CompletableFuture<Boolean> ready = launch();
        try {
            if (!ready.get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the node ended before it was ready:\n" + tail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            kill();
            throw new IllegalStateException("the node was not ready in " + START_TIMEOUT + ":\n" + tail(), e);
        }
        return this;
    }

    /// Starts it without waiting. The future says true when it serves, false when it ended before.
    public CompletableFuture<Boolean> launch() {
        Path script = launcher;
        Launch.Place place = new Launch.Place(host, port, arguments);
        Launch launch = script == null
                ? Launch.of(place, directory, settings, jvmArguments)
                : Launch.chronik(List.of(script.toString()), place, directory, settings);
        List<String> command = new ArrayList<>(prefix);
        command.addAll(launch.command());
        try {
            Files.createDirectories(directory);
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.directory(directory.toFile());
            builder.environment().putAll(environment);
            Process started = builder.start();
            process = started;
            CompletableFuture<Boolean> ready = new CompletableFuture<>();
            reader = Thread.ofPlatform()
                    .name("node-output-" + started.pid())
                    .daemon()
                    .start(() -> copyOutput(started, launch.readyText(), ready));
            return ready;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copyOutput(Process started, String readyText, CompletableFuture<Boolean> ready) {
        try (BufferedReader lines = started.inputReader(StandardCharsets.UTF_8);
                BufferedWriter log =
                        Files.newBufferedWriter(logFile(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.write(line);
                log.newLine();
                log.flush();
                if (line.contains(readyText)) {
                    ready.complete(true);
                }
            }
        } catch (IOException e) {
            // The pipe of a killed process may break in the middle of a line; what it said before is kept.
        } finally {
            ready.complete(false);
        }
    }

    /// kill -9, and waits until it is gone.
    public void kill() {
        end(Process::destroyForcibly);
    }

    /// SIGSTOP: it stands still and keeps its connections.
    public void suspend() {
        signal("STOP");
    }

    /// SIGCONT.
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        Command.run(Duration.ofSeconds(10), List.of("kill", "-" + name, Long.toString(pid())))
                .expectSuccess();
    }

    /// SIGTERM; returns the exit code.
    public int terminate() {
        return end(Process::destroy);
    }

    /// Waits until it has ended by itself; returns the exit code.
    public int awaitExit(Duration limit) {
        Process running = running();
        try {
            if (!running.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the node still runs after " + limit + ":\n" + tail());
            }
            if (reader != null) {
                reader.join(5_000);
            }
            return running.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private int end(java.util.function.Consumer<Process> how) {
        how.accept(running());
        return awaitExit(STOP_TIMEOUT);
    }

    public boolean isAlive() {
        Process now = process;
        return now != null && now.isAlive();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String bootstrap() {
        return new Launch.Place(host, port, List.of()).address(0);
    }

    public String host() {
        return host;
    }

    /// host:port that other nodes connect to.
    public String internalAddress() {
        return new Launch.Place(host, port, List.of()).address(1);
    }

    /// host:port of metrics and health.
    public String httpAddress() {
        return new Launch.Place(host, port, List.of()).address(2);
    }

    public int httpPort() {
        return port + 2;
    }

    @Override
    public boolean isChronik() {
        return System.getProperty("it.kafka") == null;
    }

    public long pid() {
        return running().pid();
    }

    public Path directory() {
        return directory;
    }

    public Path dataDir() {
        return directory.resolve("data");
    }

    public Path logFile() {
        return directory.resolve("node.log");
    }

    public List<String> logLines() {
        try {
            return Files.exists(logFile()) ? Files.readAllLines(logFile()) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The last lines of what it printed, for a failure message.
    public String tail() {
        List<String> lines = logLines();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    /// User and system time that this life of the process has used.
    public double cpuSeconds() {
        return ProcFs.cpuSeconds(pid());
    }

    public long residentBytes() {
        return ProcFs.residentBytes(pid());
    }

    private Process running() {
        Process now = process;
        if (now == null) {
            throw new IllegalStateException("the node has not been started");
        }
        return now;
    }

    /// Ends it the hard way if it still runs; the data stays.
    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }
}
