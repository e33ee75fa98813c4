package io.chronik.log;

/// When the last segment takes no more batches: its size, its age, its index, or offsets that it cannot express.
final class RollRule {
    private RollRule() {}

    /// Before `sizeBytes` more, up to `lastOffset`, with largest timestamp `timestamp`.
    static boolean rollsBefore(
            Segment segment, LogSettings settings, int sizeBytes, long lastOffset, long timestamp, long nowMs) {
        if (segment.isEmpty()) return lastOffset - segment.baseOffset() > Integer.MAX_VALUE;
        return segment.sizeBytes() > settings.segmentBytes() - sizeBytes
                || hasFullIndex(segment, settings)
                || lastOffset - segment.baseOffset() > Integer.MAX_VALUE
                || isOld(segment, settings, segment.bornByTimestamp() ? timestamp : nowMs);
    }

    /// Without an append: by the clock alone.
    static boolean rollsByAge(Segment segment, LogSettings settings, long nowMs) {
        return !segment.isEmpty() && isOld(segment, settings, nowMs);
    }

    private static boolean isOld(Segment segment, LogSettings settings, long nowMs) {
        long jitter = settings.segmentJitterMs() <= 0 ? 0 : jitter(segment, settings.segmentJitterMs());
        // What must be compacted in time must be sealed in time.
        long maxAgeMs = settings.compactEnabled()
                ? Math.min(settings.segmentMs(), settings.maxCompactionLagMs())
                : settings.segmentMs();
        return nowMs - segment.bornMs() > maxAgeMs - jitter;
    }

    /// The same for one segment each time, different between segments and partitions.
    private static long jitter(Segment segment, long maxMs) {
        int hash = 31 * segment.file().path().hashCode() + Long.hashCode(segment.baseOffset());
        return Math.floorMod(hash * 0x9E3779B97F4A7C15L, maxMs);
    }

    private static boolean hasFullIndex(Segment segment, LogSettings settings) {
        SegmentIndex index = segment.index();
        return index != null
                && (index.offsets().sizeBytes() + OffsetIndex.ENTRY_BYTES > settings.segmentIndexBytes()
                        || index.times().sizeBytes() + TimeIndex.ENTRY_BYTES > settings.segmentIndexBytes());
    }
}
