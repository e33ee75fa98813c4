package io.chronik.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/// Checks the batches of a slice before it is served for the first time by this process: checksum, offsets, epoch.
/// What fails is reported as damage, and never served.
final class SliceVerifier {
    private final LogState state;
    private final Segment segment;
    private final int index;
    private final BatchScanner scanner;

    SliceVerifier(LogState state, int index, Disk.DiskFile file) {
        this.state = state;
        this.segment = state.segments().get(index);
        this.index = index;
        this.scanner = new BatchScanner(file, state.endPosition(index));
    }

    /// How far the bytes from `start` on, where the batch at `fromOffset` begins, are intact; at most `end`.
    int intactEnd(int start, int end, long fromOffset) throws IOException {
        long expected = fromOffset;
        for (int position = start; position < end; ) {
            if (!isIntact(position, expected)) {
                report(position, expected);
                return position;
            }
            scanner.headerAt(position);
            ByteBuffer buffer = scanner.buffer();
            expected = BatchHeader.lastOffset(buffer, scanner.at(position)) + 1;
            position += scanner.sizeAt(position);
        }
        return end;
    }

    private boolean isIntact(int position, long expected) throws IOException {
        if (!scanner.batchAt(position)) return false;
        ByteBuffer buffer = scanner.buffer();
        int at = scanner.at(position);
        long baseOffset = BatchHeader.baseOffset(buffer, at);
        long lastOffset = BatchHeader.lastOffset(buffer, at);
        if (baseOffset < expected || lastOffset >= state.nextOffset(index)) return false;
        int epoch = BatchHeader.leaderEpoch(buffer, at);
        OptionalInt known = state.epochs().epochAt(baseOffset);
        boolean epochFits =
                epoch < 0 || known.isEmpty() || known.getAsInt() == epoch || baseOffset < state.startOffset();
        return epochFits && (baseOffset == expected || !isContradictedByNext(position, lastOffset));
    }

    /// The checksum does not cover the offset: a gap is compaction's only when the next batch does not begin inside
    /// it.
    private boolean isContradictedByNext(int position, long lastOffset) throws IOException {
        int next = position + scanner.sizeAt(position);
        return scanner.batchAt(next) && BatchHeader.baseOffset(scanner.buffer(), scanner.at(next)) <= lastOffset;
    }

    private void report(int position, long expected) throws IOException {
        int next = nextBatch(position, expected);
        long nextOffset = state.nextOffset(index);
        if (next < scanner.end()) {
            scanner.headerAt(next);
            nextOffset = BatchHeader.baseOffset(scanner.buffer(), scanner.at(next));
        }
        DamagedRange range = new DamagedRange(segment.baseOffset(), position, next, expected, nextOffset);
        state.found().report(range, () -> !state.isCut());
    }

    private int nextBatch(int position, long expected) throws IOException {
        if (scanner.headerAt(position)) {
            int behind = position + scanner.sizeAt(position);
            if (behind == scanner.end() || scanner.batchAt(behind)) return behind;
        }
        int found = scanner.findBatch(position + 1, expected);
        return found < 0 ? scanner.end() : found;
    }
}
