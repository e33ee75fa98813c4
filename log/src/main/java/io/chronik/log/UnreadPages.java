package io.chronik.log;

import java.util.Optional;

/// Decides which part of a growing log need not stay in the page cache: what is on disk, and was appended without
/// anybody reading from the log meanwhile, but for the newest part. While there are readers the kernel decides alone.
/// Giving a page back at once lets the next append have it while it is still warm; see ADR 0016.
///
/// Owned by the log's owner; any thread may report a read.
final class UnreadPages {
    /// So much of what nobody has read stays.
    static final int KEPT_BYTES = 16 << 20;

    /// Decided in steps of this size.
    static final int STEP_BYTES = 1 << 20;

    private volatile boolean read;
    private long segmentBase = -1;

    /// Below it in the segment everything is decided.
    private int decidedTo;

    /// Bytes [from, to) of the segment's file.
    record Part(int from, int to) {}

    void onRead() {
        if (!read) read = true;
    }

    /// The segment that begins at `baseOffset` is durable up to `position`: what may be dropped now.
    Optional<Part> onDurable(long baseOffset, int position) {
        int end = (position - KEPT_BYTES) / STEP_BYTES * STEP_BYTES;
        if (baseOffset != segmentBase || position < decidedTo) {
            segmentBase = baseOffset;
            decidedTo = Math.max(0, end);
        }
        if (read) {
            read = false;
            decidedTo = position / STEP_BYTES * STEP_BYTES;
        }
        if (end <= decidedTo) return Optional.empty();
        Part part = new Part(decidedTo, end);
        decidedTo = end;
        return Optional.of(part);
    }
}
