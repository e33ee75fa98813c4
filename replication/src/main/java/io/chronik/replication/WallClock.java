package io.chronik.replication;

/// Wall-clock time, for record timestamps and retention only.
@FunctionalInterface
public interface WallClock {
    /// Milliseconds since the epoch.
    long nowMs();
}
