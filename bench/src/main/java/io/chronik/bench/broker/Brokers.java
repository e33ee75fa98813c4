package io.chronik.bench.broker;

import io.chronik.bench.load.Target;

/// One broker or several that are one cluster.
public interface Brokers extends AutoCloseable {
    Target target();

    /// SIGSTOP to all.
    void pause();

    /// SIGCONT to all.
    void resume();

    /// Bytes of all their files.
    long sizeBytes();

    @Override
    void close();
}
