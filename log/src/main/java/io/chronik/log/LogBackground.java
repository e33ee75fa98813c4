package io.chronik.log;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A thread of a log directory for what no event may wait for. One does checkpoints, unlinking and closing files that
/// nobody uses; its queue is bounded by the logs: each has a checkpoint and its removed segments in it. Another one
/// syncs the files that the commit journal was about. A thread begins with its first task.
final class LogBackground implements LogThreads.Background {
    private static final Logger LOG = LoggerFactory.getLogger(LogBackground.class);

    private final String name;
    private final ScheduledThreadPoolExecutor thread;

    LogBackground(String name) {
        this.name = name;
        this.thread = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name(name).daemon().factory());
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(() -> run(task));
    }

    @Override
    public void after(long delayMs, Runnable task) {
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

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                LOG.atWarn().addKeyValue("thread", name).log("background work of the log directory goes on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
