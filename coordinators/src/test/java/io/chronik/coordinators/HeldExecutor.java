package io.chronik.coordinators;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// A thread that a test can keep from beginning its next task.
final class HeldExecutor extends ThreadPoolExecutor {
    private final Semaphore mayRun = new Semaphore(1);

    HeldExecutor() {
        super(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                work -> Thread.ofPlatform().daemon().name("held").unstarted(work));
    }

    @Override
    protected void beforeExecute(Thread thread, Runnable task) {
        mayRun.acquireUninterruptibly();
    }

    @Override
    protected void afterExecute(Runnable task, Throwable failure) {
        mayRun.release();
    }

    void hold() {
        mayRun.acquireUninterruptibly();
    }

    void release() {
        mayRun.release();
    }
}
