package io.chronik.server.net;

import io.chronik.log.LogSlice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/// Turns one response into the parts of its frame: buffers, and file regions where records are slices of a segment.
/// Records are not copied, but for slices without a file channel, a connection that must encrypt, and short responses:
/// a system call and a TCP segment for each part would cost more, and wake the reader for each.
final class ResponseEncoder implements Writable {
    /// Buffers and [SliceRegion]s in order; the taker writes or releases them. `sizeBytes` counts the whole frame.
    record Parts(List<Object> list, int sizeBytes) {}

    /// A response with fewer bytes of records is one buffer.
    private static final int SHORT_BYTES = 32 * 1024;

    private final boolean sendfile;
    private final boolean isShort;
    private final ByteBuf buffer;
    private final ArrayList<Object> parts = new ArrayList<>(1);
    private final List<SliceRecords> taken = new ArrayList<>(0);

    private ResponseEncoder(ByteBuf buffer, boolean sendfile, boolean isShort) {
        this.buffer = buffer;
        this.sendfile = sendfile;
        this.isShort = isShort;
    }

    /// Encodes `response` to `request` in the request's version (v0 for an ApiVersions of a version unknown here).
    /// On failure nothing is left behind: buffers are released and all slices of the response are closed.
    static Parts encode(
            RequestHeader request,
            AbstractResponse response,
            short version,
            ByteBufAllocator allocator,
            boolean sendfile) {
        ResponseHeader header = request.toResponseHeader();
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        ResponseEncoder encoder = null;
        try {
            header.data().addSize(size, cache, header.headerVersion());
            response.data().addSize(size, cache, version);
            boolean isShort = size.totalSize() - size.sizeExcludingZeroCopy() < SHORT_BYTES;
            int ownBytes = 4 + (isShort ? size.totalSize() : size.sizeExcludingZeroCopy());
            encoder = new ResponseEncoder(allocator.directBuffer(ownBytes), sendfile, isShort);
            encoder.writeInt(size.totalSize());
            header.data().write(encoder, cache, header.headerVersion());
            response.data().write(encoder, cache, version);
            return new Parts(encoder.finished(), 4 + size.totalSize());
        } catch (RuntimeException | Error e) {
            if (encoder != null) encoder.release();
            ResponseSlices.closeExcept(response, encoder == null ? List.of() : encoder.taken);
            throw e;
        }
    }

    private List<Object> finished() {
        if (parts.isEmpty() || buffer.isReadable()) parts.add(buffer);
        else buffer.release();
        return parts;
    }

    private void release() {
        parts.forEach(ReferenceCountUtil::release);
        buffer.release();
    }

    private void cut() {
        if (buffer.isReadable()) parts.add(buffer.readRetainedSlice(buffer.readableBytes()));
    }

    @Override
    public void writeRecords(BaseRecords records) {
        switch (records) {
            case MemoryRecords memory -> writeByteBuffer(memory.buffer());
            case SliceRecords slice -> writeSlice(slice);
            default -> throw new IllegalArgumentException("cannot send " + records.getClass());
        }
    }

    private void writeSlice(SliceRecords records) {
        LogSlice slice = records.slice();
        taken.add(records);
        Optional<FileChannel> channel = slice.channel();
        if (slice.sizeBytes() > 0 && sendfile && channel.isPresent() && !isShort) {
            cut();
            parts.add(new SliceRegion(channel.get(), slice));
            return;
        }
        try (slice) {
            if (slice.sizeBytes() == 0) return;
            if (channel.isPresent() && isShort) copy(channel.get(), slice);
            else writeByteBuffer(wholeCopy(slice));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copy(FileChannel channel, LogSlice slice) throws IOException {
        for (int copied = 0; copied < slice.sizeBytes(); ) {
            int count = buffer.writeBytes(channel, slice.filePosition() + copied, slice.sizeBytes() - copied);
            if (count <= 0) throw endsEarly();
            copied += count;
        }
    }

    /// The frame's size is already written: fewer bytes would shift all that follow.
    private static ByteBuffer wholeCopy(LogSlice slice) throws IOException {
        ByteBuffer bytes = slice.copy();
        if (bytes.remaining() != slice.sizeBytes()) throw endsEarly();
        return bytes;
    }

    private static EOFException endsEarly() {
        return new EOFException("the slice ends early");
    }

    @Override
    public void writeByteBuffer(ByteBuffer bytes) {
        if (!bytes.hasRemaining()) return;
        cut();
        parts.add(Unpooled.wrappedBuffer(bytes));
    }

    @Override
    public void writeByte(byte value) {
        buffer.writeByte(value);
    }

    @Override
    public void writeShort(short value) {
        buffer.writeShort(value);
    }

    @Override
    public void writeInt(int value) {
        buffer.writeInt(value);
    }

    @Override
    public void writeLong(long value) {
        buffer.writeLong(value);
    }

    @Override
    public void writeDouble(double value) {
        buffer.writeDouble(value);
    }

    @Override
    public void writeByteArray(byte[] bytes) {
        buffer.writeBytes(bytes);
    }

    @Override
    public void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            buffer.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        buffer.writeByte(rest);
    }

    @Override
    public void writeVarint(int value) {
        writeUnsignedVarint(value << 1 ^ value >> 31);
    }

    @Override
    public void writeVarlong(long value) {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7fL) != 0) {
            buffer.writeByte((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        buffer.writeByte((int) rest);
    }
}
