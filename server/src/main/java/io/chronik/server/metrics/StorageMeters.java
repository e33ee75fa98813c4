package io.chronik.server.metrics;

import java.util.concurrent.atomic.LongAdder;

/// The rounds of the disk syncer.
final class StorageMeters {
    /// From 50 us to about 50 s.
    private final Distribution fsyncNs = Distribution.exponential(50_000, 2, 21);
    /// From 256 bytes to 1 GiB.
    private final Distribution batchBytes = Distribution.exponential(256, 4, 12);

    private final Distribution partitions = Distribution.exponential(1, 2, 13);
    private final LongAdder failures = new LongAdder();

    void onRound(int clients, long bytes, long durationNs) {
        fsyncNs.observe(durationNs);
        batchBytes.observe(bytes);
        partitions.observe(clients);
    }

    void onSyncFailed() {
        failures.increment();
    }

    void collect(Families families) {
        families.histogram("chronik_wal_fsync_seconds", "Time to make a group of appends durable.", fsyncNs, 1e9);
        families.histogram("chronik_group_commit_batch_bytes", "Bytes made durable together.", batchBytes, 1);
        families.histogram("chronik_group_commit_partitions", "Partitions made durable together.", partitions, 1);
        families.counter(
                "chronik_wal_fsync_failures", "Failed rounds; the process stops on the first.", failures.sum());
    }
}
