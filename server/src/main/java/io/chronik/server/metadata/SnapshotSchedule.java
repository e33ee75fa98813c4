package io.chronik.server.metadata;

/// When a node writes a snapshot of its image: once every `everyEntries`, and not at the same entries as its peers.
/// All of them apply the same, and would all be busy at the same moment otherwise.
record SnapshotSchedule(long everyEntries, long phase) {
    /// The fractional part of the golden ratio, of 2^32: multiples of it are spread evenly over the circle.
    private static final long GOLDEN = 0x9E3779B9L;

    static SnapshotSchedule of(int nodeId, long everyEntries) {
        double place = ((nodeId * GOLDEN) & 0xFFFFFFFFL) / (double) (1L << 32);
        return new SnapshotSchedule(everyEntries, (long) (place * everyEntries));
    }

    boolean due(long lastSnapshotIndex, long appliedIndex) {
        return round(appliedIndex) > round(lastSnapshotIndex);
    }

    private long round(long index) {
        return Math.floorDiv(index + phase, everyEntries);
    }
}
