package io.chronik.server.metrics;

import io.chronik.server.sentinel.SentinelMeter;
import java.util.concurrent.atomic.LongAdder;

/// What the process beside this one has seen of it.
final class SentinelMeters implements SentinelMeter {
    private volatile boolean watched;
    private final LongAdder times = new LongAdder();
    private final LongAdder connections = new LongAdder();

    @Override
    public void onWatched(boolean now) {
        watched = now;
    }

    @Override
    public void onStoodStill(long silentMs, long ended) {
        times.increment();
        connections.add(ended);
    }

    void collect(Families families) {
        families.gauge("chronik_sentinel_watching", "1 if a sentinel watches this process.", watched ? 1 : 0);
        families.counter(
                "chronik_sentinel_standstills",
                "Times that this process stood still for longer than the session time-out.",
                times.sum());
        families.counter(
                "chronik_sentinel_ended_connections",
                "Connections of clients that the sentinel has ended meanwhile.",
                connections.sum());
    }
}
