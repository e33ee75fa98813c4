package io.chronik.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/// Walks the records of one batch and checks their structure, without an object per record: uncompressed ones in
/// their own buffer, compressed ones through a small window over the decompressing stream. Key, value and headers
/// are skipped, so what a record claims to hold is never allocated.
///
///     length varint | attributes int8 | timestampDelta varlong | offsetDelta varint | keyLength varint | key
///     | valueLength varint | value | headerCount varint | (keyLength varint | key | valueLength varint | value)*
///
/// One thread at a time. Throws [MalformedRecords] when the bytes are not records, or more than the caps allow.
final class RecordCursor implements AutoCloseable {
    private static final int WINDOW_BYTES = 16 * 1024;
    private static final int MAX_VARINT_BYTES = 5;
    private static final int MAX_VARLONG_BYTES = 10;
    private static final byte[] NO_BYTES = {};
    private static final InputStream NOTHING = InputStream.nullInputStream();
    private static final ThreadLocal<byte[]> WINDOW = ThreadLocal.withInitial(() -> new byte[WINDOW_BYTES]);

    /// Buffers of the decompressors: a few sizes, none above lz4's 4 MiB block.
    private static final ThreadLocal<BufferSupplier> BUFFERS = ThreadLocal.withInitial(BufferSupplier::create);

    /// How much a compressed batch may become: one record, and all of them.
    record Caps(int recordBytes, long batchBytes) {}

    private final InputStream source;

    /// What the window shows, when it is filled from the source.
    private final byte[] bytes;

    private final ByteBuffer window;
    private final Caps caps;
    private final boolean compressed;

    private final long baseTimestamp;

    /// Bytes before the window's start.
    private long before;

    private long timestamp;
    private int offsetDelta;
    private boolean hasKey;
    private boolean hasValue;

    private RecordCursor(
            InputStream source, byte[] bytes, ByteBuffer window, Caps caps, boolean compressed, long baseTimestamp) {
        this.source = source;
        this.bytes = bytes;
        this.window = window;
        this.caps = caps;
        this.compressed = compressed;
        this.baseTimestamp = baseTimestamp;
    }

    /// The records of the batch at `at`, which lies whole inside `buffer`.
    static RecordCursor over(ByteBuffer buffer, int at, Caps caps) {
        int end = Math.toIntExact(at + BatchHeader.sizeBytes(buffer, at));
        ByteBuffer records = buffer.duplicate().limit(end).position(at + BatchHeader.SIZE);
        long baseTimestamp = BatchHeader.baseTimestamp(buffer, at);
        int compressionId = BatchHeader.compressionId(buffer, at);
        if (compressionId == CompressionType.NONE.id) {
            return new RecordCursor(NOTHING, NO_BYTES, records, caps, false, baseTimestamp);
        }
        InputStream decompressed = decompress(compressionId, records, caps);
        byte[] bytes = WINDOW.get();
        return new RecordCursor(decompressed, bytes, ByteBuffer.wrap(bytes).limit(0), caps, true, baseTimestamp);
    }

    private static InputStream decompress(int compressionId, ByteBuffer records, Caps caps) {
        if (compressionId > CompressionType.ZSTD.id) throw new MalformedRecords("unknown compression " + compressionId);
        CompressionType type = CompressionType.forId(compressionId);
        if (type == CompressionType.SNAPPY) SnappyFraming.check(records, caps.batchBytes());
        try {
            return Compression.of(type).build().wrapForInput(records, RecordBatch.MAGIC_VALUE_V2, BUFFERS.get());
        } catch (RuntimeException notOfThisType) {
            throw new MalformedRecords("cannot decompress " + type.name + ": " + notOfThisType.getMessage());
        }
    }

    long timestamp() {
        return timestamp;
    }

    int offsetDelta() {
        return offsetDelta;
    }

    boolean hasKey() {
        return hasKey;
    }

    boolean hasValue() {
        return hasValue;
    }

    /// Goes to the next record, which the batch says exists.
    void next() {
        int length = varint();
        check(length >= 0, "negative record length");
        if (compressed && length > caps.recordBytes()) {
            throw new MalformedRecords("a record of " + length + " bytes, decompressed");
        }
        long end = position() + length;
        skip(1);
        timestamp = baseTimestamp + varlong();
        offsetDelta = varint();
        hasKey = skipNullable(end);
        hasValue = skipNullable(end);
        int headerCount = varint();
        check(headerCount >= 0 && headerCount <= end - position(), "header count outside the record");
        for (int i = 0; i < headerCount; i++) {
            check(skipNullable(end), "header without a key");
            skipNullable(end);
        }
        check(position() == end, "record length differs from its content");
    }

    /// Nothing may follow the last record.
    void expectEnd() {
        check(!window.hasRemaining() && !refill(), "bytes after the last record");
    }

    /// Skips bytes behind their length; false when the length says null.
    private boolean skipNullable(long end) {
        int length = varint();
        check(length >= -1 && length <= end - position(), "field longer than its record");
        if (length > 0) skip(length);
        return length >= 0;
    }

    private long position() {
        return before + window.position();
    }

    private void skip(int count) {
        int left = count;
        while (left > window.remaining()) {
            left -= window.remaining();
            window.position(window.limit());
            check(refill(), "record cut short");
        }
        window.position(window.position() + left);
    }

    private int varint() {
        long raw = rawVarint(MAX_VARINT_BYTES);
        check(raw >>> 32 == 0, "varint too large");
        int value = (int) raw;
        return (value >>> 1) ^ -(value & 1);
    }

    private long varlong() {
        long raw = rawVarint(MAX_VARLONG_BYTES);
        return (raw >>> 1) ^ -(raw & 1);
    }

    private long rawVarint(int maxBytes) {
        long value = 0;
        for (int i = 0; i < maxBytes; i++) {
            if (!window.hasRemaining()) check(refill(), "record cut short");
            byte next = window.get();
            value |= (long) (next & 0x7f) << (7 * i);
            if (next >= 0) return value;
        }
        throw new MalformedRecords("varint too long");
    }

    /// Fills the empty window; false at the end of the batch.
    private boolean refill() {
        if (!compressed) return false;
        before += window.limit();
        check(before <= caps.batchBytes(), "batch too large, decompressed");
        try {
            int count = source.readNBytes(bytes, 0, bytes.length);
            window.position(0).limit(count);
            return count > 0;
        } catch (IOException | RuntimeException e) {
            throw new MalformedRecords("cannot decompress: " + e.getMessage());
        }
    }

    private static void check(boolean holds, String problem) {
        if (!holds) throw new MalformedRecords(problem);
    }

    @Override
    public void close() {
        try {
            source.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The bytes are not the records that the batch header promises. No stack trace: clients cause it.
    static final class MalformedRecords extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String problem;

        MalformedRecords(String problem) {
            super(problem, null, false, false);
            this.problem = problem;
        }

        String problem() {
            return problem;
        }
    }
}
