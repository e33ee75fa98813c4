package io.chronik.server.net;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// The memory that request frames of all connections share. A grant is given while less than the limit is used, so the
/// limit is exceeded by at most one frame per event loop.
///
/// Unfinished frames could hold all of it and wait for each other. So when it is used up one frame, the *finisher*, may
/// go on without limit until it is released: somebody always makes progress, and at most one frame is on top.
final class MemoryBudget {
    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicBoolean finisherTaken = new AtomicBoolean();
    /// Bounded by the number of connections: each waits at most once.
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    Grant newGrant() {
        return new Grant();
    }

    long usedBytes() {
        return usedBytes.get();
    }

    /// Runs `retry` when it is worth asking again.
    void await(Runnable retry) {
        waiting.add(retry);
        if (hasRoom()) wakeOne();
    }

    /// Whoever was woken passes the turn on, used or not.
    void passOn() {
        if (hasRoom()) wakeOne();
    }

    private boolean hasRoom() {
        return usedBytes.get() < limitBytes || !finisherTaken.get();
    }

    private void wakeOne() {
        Runnable next = waiting.poll();
        if (next != null) next.run();
    }

    /// The share of one frame. Owned by the frame, released once.
    final class Grant {
        private int bytes;
        private boolean finisher;

        /// Adds `more` bytes to this grant, or says no and changes nothing.
        boolean grow(int more) {
            if (!finisher && usedBytes.get() >= limitBytes) {
                if (!finisherTaken.compareAndSet(false, true)) return false;
                finisher = true;
            }
            usedBytes.addAndGet(more);
            bytes += more;
            return true;
        }

        void release() {
            usedBytes.addAndGet(-bytes);
            bytes = 0;
            if (finisher) finisherTaken.set(false);
            finisher = false;
            if (!waiting.isEmpty()) passOn();
        }
    }
}
