package io.chronik.server.sentinel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's side of its [Sentinel]: starts it, answers its questions, logs what it tells, and starts it again when it
/// ends. A thread of its own does all that and waits for nobody else: whatever becomes of the sentinel, the node goes
/// on.
///
/// An answer says that threads of this process run. Nothing else is asked of them: a node that runs and is cut off or
/// slow ends its clients' connections itself (ADR 0031).
public final class SentinelProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SentinelProcess.class);
    private static final long END_MS = 1_000;

    private final long limitMs;
    private final List<Integer> ports;
    private final SentinelMeter meter;
    private final Restarts restarts = new Restarts();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch listening = new CountDownLatch(1);
    /// Counted down when a sentinel watches, and when none is going to.
    private final CountDownLatch settled = new CountDownLatch(1);
    private boolean isClosed;
    private @Nullable Thread thread;
    private @Nullable Process process;

    /// `limitMs` is how long the process may stand still; `ports` are those of its clients.
    public SentinelProcess(long limitMs, Collection<Integer> ports, SentinelMeter meter) {
        this.limitMs = limitMs;
        this.ports = List.copyOf(ports);
        this.meter = meter;
    }

    /// Returns at once. Idempotent. The sentinel's JVM comes up; it watches from [#onListening] on.
    public synchronized void start() {
        if (isClosed || thread != null || ports.isEmpty() || !SentinelLaunch.isPossible()) return;
        thread = Thread.ofPlatform().name("chronik-sentinel").daemon().start(this::run);
    }

    /// The ports are bound: there is something to watch. Idempotent.
    public void onListening() {
        listening.countDown();
    }

    /// Waits until a sentinel watches, or none is going to, at most `boundMs`; not at all when none was started.
    public void awaitWatched(long boundMs) throws InterruptedException {
        synchronized (this) {
            if (thread == null) return;
        }
        if (!settled.await(boundMs, TimeUnit.MILLISECONDS))
            LOG.atWarn().addKeyValue("waitedMs", boundMs).log("the sentinel is late; this node goes on meanwhile");
    }

    private void run() {
        try {
            keepOne();
        } finally {
            settled.countDown();
        }
    }

    private void keepOne() {
        try {
            while (true) {
                long startedNs = System.nanoTime();
                End end = attend();
                meter.onWatched(false);
                if (end.forbidden || isClosed()) return;
                OptionalLong pauseMs = restarts.pauseMs((System.nanoTime() - startedNs) / 1_000_000);
                if (pauseMs.isEmpty()) {
                    LOG.atWarn()
                            .addKeyValue("said", end.said)
                            .log("the sentinel has ended too often; this node goes on without one");
                    return;
                }
                // A signal to all processes ends the sentinel before the node has heard of its own end.
                if (closed.await(pauseMs.getAsLong(), TimeUnit.MILLISECONDS)) return;
                LOG.atWarn().addKeyValue("said", end.said).log("the sentinel has ended; it is started again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | LinkageError e) {
            LOG.atWarn().setCause(e).log("no sentinel; this node goes on without one");
        }
    }

    /// `said` is the last line that is not of the protocol: an error of the JVM, mostly.
    private record End(boolean forbidden, String said) {}

    /// One life of a sentinel.
    private End attend() throws InterruptedException {
        Process started = null;
        String said = "";
        try {
            started = SentinelLaunch.start(ProcessHandle.current().pid(), limitMs, ports);
            if (!take(started)) return new End(false, said);
            TraceRight.give(started.pid());
            OutputStream answers = started.getOutputStream();
            BufferedReader lines = started.inputReader(StandardCharsets.UTF_8);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(Sentinel.QUESTION)) {
                    listening.await();
                    // At most one is on its way: this does not wait for the sentinel to read.
                    answers.write(Sentinel.ANSWER);
                    answers.flush();
                } else if (line.equals(Sentinel.WATCHING)) {
                    onWatching(started.pid());
                } else if (line.startsWith(Sentinel.SILENT)) {
                    onStoodStill(line.substring(Sentinel.SILENT.length()).split(" ", -1));
                } else if (line.startsWith(Sentinel.FORBIDDEN)) {
                    onForbidden(line.substring(Sentinel.FORBIDDEN.length()));
                    return new End(true, line);
                } else {
                    said = line;
                }
            }
            return new End(false, said);
        } catch (IOException e) {
            return new End(false, said.isEmpty() ? String.valueOf(e.getMessage()) : said);
        } finally {
            if (started != null) started.destroyForcibly();
        }
    }

    private void onWatching(long pid) {
        meter.onWatched(true);
        settled.countDown();
        LOG.atInfo().addKeyValue("pid", pid).addKeyValue("limitMs", limitMs).log("a sentinel watches this process");
    }

    private void onStoodStill(String[] told) {
        long silentMs = Long.parseLong(told[0]);
        long connections = Long.parseLong(told[1]);
        meter.onStoodStill(silentMs, connections);
        LOG.atWarn()
                .addKeyValue("silentMs", silentMs)
                .addKeyValue("connections", connections)
                .log("this process stood still; its sentinel has ended its clients' connections");
    }

    private static void onForbidden(String reason) {
        LOG.atWarn()
                .addKeyValue("cause", reason)
                .log("the sentinel may not end this process's connections; when it stands still, clients wait");
    }

    private synchronized boolean take(Process started) {
        process = started;
        return !isClosed;
    }

    private synchronized boolean isClosed() {
        return isClosed;
    }

    /// Ends the sentinel, and waits a moment until the thread has seen it.
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            isClosed = true;
            closed.countDown();
            listening.countDown();
            if (process != null) process.destroyForcibly();
            running = thread;
        }
        if (running == null) return;
        try {
            running.join(END_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
