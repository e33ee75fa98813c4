package io.chronik.log;

import org.jspecify.annotations.Nullable;

/// Where the newest batches of the active segment begin, each of them, so that a read at the tail needs no disk. A
/// chain of small append-only chunks: the owner appends, any thread reads; old chunks fall off the end.
final class RecentBatches {
    private static final int CHUNK_BATCHES = 64;
    private static final int MAX_CHUNKS = 16;

    /// (base offset relative to the segment, position), one long each; written before `count` covers it.
    private final long[] entries;

    private volatile int count;
    private volatile @Nullable RecentBatches previous;

    private RecentBatches(int capacity, @Nullable RecentBatches previous) {
        this.entries = new long[capacity];
        this.previous = previous;
    }

    /// Adds a batch behind `newest`; returns the chunk that is the newest now.
    static RecentBatches append(@Nullable RecentBatches newest, int relativeOffset, int position) {
        RecentBatches target = newest == null ? new RecentBatches(CHUNK_BATCHES / 8, null) : newest;
        if (target.count == target.entries.length) target = new RecentBatches(CHUNK_BATCHES, cut(target));
        int at = target.count;
        target.entries[at] = (long) relativeOffset << 32 | position;
        target.count = at + 1;
        return target;
    }

    private static RecentBatches cut(RecentBatches newest) {
        RecentBatches last = newest;
        for (int i = 2; i < MAX_CHUNKS; i++) {
            RecentBatches older = last.previous;
            if (older == null) return newest;
            last = older;
        }
        last.previous = null;
        return newest;
    }

    /// (base offset relative to the segment, position) of the batch that contains the offset, in the upper and
    /// lower half; -1 when that batch is older than what is kept.
    static long find(@Nullable RecentBatches newest, long relativeOffset) {
        long key = relativeOffset << 32 | Integer.MAX_VALUE;
        for (RecentBatches chunk = newest; chunk != null; chunk = chunk.previous) {
            int low = 0;
            int high = chunk.count;
            if (high == 0 || chunk.entries[0] > key) continue;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (chunk.entries[middle] <= key) low = middle + 1;
                else high = middle;
            }
            return chunk.entries[low - 1];
        }
        return -1;
    }

    /// The greatest batch position not above `position`, -1 when that batch is older than what is kept.
    static int floorPosition(@Nullable RecentBatches newest, int position) {
        for (RecentBatches chunk = newest; chunk != null; chunk = chunk.previous) {
            int low = 0;
            int high = chunk.count;
            if (high == 0 || (int) chunk.entries[0] > position) continue;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if ((int) chunk.entries[middle] <= position) low = middle + 1;
                else high = middle;
            }
            return (int) chunk.entries[low - 1];
        }
        return -1;
    }
}
