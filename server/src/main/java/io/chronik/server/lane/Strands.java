package io.chronik.server.lane;

import io.chronik.base.Lane;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes [lanes][Lane], and owns the threads behind them: a few workers (for blocking work at the rim and for strands
/// whose turn was over) and one timer.
///
/// An event that throws has broken its owner's state for all anyone knows: `onFailure` is told the lane's name and the
/// cause, and the node stops.
public final class Strands implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Strands.class);
    private static final int WORKERS = 2;

    private final java.util.concurrent.ExecutorService workers =
            Executors.newFixedThreadPool(WORKERS, named("chronik-worker-"));
    /// A thread only while there is something to do.
    private final ThreadPoolExecutor background = new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named("chronik-background-"));
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("chronik-timer-"));
    private final BiConsumer<String, Throwable> onFailure;

    public Strands(BiConsumer<String, Throwable> onFailure) {
        this.onFailure = onFailure;
        background.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /// `name` appears in error logs.
    public Lane lane(String name) {
        return new Strand(name, this);
    }

    /// For work that may block on the disk. Never interrupted.
    public Executor workers() {
        return workers;
    }

    long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    void continueLater(Runnable turn) {
        try {
            workers.execute(turn);
        } catch (RejectedExecutionException closing) {
            turn.run(); // The node is stopping: what was accepted is still finished, on this thread.
        }
    }

    Lane.Timer schedule(long delayMs, Runnable event) {
        if (timer.isShutdown()) return () -> {};
        Future<?> scheduled = timer.schedule(event, delayMs, TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    }

    /// Runs `task` on the background thread again and again, `pauseMs` after its last end, first after one pause. One
    /// task at a time: it may be heavy.
    public void every(long pauseMs, Runnable task) {
        schedule(
                pauseMs,
                () -> background.execute(() -> {
                    try {
                        task.run();
                    } catch (RuntimeException failure) {
                        LOG.atError().setCause(failure).log("background work failed; it is tried again");
                    }
                    every(pauseMs, task);
                }));
    }

    void onEventFailed(String lane, Throwable failure) {
        onFailure.accept(lane, failure);
    }

    /// Stops timers and lets the workers finish what they have.
    @Override
    public void close() {
        timer.shutdown(); // Not shutdownNow: a timer thread may be draining a lane that does file I/O.
        background.shutdown();
        workers.shutdown();
        try {
            workers.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
