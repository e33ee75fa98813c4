package io.chronik.log;

import io.chronik.log.LogView.TimestampAndOffset;
import io.chronik.log.RecordCursor.Caps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// Finds records by their timestamps, below an offset (ListOffsets). Decompresses the one batch that holds the
/// answer.
final class TimeLookup {
    private static final Caps CAPS = new Caps(Integer.MAX_VALUE, Integer.MAX_VALUE);

    private final LogState state;
    private final long limitOffset;
    private final List<Segment> segments;

    TimeLookup(LogState state, long limitOffset) {
        this.state = state;
        this.limitOffset = limitOffset;
        this.segments = state.segments();
    }

    /// The first record, in offset order, whose timestamp is at or after `timestampMs`.
    Optional<TimestampAndOffset> firstAtOrAfter(long timestampMs) throws IOException {
        for (int i = state.indexOf(state.startOffset()); i < segments.size(); i++) {
            if (segments.get(i).baseOffset() >= limitOffset) break;
            if (state.maxTimestamp(i) < timestampMs) continue;
            SegmentIndex index = state.indexes().of(segments.get(i));
            long floor = Math.max(index.times().floorOffset(timestampMs), state.startOffset());
            Optional<TimestampAndOffset> found = scan(i, index.offsets().floorPosition(floor), timestampMs);
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    private Optional<TimestampAndOffset> scan(int i, int from, long timestampMs) throws IOException {
        int end = state.endPosition(i);
        try (SegmentReader reader = new SegmentReader(segments.get(i), end, state.damage())) {
            int position = reader.behindDamage(from);
            while (position < end) {
                int at = reader.at(position);
                if (BatchHeader.baseOffset(reader.window(), at) >= limitOffset) break;
                if (BatchHeader.maxTimestamp(reader.window(), at) >= timestampMs
                        && BatchHeader.lastOffset(reader.window(), at) >= state.startOffset()) {
                    Optional<TimestampAndOffset> found = firstIn(reader, position, timestampMs);
                    if (found.isPresent()) return found;
                }
                position = reader.behindDamage(position + reader.sizeAt(position));
            }
        }
        return Optional.empty();
    }

    /// The first record that has the largest timestamp (KIP-734).
    Optional<TimestampAndOffset> maxTimestamp() throws IOException {
        long best = Long.MIN_VALUE;
        int bestSegment = -1;
        for (int i = state.indexOf(state.startOffset()); i < segments.size(); i++) {
            if (segments.get(i).baseOffset() >= limitOffset) break;
            long candidate = isWhole(i) ? state.maxTimestamp(i) : maxOfPart(i);
            if (candidate > best) {
                best = candidate;
                bestSegment = i;
            }
        }
        if (best < 0) return Optional.empty();
        SegmentIndex index = state.indexes().of(segments.get(bestSegment));
        long floor = Math.max(index.times().floorOffset(best), state.startOffset());
        return scan(bestSegment, index.offsets().floorPosition(floor), best);
    }

    private boolean isWhole(int i) {
        return segments.get(i).baseOffset() >= state.startOffset() && state.nextOffset(i) <= limitOffset;
    }

    private long maxOfPart(int i) throws IOException {
        long max = Long.MIN_VALUE;
        int end = state.endPosition(i);
        try (SegmentReader reader = new SegmentReader(segments.get(i), end, state.damage())) {
            int position = reader.behindDamage(0);
            while (position < end) {
                int at = reader.at(position);
                if (BatchHeader.baseOffset(reader.window(), at) >= limitOffset) break;
                if (BatchHeader.lastOffset(reader.window(), at) >= state.startOffset()) {
                    max = Math.max(max, BatchHeader.maxTimestamp(reader.window(), at));
                }
                position = reader.behindDamage(position + reader.sizeAt(position));
            }
        }
        return max;
    }

    private Optional<TimestampAndOffset> firstIn(SegmentReader reader, int position, long timestampMs)
            throws IOException {
        ByteBuffer batch = ByteBuffer.allocate(reader.sizeAt(position));
        reader.file().read(batch, position);
        batch.flip();
        if (!BatchHeader.hasValidCrc(batch, 0)) {
            throw new LogDamaged("checksum differs at position " + position + " of "
                    + reader.file().path());
        }
        long baseOffset = BatchHeader.baseOffset(batch, 0);
        boolean logAppendTime = BatchHeader.isLogAppendTime(batch, 0);
        int count = BatchHeader.recordCount(batch, 0);
        try (RecordCursor cursor = RecordCursor.over(batch, 0, CAPS)) {
            for (int i = 0; i < count; i++) {
                cursor.next();
                long offset = baseOffset + cursor.offsetDelta();
                long timestamp = logAppendTime ? BatchHeader.maxTimestamp(batch, 0) : cursor.timestamp();
                if (offset >= limitOffset) break;
                if (offset >= state.startOffset() && timestamp >= timestampMs) {
                    return Optional.of(new TimestampAndOffset(timestamp, offset, BatchHeader.leaderEpoch(batch, 0)));
                }
            }
        }
        return Optional.empty();
    }
}
