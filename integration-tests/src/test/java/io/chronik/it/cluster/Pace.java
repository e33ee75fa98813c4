package io.chronik.it.cluster;

import java.util.concurrent.locks.LockSupport;

/// The pace of a client: it is part of the load, not a wait for something to happen.
final class Pace {
    private Pace() {}

    static void park(long ns) {
        LockSupport.parkNanos(ns);
    }
}
