package io.chronik.it.crash;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// A record's value that can be recognized alone, wherever it turns up.
///
/// id int64 | partition int32 | crc int32 | filler
/// id: session (24 bits) and number in the session (40 bits), unique in a run.
/// crc: CRC-32C of id, partition and filler.
record Payload(long id, int partition) {
    private static final int HEAD_BYTES = 16;
    private static final int SEQUENCE_BITS = 40;

    static long id(int session, long sequence) {
        return ((long) session << SEQUENCE_BITS) | sequence;
    }

    static int session(long id) {
        return (int) (id >>> SEQUENCE_BITS);
    }

    static long sequence(long id) {
        return id & ((1L << SEQUENCE_BITS) - 1);
    }

    byte[] encode(int fillerBytes) {
        ByteBuffer buffer = ByteBuffer.allocate(HEAD_BYTES + fillerBytes);
        buffer.putLong(id).putInt(partition).putInt(0);
        for (int i = 0; i < fillerBytes; i++) {
            buffer.put((byte) (id * 31 + i));
        }
        buffer.putInt(12, crc(buffer.array()));
        return buffer.array();
    }

    /// What these bytes say, or a payload with id -1 when they are damaged.
    static Payload decode(byte[] bytes) {
        if (bytes.length < HEAD_BYTES || ByteBuffer.wrap(bytes).getInt(12) != crc(bytes)) {
            return new Payload(-1, -1);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Payload(buffer.getLong(0), buffer.getInt(8));
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 12);
        crc.update(bytes, HEAD_BYTES, bytes.length - HEAD_BYTES);
        return (int) crc.getValue();
    }
}
