package io.chronik.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/// Cuts the bytes of one connection into frames: `size int32 | size bytes`. Runs on the connection's event loop.
///
/// Memory follows what has arrived, never what was declared. A frame that lies whole in a read buffer is a slice of
/// it. A longer one is gathered in a buffer of its own, at most `GROWTH` times what has arrived, into which the socket
/// then reads directly (see [#receiveBuffer]); the frame is contiguous when it is complete.
final class FrameReader {
    private static final int GROWTH = 8;
    private static final int SIZE_UNKNOWN = -1;

    /// A whole frame without its size; the taker releases both.
    record Frame(ByteBuf bytes, MemoryBudget.Grant grant) {
        void release() {
            bytes.release();
            grant.release();
        }
    }

    private final int maxRequestBytes;
    private final int maxOtherRequestBytes;
    private final MemoryBudget budget;
    private final ByteBufAllocator allocator;
    /// Read buffers with bytes not yet looked at; more than one only while the connection is paused.
    private final ArrayDeque<ByteBuf> input = new ArrayDeque<>(2);

    private int size = SIZE_UNKNOWN;
    private int sizeWord;
    private int sizeWordBytes;
    private @Nullable ByteBuf partial;
    private MemoryBudget.@Nullable Grant grant;
    private boolean blocked;

    FrameReader(NetSettings settings, MemoryBudget budget, ByteBufAllocator allocator) {
        this(settings.maxRequestBytes(), settings.maxOtherRequestBytes(), budget, allocator);
    }

    /// For answers: frames up to `maxBytes`, whatever is in them.
    FrameReader(int maxBytes, MemoryBudget budget, ByteBufAllocator allocator) {
        this(maxBytes, maxBytes, budget, allocator);
    }

    private FrameReader(
            int maxRequestBytes, int maxOtherRequestBytes, MemoryBudget budget, ByteBufAllocator allocator) {
        this.maxRequestBytes = maxRequestBytes;
        this.maxOtherRequestBytes = maxOtherRequestBytes;
        this.budget = budget;
        this.allocator = allocator;
    }

    /// Takes over `bytes`, a read buffer or the one from [#receiveBuffer] with more in it.
    @SuppressWarnings("ReferenceEquality") // Buffers compare by content; the very one is meant.
    void offer(ByteBuf bytes) {
        if (bytes == partial || !bytes.isReadable()) bytes.release();
        else input.add(bytes);
    }

    /// Where the socket should read to next: the rest of the frame that is being gathered, or null for a fresh buffer.
    /// The caller owns one reference.
    @Nullable
    ByteBuf receiveBuffer() {
        return partial != null && partial.isWritable() && input.isEmpty() ? partial.retain() : null;
    }

    /// A frame has begun and is not complete.
    boolean midFrame() {
        return sizeWordBytes > 0 || size != SIZE_UNKNOWN;
    }

    /// The last [#next] gave nothing because the memory budget is used up.
    boolean blocked() {
        return blocked;
    }

    /// The next whole frame, or null until more has arrived.
    @Nullable
    Frame next() throws BadFrame {
        blocked = false;
        while (true) {
            if (size == SIZE_UNKNOWN && !readSize()) return null;
            if (partial == null) {
                ByteBuf head = input.peek();
                if (head == null) return null;
                if (head.readableBytes() >= size) return slice(head);
                if (!gather(head.readableBytes())) return null;
            }
            ByteBuf gathered = partial;
            if (gathered == null) return null;
            fill(gathered);
            if (gathered.readableBytes() == size) return completed(gathered);
            if (gathered.isWritable()) return null;
            if (!grow(gathered)) return null;
        }
    }

    /// Gives back everything held.
    void close() {
        for (ByteBuf bytes; (bytes = input.poll()) != null; ) bytes.release();
        if (partial != null) partial.release();
        partial = null;
        if (grant != null) grant.release();
        grant = null;
    }

    private boolean readSize() throws BadFrame {
        for (ByteBuf head; (head = input.peek()) != null; ) {
            while (sizeWordBytes < 4 && head.isReadable()) {
                sizeWord = sizeWord << 8 | head.readUnsignedByte();
                sizeWordBytes++;
            }
            dropIfRead(head);
            if (sizeWordBytes == 4) {
                if (sizeWord <= 0 || sizeWord > maxRequestBytes) throw BadFrame.size(sizeWord);
                size = sizeWord;
                return true;
            }
        }
        return false;
    }

    private @Nullable Frame slice(ByteBuf head) throws BadFrame {
        checkSizeFor(head);
        MemoryBudget.Grant share = budget.newGrant();
        if (!share.grow(size)) {
            blocked = true;
            return null;
        }
        ByteBuf bytes = head.readRetainedSlice(size);
        dropIfRead(head);
        reset();
        return new Frame(bytes, share);
    }

    private boolean gather(int arrived) {
        int capacity = capacityFor(arrived);
        MemoryBudget.Grant share = budget.newGrant();
        blocked = !share.grow(capacity);
        if (blocked) return false;
        grant = share;
        partial = allocator.directBuffer(capacity, size);
        return true;
    }

    private void fill(ByteBuf gathered) {
        for (ByteBuf head; gathered.isWritable() && (head = input.peek()) != null; ) {
            gathered.writeBytes(head, Math.min(head.readableBytes(), gathered.writableBytes()));
            dropIfRead(head);
        }
    }

    private boolean grow(ByteBuf full) throws BadFrame {
        checkSizeFor(full);
        int capacity = capacityFor(full.readableBytes());
        MemoryBudget.Grant share = grant;
        blocked = share == null || !share.grow(capacity - full.capacity());
        if (blocked) return false;
        partial = allocator.directBuffer(capacity, size).writeBytes(full);
        full.release();
        return true;
    }

    private int capacityFor(int arrived) {
        return (int) Math.min(size, Math.max(4096L, (long) arrived * GROWTH));
    }

    private void checkSizeFor(ByteBuf frame) throws BadFrame {
        if (size > maxOtherRequestBytes && frame.getShort(frame.readerIndex()) != ApiKeys.PRODUCE.id)
            throw new BadFrame("request too long for its kind", size);
    }

    private Frame completed(ByteBuf bytes) throws BadFrame {
        checkSizeFor(bytes);
        MemoryBudget.Grant share = grant == null ? budget.newGrant() : grant;
        partial = null;
        grant = null;
        reset();
        return new Frame(bytes, share);
    }

    private void reset() {
        size = SIZE_UNKNOWN;
        sizeWord = 0;
        sizeWordBytes = 0;
    }

    private void dropIfRead(ByteBuf head) {
        if (head.isReadable()) return;
        input.remove();
        head.release();
    }
}
