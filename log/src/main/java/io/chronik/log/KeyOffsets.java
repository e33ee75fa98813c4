package io.chronik.log;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// The newest offset of each key, by the first 128 bits of the key's SHA-256: three longs a key, however long the
/// keys are. Bounded: a full one takes no new keys. One thread at a time.
final class KeyOffsets {
    private static final int FIRST_SLOTS = 1024;
    private static final long FREE = -1;

    private final int limit;
    private final MessageDigest digest;
    private long[] high = new long[FIRST_SLOTS];
    private long[] low = new long[FIRST_SLOTS];
    private long[] offsets = filled(FIRST_SLOTS);
    private int count;

    KeyOffsets(int limit) {
        this.limit = limit;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static long[] filled(int slots) {
        long[] offsets = new long[slots];
        Arrays.fill(offsets, FREE);
        return offsets;
    }

    int count() {
        return count;
    }

    /// Whether it may hold `keys` more.
    boolean hasRoomFor(int keys) {
        return count + (long) keys <= limit;
    }

    void put(ByteBuffer key, long offset) {
        if (count * 2 >= offsets.length) grow();
        ByteBuffer hash = hash(key);
        int slot = slot(hash.getLong(0), hash.getLong(Long.BYTES));
        if (offsets[slot] == FREE) count++;
        high[slot] = hash.getLong(0);
        low[slot] = hash.getLong(Long.BYTES);
        offsets[slot] = offset;
    }

    /// -1 when the key is not known.
    long newest(ByteBuffer key) {
        ByteBuffer hash = hash(key);
        return offsets[slot(hash.getLong(0), hash.getLong(Long.BYTES))];
    }

    private ByteBuffer hash(ByteBuffer key) {
        digest.reset();
        digest.update(key.duplicate());
        return ByteBuffer.wrap(digest.digest());
    }

    private int slot(long keyHigh, long keyLow) {
        int slot = (int) keyHigh & (offsets.length - 1);
        while (offsets[slot] != FREE && (high[slot] != keyHigh || low[slot] != keyLow)) {
            slot = (slot + 1) & (offsets.length - 1);
        }
        return slot;
    }

    private void grow() {
        long[] oldHigh = high;
        long[] oldLow = low;
        long[] oldOffsets = offsets;
        high = new long[oldHigh.length * 2];
        low = new long[oldLow.length * 2];
        offsets = filled(oldOffsets.length * 2);
        for (int i = 0; i < oldOffsets.length; i++) {
            if (oldOffsets[i] == FREE) continue;
            int slot = slot(oldHigh[i], oldLow[i]);
            high[slot] = oldHigh[i];
            low[slot] = oldLow[i];
            offsets[slot] = oldOffsets[i];
        }
    }
}
