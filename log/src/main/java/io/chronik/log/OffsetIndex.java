package io.chronik.log;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Where some batches of a segment begin, sparse: (last offset of a batch, its position), both ascending.
/// Grown by the segment's owner, read by any thread. On disk, as Kafka has it:
///
///     relativeOffset int32 | position int32
final class OffsetIndex {
    static final int ENTRY_BYTES = 8;
    private static final int FIRST_CAPACITY = 8;

    private final long baseOffset;

    /// relativeOffset in the upper half, position in the lower. Written before `count` covers it.
    private volatile long[] entries;

    private volatile int count;

    OffsetIndex(long baseOffset) {
        this(baseOffset, new long[0], 0);
    }

    private OffsetIndex(long baseOffset, long[] entries, int count) {
        this.baseOffset = baseOffset;
        this.entries = entries;
        this.count = count;
    }

    int count() {
        return count;
    }

    int sizeBytes() {
        return count * ENTRY_BYTES;
    }

    void append(long lastOffset, int position) {
        int at = count;
        if (at == entries.length) entries = Arrays.copyOf(entries, Math.max(FIRST_CAPACITY, at * 2));
        entries[at] = (lastOffset - baseOffset) << 32 | position;
        count = at + 1;
    }

    /// Position of a batch at or before the one that contains `offset`; 0 when no entry is that low.
    int floorPosition(long offset) {
        int size = count;
        long[] snapshot = entries;
        long key = (Math.max(0, offset - baseOffset)) << 32 | Integer.MAX_VALUE;
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (snapshot[middle] <= key) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? 0 : (int) snapshot[low - 1];
    }

    /// The greatest indexed position not above `position`; 0 when there is none.
    int floorOfPosition(int position) {
        int size = count;
        long[] snapshot = entries;
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if ((int) snapshot[middle] <= position) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? 0 : (int) snapshot[low - 1];
    }

    /// The entries of batches that begin before `position`, as an index of its own.
    OffsetIndex before(int position) {
        int kept = 0;
        while (kept < count && (int) entries[kept] < position) kept++;
        return new OffsetIndex(baseOffset, Arrays.copyOf(entries, kept), kept);
    }

    void writeTo(ByteBuffer target, int entryCount) {
        for (int i = 0; i < entryCount; i++) target.putLong(entries[i]);
    }

    /// Reads `entryCount` entries.
    static OffsetIndex read(long baseOffset, ByteBuffer source, int entryCount) {
        long[] entries = new long[entryCount];
        for (int i = 0; i < entryCount; i++) entries[i] = source.getLong();
        return new OffsetIndex(baseOffset, entries, entryCount);
    }
}
