package io.chronik.log;

import io.chronik.log.RecordCursor.MalformedRecords;
import java.nio.ByteBuffer;

/// Checks the sizes that a snappy stream declares before the library allocates them (CVE-2023-34455).
///
///     magic 8 bytes | version int32 | compatible int32 | (blockLength int32 | block)*     a block begins with the
///     uncompressed length as an unsigned varint; without the magic the whole is one block.
final class SnappyFraming {
    private static final long MAGIC = 0x82534e4150505900L;
    private static final int MAGIC_FIRST_INT = (int) (MAGIC >>> 32);
    private static final int HEADER_BYTES = 16;

    /// A copy element of 3 bytes yields at most 64.
    private static final int MAX_RATIO = 22;

    private SnappyFraming() {}

    static void check(ByteBuffer records, long maxBytes) {
        ByteBuffer stream = records.duplicate();
        if (stream.remaining() < HEADER_BYTES || stream.getLong(stream.position()) != MAGIC) {
            checkBlock(stream, stream.remaining(), maxBytes);
            return;
        }
        long total = 0;
        while (stream.hasRemaining()) {
            if (stream.remaining() < Integer.BYTES) throw new MalformedRecords("snappy block cut short");
            int length = stream.getInt();
            if (length == MAGIC_FIRST_INT) {
                if (stream.remaining() < HEADER_BYTES - Integer.BYTES) throw new MalformedRecords("snappy header cut");
                stream.position(stream.position() + HEADER_BYTES - Integer.BYTES);
                continue;
            }
            if (length < 0 || length > stream.remaining()) throw new MalformedRecords("snappy block length " + length);
            total += checkBlock(stream, length, maxBytes);
            if (total > maxBytes) throw new MalformedRecords("batch too large, decompressed");
            stream.position(stream.position() + length);
        }
    }

    private static long checkBlock(ByteBuffer stream, int length, long maxBytes) {
        long declared = 0;
        int at = stream.position();
        int end = at + length;
        for (int shift = 0; shift < 35; shift += 7) {
            if (at == end) throw new MalformedRecords("snappy block without a length");
            byte next = stream.get(at++);
            declared |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                if (declared > maxBytes || declared > (long) length * MAX_RATIO) {
                    throw new MalformedRecords("snappy block declares " + declared + " bytes");
                }
                return declared;
            }
        }
        throw new MalformedRecords("snappy length too long");
    }
}
