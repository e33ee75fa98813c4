package io.chronik.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// Shows the headers of the batches in a log to somebody who rebuilds what can be rebuilt.
record HeaderReplay(List<Segment> segments, SegmentIndexes indexes, Damage damage) {
    interface Sink {
        void onBatch(ByteBuffer buffer, int at);
    }

    /// All batches that end above `fromOffset`, in order.
    void run(long fromOffset, Sink sink) throws IOException {
        for (Segment segment : segments) {
            if (segment.nextOffset() > fromOffset && !segment.isEmpty()) run(segment, fromOffset, sink);
        }
    }

    private void run(Segment segment, long fromOffset, Sink sink) throws IOException {
        int end = segment.sizeBytes();
        try (SegmentReader reader = new SegmentReader(segment, end, damage.ranges())) {
            int floor = fromOffset <= segment.baseOffset()
                    ? 0
                    : indexes.of(segment).offsets().floorPosition(fromOffset);
            int position = reader.find(fromOffset, floor);
            while (position < end) {
                int next = reader.behindDamage(position + reader.sizeAt(position));
                sink.onBatch(reader.window(), reader.at(position));
                position = next;
            }
        }
    }
}
