package io.chronik.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Checks the batches of one segment from some batch boundary on: length, checksum, offsets, epochs. Tells what
/// follows the last good one, and what is damaged before it.
final class SegmentScan {
    /// Gets every good batch: it is at `at` of `buffer`, and at `position` of the segment.
    interface Sink {
        void onBatch(ByteBuffer buffer, int at, int position);
    }

    private final Segment segment;
    private final BatchScanner scanner;
    private final boolean gapsAllowed;
    private final boolean mayBeUnsynced;
    private final List<DamagedRange> damage = new ArrayList<>();
    private int position;
    private long expectedOffset;
    private int lastEpoch;
    private boolean lostWrites;

    /// `gapsAllowed`: offsets may be missing (compaction). `mayBeUnsynced`: what is scanned was perhaps never
    /// durable, so that a hole can be a lost write.
    SegmentScan(Segment segment, BatchScanner scanner, Start start, boolean gapsAllowed, boolean mayBeUnsynced) {
        this.segment = segment;
        this.scanner = scanner;
        this.gapsAllowed = gapsAllowed;
        this.mayBeUnsynced = mayBeUnsynced;
        this.position = start.position;
        this.expectedOffset = start.offset;
        this.lastEpoch = start.epoch;
    }

    record Start(int position, long offset, int epoch) {}

    void run(Sink sink) throws IOException {
        while (position < scanner.end()) {
            if (goodAt(position)) {
                accept(sink);
            } else if (!stepOverHole()) {
                return;
            }
        }
    }

    /// Everything from here to the end of the file is not batches.
    int position() {
        return position;
    }

    long expectedOffset() {
        return expectedOffset;
    }

    int lastEpoch() {
        return lastEpoch;
    }

    List<DamagedRange> damage() {
        return damage;
    }

    /// Whether good batches follow a hole that an unfinished write left: none of them was ever durable as a whole.
    boolean lostWrites() {
        return lostWrites;
    }

    private boolean goodAt(int at) throws IOException {
        if (!scanner.batchAt(at) || !fits(at, expectedOffset, lastEpoch)) return false;
        ByteBuffer buffer = scanner.buffer();
        int header = scanner.at(at);
        int epoch = BatchHeader.leaderEpoch(buffer, header);
        boolean jumps = BatchHeader.baseOffset(buffer, header) != expectedOffset || epoch > lastEpoch;
        return !jumps || !contradictedByNext(at, BatchHeader.lastOffset(buffer, header) + 1, epoch);
    }

    /// Whether the batch at `at` continues a log that ended at `offset` in `epoch`.
    private boolean fits(int at, long offset, int epoch) throws IOException {
        scanner.headerAt(at);
        ByteBuffer buffer = scanner.buffer();
        int header = scanner.at(at);
        long baseOffset = BatchHeader.baseOffset(buffer, header);
        int batchEpoch = BatchHeader.leaderEpoch(buffer, header);
        boolean offsetFits = gapsAllowed ? baseOffset >= offset : baseOffset == offset;
        return offsetFits && (batchEpoch >= epoch || batchEpoch == RecordBatch.NO_PARTITION_LEADER_EPOCH);
    }

    /// Offset and epoch are not covered by the checksum: one that jumps is wrong when the next batch, which fits
    /// what came before, does not fit behind it.
    private boolean contradictedByNext(int at, long nextOffset, int epoch) throws IOException {
        int next = at + scanner.sizeAt(at);
        if (!scanner.batchAt(next)) return false;
        boolean fitsBefore = BatchHeader.baseOffset(scanner.buffer(), scanner.at(next)) > expectedOffset
                && BatchHeader.leaderEpoch(scanner.buffer(), scanner.at(next)) >= lastEpoch;
        return fitsBefore && !fits(next, nextOffset, epoch);
    }

    private void accept(Sink sink) throws IOException {
        scanner.batchAt(position);
        ByteBuffer buffer = scanner.buffer();
        int at = scanner.at(position);
        sink.onBatch(buffer, at, position);
        expectedOffset = BatchHeader.lastOffset(buffer, at) + 1;
        lastEpoch = Math.max(lastEpoch, BatchHeader.leaderEpoch(buffer, at));
        position += scanner.sizeAt(position);
    }

    /// Goes on behind a bad region when good batches follow; false at the tail.
    private boolean stepOverHole() throws IOException {
        int from = position;
        int next = nextGood(from);
        if (next < 0) return false;
        if (mayBeUnsynced && scanner.hasZeroSector(from, next)) {
            lostWrites = true;
            return false;
        }
        scanner.headerAt(next);
        long nextOffset = BatchHeader.baseOffset(scanner.buffer(), scanner.at(next));
        damage.add(new DamagedRange(segment.baseOffset(), from, next, expectedOffset, nextOffset));
        position = next;
        expectedOffset = nextOffset;
        return true;
    }

    private int nextGood(int from) throws IOException {
        if (scanner.headerAt(from)) {
            int behind = from + scanner.sizeAt(from);
            if (scanner.batchAt(behind) && continuesAt(behind)) return behind;
        }
        int next = scanner.findBatch(from + 1, expectedOffset);
        while (next >= 0 && !continuesAt(next)) next = scanner.findBatch(next + 1, expectedOffset);
        return next;
    }

    private boolean continuesAt(int at) throws IOException {
        scanner.headerAt(at);
        ByteBuffer buffer = scanner.buffer();
        int header = scanner.at(at);
        return BatchHeader.baseOffset(buffer, header) >= expectedOffset
                && BatchHeader.leaderEpoch(buffer, header) >= lastEpoch;
    }
}
