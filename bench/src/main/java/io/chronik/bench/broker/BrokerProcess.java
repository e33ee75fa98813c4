package io.chronik.bench.broker;

import io.chronik.bench.load.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One broker with a data directory of its own. It can be paused (SIGSTOP), so that it takes nothing from another that
/// is measured but keeps its compiled code. Ended with the bench, whatever happens.
public final class BrokerProcess implements Brokers {
    private final Recipe recipe;
    private final Path directory;
    private final Seat seat;
    private Process process;
    private long pid;
    private long startedNs;

    private BrokerProcess(Recipe recipe, Path directory, Seat seat) {
        this.recipe = recipe;
        this.directory = directory;
        this.seat = seat;
        this.process = launch(recipe.start(directory, seat));
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /// Starts one in an empty directory below `work`. Returns before it serves.
    public static BrokerProcess start(Recipe recipe, Path work) {
        return start(recipe, work, Seat.alone(freePorts(1).getFirst()));
    }

    /// Starts one node of a cluster.
    static BrokerProcess start(Recipe recipe, Path work, Seat seat) {
        try {
            Files.createDirectories(work);
            Path directory = Files.createTempDirectory(work, recipe.name() + "-");
            for (List<String> step : recipe.prepare(directory, seat)) run(step, directory);
            return new BrokerProcess(recipe, directory, seat);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ports that are free together with the next one each.
    static List<Integer> freePorts(int count) {
        List<Integer> ports = new ArrayList<>();
        for (int port = 21_000; port < 31_000 && ports.size() < count; port += 2) {
            try (ServerSocket first = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                    ServerSocket second = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
                if (second.isBound()) ports.add(first.getLocalPort());
            } catch (IOException taken) {
                // The next one.
            }
        }
        if (ports.size() < count) throw new IllegalStateException("no free ports");
        return ports;
    }

    private static void run(List<String> command, Path directory) throws IOException {
        Process step = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("prepare.out").toFile()))
                .start();
        if (await(step) != 0) throw new IOException("failed, see " + directory.resolve("prepare.out"));
    }

    private Process launch(List<String> command) {
        startedNs = System.nanoTime();
        List<String> inNamespace = new ArrayList<>(seat.namespace());
        inNamespace.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(inNamespace)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(recipe.environment());
        try {
            Process launched = builder.start();
            pid = launched.pid();
            return launched;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String name() {
        return recipe.name();
    }

    public String bootstrap() {
        return seat.address();
    }

    public long pid() {
        return pid;
    }

    public Path directory() {
        return directory;
    }

    /// What it prints.
    public Path log() {
        return directory.resolve("broker.out");
    }

    public List<String> printed() {
        try {
            return Files.readAllLines(log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ProcessFigures figures() {
        return ProcessFigures.of(pid);
    }

    /// When it was launched, on [System#nanoTime()]'s clock.
    public long startedNs() {
        return startedNs;
    }

    @Override
    public Target target() {
        return new Target(bootstrap(), List.of(pid));
    }

    @Override
    public long sizeBytes() {
        return Directories.sizeBytes(directory);
    }

    @Override
    public void pause() {
        signal("STOP");
    }

    @Override
    public void resume() {
        signal("CONT");
    }

    /// Kills it the hard way and waits until it is gone.
    public void kill() {
        process.destroyForcibly();
        await(process);
    }

    /// Asks it to stop and waits; returns how long that took, in seconds.
    public double stop() {
        long beginNs = System.nanoTime();
        process.destroy();
        await(process);
        return (System.nanoTime() - beginNs) / 1e9;
    }

    /// Again, on the same directory and port; it is not running.
    public void restart() {
        process = launch(recipe.start(directory, seat));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    private void signal(String signal) {
        if (!process.isAlive()) throw new IllegalStateException(name() + " ended by itself: " + epitaph());
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start();
            if (await(kill) != 0) throw new IllegalStateException("kill -" + signal + " " + pid);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Exit code and last words of a process that is gone.
    private String epitaph() {
        try {
            List<String> lines = Files.readAllLines(log());
            List<String> last = lines.subList(Math.max(0, lines.size() - 20), lines.size());
            return "exit code " + process.exitValue() + "\n  " + String.join("\n  ", last);
        } catch (IOException e) {
            return "exit code " + process.exitValue() + ", " + e;
        }
    }

    private static int await(Process process) {
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES)) throw new IllegalStateException("does not end: " + process);
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Kills it and removes its directory; what it printed is kept in `logs` beside it. Idempotent; the bench's end may
    /// call it while it is called.
    @Override
    public synchronized void close() {
        process.destroyForcibly();
        await(process);
        if (Files.exists(log())) {
            try {
                Path logs = Files.createDirectories(directory.resolveSibling("logs"));
                Files.move(log(), logs.resolve(directory.getFileName() + "-node" + seat.id() + ".log"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Directories.delete(directory);
    }
}
