package io.chronik.log;

import java.util.List;

/// Which segments a log no longer keeps: the oldest ones, as long as each is below the start offset, too old, or
/// too much; never one with records at or above the high watermark.
final class Retention {
    private final LogSettings settings;
    private final long startOffset;
    private final long highWatermark;
    private final long nowMs;

    Retention(LogSettings settings, long startOffset, long highWatermark, long nowMs) {
        this.settings = settings;
        this.startOffset = startOffset;
        this.highWatermark = highWatermark;
        this.nowMs = nowMs;
    }

    /// How many segments, from the oldest on, go.
    int deletable(List<Segment> segments) {
        long total = 0;
        for (Segment segment : segments) total += segment.sizeBytes();
        int count = 0;
        for (Segment segment : segments) {
            if (segment.isEmpty() || segment.nextOffset() > highWatermark) break;
            if (!isBelowStart(segment) && !isTooOld(segment) && !isTooMuch(segment, total)) break;
            total -= segment.sizeBytes();
            count++;
        }
        return count;
    }

    private boolean isBelowStart(Segment segment) {
        return segment.nextOffset() <= startOffset;
    }

    private boolean isTooOld(Segment segment) {
        if (!settings.deleteEnabled() || settings.retentionMs() < 0) return false;
        long newest = segment.maxTimestamp() >= 0 ? segment.maxTimestamp() : segment.bornMs();
        return nowMs - newest > settings.retentionMs();
    }

    private boolean isTooMuch(Segment segment, long total) {
        return settings.deleteEnabled()
                && settings.retentionBytes() >= 0
                && total - segment.sizeBytes() >= settings.retentionBytes();
    }
}
