package io.chronik.server.sentinel;

/// Counts what the sentinel tells. Any thread.
public interface SentinelMeter {
    /// A sentinel watches this process, or none does.
    void onWatched(boolean watched);

    /// This process stood still for so long; so many connections of clients were ended meanwhile.
    void onStoodStill(long silentMs, long connections);
}
