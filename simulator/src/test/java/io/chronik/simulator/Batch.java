package io.chronik.simulator;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/// A record batch as it lies in a log. `crc` is that of its bytes, without offset and epoch.
record Batch(long baseOffset, long endOffset, int epoch, int crc, long producerId, int sequence) {
    private static final int HEADER_BYTES = 61;
    private static final int ATTRIBUTES_AT = 21;

    /// Adds the batches from `position` on that are whole, with the right checksum, and continue at or above
    /// `fromOffset`. Returns where they end.
    static int parse(byte[] bytes, int position, long fromOffset, List<Batch> into) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int at = position;
        long expected = fromOffset;
        while (bytes.length - at >= HEADER_BYTES) {
            long size = 12L + buffer.getInt(at + 8);
            long baseOffset = buffer.getLong(at);
            if (size < HEADER_BYTES || at + size > bytes.length || baseOffset < expected) break;
            CRC32C crc = new CRC32C();
            crc.update(bytes, at + ATTRIBUTES_AT, (int) size - ATTRIBUTES_AT);
            if (buffer.get(at + 16) != 2 || buffer.getInt(at + 17) != (int) crc.getValue()) break;
            long endOffset = baseOffset + buffer.getInt(at + 23) + 1;
            into.add(new Batch(
                    baseOffset,
                    endOffset,
                    buffer.getInt(at + 12),
                    (int) crc.getValue(),
                    buffer.getLong(at + 43),
                    buffer.getInt(at + 53)));
            expected = endOffset;
            at += (int) size;
        }
        return at;
    }
}
