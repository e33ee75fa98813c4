package io.chronik.server.replica;

import java.util.concurrent.atomic.AtomicInteger;

/// The memory of one answer while partitions append records from it: given back once, when the last has let go. Whoever
/// makes it holds it too.
final class SharedFrame {
    private final Runnable release;
    private final AtomicInteger holders = new AtomicInteger(1);

    SharedFrame(Runnable release) {
        this.release = release;
    }

    /// Only while held.
    void hold() {
        holders.incrementAndGet();
    }

    void letGo() {
        int left = holders.decrementAndGet();
        if (left < 0) throw new IllegalStateException("let go more often than held");
        if (left == 0) release.run();
    }
}
