package io.chronik.coordinators;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// A daemon thread that exists only while there is work: loads and metadata changes are rare, and may block.
final class SingleThread {
    private static final long IDLE_S = 5;

    private SingleThread() {}

    static ThreadPoolExecutor named(String name) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1,
                1,
                IDLE_S,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                work -> Thread.ofPlatform().daemon().name(name).unstarted(work));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
