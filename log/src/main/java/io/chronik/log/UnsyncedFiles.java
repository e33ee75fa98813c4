package io.chronik.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The files of one log that hold something unsynced. They stay open: closing one could hide a write error from the
/// sync that is still to come. On the owner's lane.
final class UnsyncedFiles {
    /// Ascending, each acquired once.
    private List<Segment> segments = List.of();

    /// `segment`, the last one, is about to be written to.
    void add(Segment segment) throws IOException {
        if (!segments.isEmpty() && segments.getLast() == segment) return;
        segment.file().acquire();
        List<Segment> more = new ArrayList<>(segments);
        more.add(segment);
        segments = List.copyOf(more);
    }

    /// Everything below `endOffset` (exclusive) is synced.
    void onSynced(long endOffset) {
        release(segment -> segment.nextOffset() <= endOffset);
    }

    /// Others are no longer part of the log.
    void keepOnly(List<Segment> remaining) {
        release(segment -> !remaining.contains(segment));
    }

    void releaseAll() {
        release(_ -> true);
    }

    private void release(Predicate<Segment> done) {
        if (segments.isEmpty()) return;
        List<Segment> kept = new ArrayList<>(segments.size());
        for (Segment segment : segments) {
            if (done.test(segment)) segment.file().release();
            else kept.add(segment);
        }
        segments = List.copyOf(kept);
    }
}
