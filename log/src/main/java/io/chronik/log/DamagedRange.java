package io.chronik.log;

/// Offsets [fromOffset, toOffset) that were in the log and cannot be read any more: bytes [fromPosition,
/// toPosition) of one segment fail their checks, or are gone. It is never cut away; the log goes on behind it.
public record DamagedRange(long segmentBaseOffset, int fromPosition, int toPosition, long fromOffset, long toOffset) {
    public DamagedRange {
        if (toOffset < fromOffset) throw new IllegalArgumentException("ends before it begins: " + fromOffset);
    }

    boolean contains(long offset) {
        return offset >= fromOffset && offset < toOffset;
    }
}
