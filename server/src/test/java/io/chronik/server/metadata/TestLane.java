package io.chronik.server.metadata;

import io.chronik.base.Lane;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// A lane on a thread of its own.
final class TestLane implements Lane, AutoCloseable {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("test-lane").factory());

    @Override
    public void execute(Runnable event) {
        thread.execute(event);
    }

    @Override
    public Timer after(long delayMs, Runnable event) {
        ScheduledFuture<?> scheduled = thread.schedule(event, delayMs, TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override
    public long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
