package io.chronik.coordinators;

import io.chronik.base.Lane;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/// A lane in the place of a thread. Not thread-safe.
final class LaneExecutor extends AbstractExecutorService {
    private final Lane lane;
    private boolean shutDown;

    LaneExecutor(Lane lane) {
        this.lane = lane;
    }

    @Override
    public void execute(Runnable task) {
        if (shutDown) throw new RejectedExecutionException("shut down");
        lane.execute(task);
    }

    @Override
    public void shutdown() {
        shutDown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutDown = true;
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shutDown;
    }

    @Override
    public boolean isTerminated() {
        return shutDown;
    }

    /// Nothing is waited for: there is no other thread that could end it.
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }
}
