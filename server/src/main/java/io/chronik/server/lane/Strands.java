package io.chronik.server.lane;

import io.chronik.base.Lane;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/// Makes [lanes][Lane], and owns the threads behind them: a few workers (for blocking work at the rim and for strands
/// whose turn was over) and one timer.
///
/// An event that throws has broken its owner's state for all anyone knows: `onFailure` is told the lane's name and the
/// cause, and the node stops.
public final class Strands implements AutoCloseable {
    private static final int WORKERS = 2;

    private final java.util.concurrent.ExecutorService workers =
            Executors.newFixedThreadPool(WORKERS, named("chronik-worker-"));
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("chronik-timer-"));
    private final BiConsumer<String, Throwable> onFailure;

    public Strands(BiConsumer<String, Throwable> onFailure) {
        this.onFailure = onFailure;
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

    /// Runs `task` on a worker every `periodMs`, the first time after one period.
    public void every(long periodMs, Runnable task) {
        schedule(periodMs, () -> {
            continueLater(task);
            every(periodMs, task);
        });
    }

    void onEventFailed(String lane, Throwable failure) {
        onFailure.accept(lane, failure);
    }

    /// Stops timers and lets the workers finish what they have.
    @Override
    public void close() {
        timer.shutdown(); // Not shutdownNow: a timer thread may be draining a lane that does file I/O.
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
