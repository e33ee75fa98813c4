package io.chronik.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.record.internal.RecordBatch;

/// The largest timestamp of a segment up to some batches, sparse: (timestamp, last offset of the first batch that
/// reached it), both ascending. Grown by the segment's owner, read by any thread. On disk, as Kafka has it:
///
///     timestamp int64 | relativeOffset int32
final class TimeIndex {
    static final int ENTRY_BYTES = 12;
    private static final int FIRST_CAPACITY = 8;

    private final long baseOffset;
    private volatile Entries entries;
    private volatile int count;

    private static final class Entries {
        private final long[] timestamps;
        private final int[] relativeOffsets;

        Entries(long[] timestamps, int[] relativeOffsets) {
            this.timestamps = timestamps;
            this.relativeOffsets = relativeOffsets;
        }

        Entries grownTo(int capacity) {
            return new Entries(Arrays.copyOf(timestamps, capacity), Arrays.copyOf(relativeOffsets, capacity));
        }
    }

    TimeIndex(long baseOffset) {
        this(baseOffset, new Entries(new long[0], new int[0]), 0);
    }

    private TimeIndex(long baseOffset, Entries entries, int count) {
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

    long lastTimestamp() {
        return count == 0 ? RecordBatch.NO_TIMESTAMP : entries.timestamps[count - 1];
    }

    /// Adds an entry when `timestamp` is above the last one.
    void append(long timestamp, long offset) {
        int at = count;
        if (timestamp <= lastTimestamp()) return;
        if (at == entries.timestamps.length) entries = entries.grownTo(Math.max(FIRST_CAPACITY, at * 2));
        entries.timestamps[at] = timestamp;
        entries.relativeOffsets[at] = (int) (offset - baseOffset);
        count = at + 1;
    }

    /// An offset such that no record before its batch is at or after `timestamp`; the base offset when nothing is
    /// known.
    long floorOffset(long timestamp) {
        int size = count;
        Entries snapshot = entries;
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (snapshot.timestamps[middle] <= timestamp) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? baseOffset : baseOffset + snapshot.relativeOffsets[low - 1];
    }

    /// The entries about offsets below `endOffset`, as an index of its own.
    TimeIndex before(long endOffset) {
        int kept = 0;
        while (kept < count && baseOffset + entries.relativeOffsets[kept] < endOffset) kept++;
        return new TimeIndex(baseOffset, entries.grownTo(kept), kept);
    }

    void writeTo(ByteBuffer target, int entryCount) {
        for (int i = 0; i < entryCount; i++) {
            target.putLong(entries.timestamps[i]);
            target.putInt(entries.relativeOffsets[i]);
        }
    }

    static TimeIndex read(long baseOffset, ByteBuffer source, int entryCount) {
        Entries entries = new Entries(new long[entryCount], new int[entryCount]);
        for (int i = 0; i < entryCount; i++) {
            entries.timestamps[i] = source.getLong();
            entries.relativeOffsets[i] = source.getInt();
        }
        return new TimeIndex(baseOffset, entries, entryCount);
    }
}
