package io.chronik.it.crash;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A client at work in a thread of its own, through all crashes of the node, until it is told to stop.
abstract class Load implements AutoCloseable {
    private static final long BACKOFF_NS = 5_000_000;

    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final String name;
    private @Nullable Thread thread;

    Load(String name) {
        this.name = name;
    }

    final Load start() {
        thread = Thread.ofPlatform().name(name).start(() -> {
            try {
                work();
            } catch (RuntimeException | AssertionError e) {
                failure.set(e);
            }
        });
        return this;
    }

    /// Runs until [#isRunning] says no.
    abstract void work();

    final boolean isRunning() {
        return running.get();
    }

    final String name() {
        return name;
    }

    /// The node is away: another attempt soon.
    static void backOff() {
        LockSupport.parkNanos(BACKOFF_NS);
    }

    /// What ended the work before its time.
    final @Nullable Throwable failure() {
        return failure.get();
    }

    final void stop() {
        running.set(false);
    }

    @Override
    public void close() {
        stop();
        try {
            if (thread != null) {
                thread.join(120_000);
                if (thread.isAlive()) {
                    failure.compareAndSet(null, new AssertionError(name + " does not end"));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
