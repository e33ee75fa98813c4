package io.chronik.log;

import java.io.IOException;
import java.util.Optional;

/// Finds the slice of one segment that answers a read. Boundaries come from the recent batches where they reach, so
/// that a read at the tail asks the disk for nothing; from the index and the headers behind it otherwise.
final class SliceFinder {
    private final LogState state;
    private final Segment segment;
    private final int index;
    private final int end;

    SliceFinder(LogState state, int index) {
        this.state = state;
        this.segment = state.segments().get(index);
        this.index = index;
        this.end = state.endPosition(index);
    }

    /// Empty when the segment holds nothing at or above `fromOffset`.
    Optional<LogSlice> find(long fromOffset, long limitOffset, int maxBytes, boolean atLeastOne) throws IOException {
        if (state.nextOffset(index) <= fromOffset) return Optional.empty();
        boolean keepOpen = false;
        SegmentReader reader = new SegmentReader(segment, end, state.damage());
        try {
            int start = position(reader, fromOffset);
            if (start >= end) return Optional.empty();
            int limit = limitPosition(reader, start, limitOffset);
            int sliceEnd = sliceEnd(reader, start, limit, maxBytes, atLeastOne);
            if (sliceEnd <= start) return Optional.of(new FileSlice.Empty(fromOffset));
            long baseOffset = baseOffset(reader, fromOffset, start);
            if (segment.isUnverified(start, sliceEnd)) {
                sliceEnd = new SliceVerifier(state, index, reader.file()).intactEnd(start, sliceEnd, baseOffset);
                segment.onVerified(start, sliceEnd);
                if (sliceEnd == start) throw new LogDamaged("batch at offset " + baseOffset + " is damaged");
            }
            keepOpen = true;
            return Optional.of(new FileSlice(segment, reader.detachFile(), baseOffset, start, sliceEnd - start));
        } finally {
            if (!keepOpen) reader.close();
        }
    }

    /// Position of the first batch that ends at or above `offset`.
    private int position(SegmentReader reader, long offset) throws IOException {
        long recent = recent(offset);
        if (recent >= 0) return (int) recent;
        return reader.find(offset, state.indexes().of(segment).offsets().floorPosition(offset));
    }

    private long recent(long offset) {
        if (!state.isLast(index) || offset >= state.endOffset()) return -1;
        return RecentBatches.find(segment.file().recent(), offset - segment.baseOffset());
    }

    private long baseOffset(SegmentReader reader, long fromOffset, int start) throws IOException {
        long recent = recent(fromOffset);
        return recent >= 0 && (int) recent == start
                ? segment.baseOffset() + (recent >>> 32)
                : reader.baseOffsetAt(start);
    }

    private int limitPosition(SegmentReader reader, int start, long limitOffset) throws IOException {
        int limit = limitOffset >= state.nextOffset(index) ? end : position(reader, limitOffset);
        return state.found().nextPosition(segment.baseOffset(), start, limit);
    }

    private int sliceEnd(SegmentReader reader, int start, int limit, int maxBytes, boolean atLeastOne)
            throws IOException {
        if (limit - start <= maxBytes) return limit;
        int wanted = start + maxBytes;
        int sliceEnd = reader.lastBoundary(Math.max(start, floor(wanted)), wanted);
        if (sliceEnd > start || !atLeastOne) return sliceEnd;
        return start + reader.sizeAt(start);
    }

    private int floor(int position) throws IOException {
        int recent =
                state.isLast(index) ? RecentBatches.floorPosition(segment.file().recent(), position) : -1;
        return recent >= 0 ? recent : state.indexes().of(segment).offsets().floorOfPosition(position);
    }
}
