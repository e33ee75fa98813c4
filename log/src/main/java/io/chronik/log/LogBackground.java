package io.chronik.log;

import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread of a log directory for what no event may wait for: checkpoints, unlinking, closing files that nobody
/// uses. Its queue is bounded by the logs: each has a checkpoint and its removed segments in it.
final class LogBackground implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(LogBackground.class);

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("log-background").daemon().factory());

    LogBackground() {
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(() -> run(task));
    }

    /// Runs `task` once, unless [#close(Path)] comes first.
    void after(long delayMs, Runnable task) {
        try {
            var _ = thread.schedule(() -> run(task), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            // Nothing is delayed any more.
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("background work of a log directory failed");
        }
    }

    /// Finishes what was asked for, in `directory`'s name.
    void close(Path directory) {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                LOG.atWarn().addKeyValue("directory", directory).log("background work of the log directory goes on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
