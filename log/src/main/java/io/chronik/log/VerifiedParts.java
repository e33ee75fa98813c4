package io.chronik.log;

import java.util.BitSet;

/// Which parts of a segment that this process has neither written nor recovered were found intact since it started,
/// in chunks. Any thread.
final class VerifiedParts {
    private static final int CHUNK_BYTES = 128 << 10;

    private final BitSet chunks = new BitSet();

    synchronized boolean covers(int from, int to) {
        int next = chunks.nextClearBit(from / CHUNK_BYTES);
        return (long) next * CHUNK_BYTES >= to;
    }

    /// The bytes [from, to) are intact; `wholeTo` is where the part that can be verified ends.
    synchronized void add(int from, int to, int wholeTo) {
        int first = (int) (((long) from + CHUNK_BYTES - 1) / CHUNK_BYTES);
        int end = to >= wholeTo ? wholeTo / CHUNK_BYTES + 1 : to / CHUNK_BYTES;
        if (first < end) chunks.set(first, end);
    }
}
