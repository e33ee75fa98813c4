package io.chronik.log;

import java.util.List;

/// What of a log may be compacted, and whether it is worth it.
record CompactionRule(LogSettings settings, long highWatermark, long firstDirtyOffset, long nowMs) {
    /// The oldest segments that are complete, below the high watermark and old enough. `sealed` has no growing one.
    List<Segment> cleanable(List<Segment> sealed) {
        int count = 0;
        for (Segment segment : sealed) {
            if (segment.nextOffset() > highWatermark || isTooYoung(segment)) break;
            count++;
        }
        return sealed.subList(0, count);
    }

    private boolean isTooYoung(Segment segment) {
        return settings.minCompactionLagMs() > 0 && segment.maxTimestamp() > nowMs - settings.minCompactionLagMs();
    }

    /// Whether enough of them has not been compacted yet, or some of it for too long.
    boolean isDue(List<Segment> cleanable) {
        long clean = 0;
        long dirty = 0;
        boolean overdue = false;
        for (Segment segment : cleanable) {
            if (segment.nextOffset() <= firstDirtyOffset) {
                clean += segment.sizeBytes();
            } else {
                dirty += segment.sizeBytes();
                overdue |= nowMs - segment.bornMs() > settings.maxCompactionLagMs();
            }
        }
        return dirty > 0 && (overdue || (double) dirty / (clean + dirty) > settings.minCleanableDirtyRatio());
    }
}
