package io.chronik.server.net;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts connections, in all and per address. Any thread.
final class ConnectionLimits {
    private final int max;
    private final int maxPerIp;
    private final AtomicInteger total = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> perIp = new ConcurrentHashMap<>();
    private volatile boolean admits = true;

    ConnectionLimits(NetSettings settings) {
        this.max = settings.maxConnections();
        this.maxPerIp = settings.maxConnectionsPerIp();
    }

    /// Whether anybody may connect at all.
    boolean admits() {
        return admits;
    }

    void admit(boolean anybody) {
        admits = anybody;
    }

    /// True: counted until [#release].
    boolean tryAcquire(InetAddress peer) {
        if (total.incrementAndGet() > max) {
            total.decrementAndGet();
            return false;
        }
        if (perIp.merge(peer, 1, Integer::sum) > maxPerIp) {
            release(peer);
            return false;
        }
        return true;
    }

    void release(InetAddress peer) {
        perIp.computeIfPresent(peer, (_, count) -> count == 1 ? null : count - 1);
        if (total.decrementAndGet() == 0) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /// Waits until there are none, at most `boundMs`.
    synchronized void awaitNone(long boundMs) throws InterruptedException {
        long deadlineNs = System.nanoTime() + boundMs * 1_000_000L;
        for (long restMs = boundMs; total.get() > 0 && restMs > 0; ) {
            wait(restMs);
            restMs = (deadlineNs - System.nanoTime()) / 1_000_000L;
        }
    }

    int total() {
        return total.get();
    }
}
