package io.chronik.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Lets the socket read straight into the frame that is being gathered; otherwise into small buffers whose size
/// follows the traffic.
final class FrameReceiveAllocator implements RecvByteBufAllocator {
    private static final RecvByteBufAllocator SMALL = new AdaptiveRecvByteBufAllocator(512, 2048, 32 * 1024);

    private final FrameReader frames;

    FrameReceiveAllocator(FrameReader frames) {
        this.frames = frames;
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own way to make one; its replacement is not there yet.
    public Handle newHandle() {
        return new FrameHandle((ExtendedHandle) SMALL.newHandle(), frames);
    }

    private static final class FrameHandle extends DelegatingHandle implements ExtendedHandle {
        private final FrameReader frames;

        FrameHandle(ExtendedHandle small, FrameReader frames) {
            super(small);
            this.frames = frames;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            @Nullable ByteBuf rest = frames.receiveBuffer();
            return rest != null ? rest : delegate().allocate(allocator);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return ((ExtendedHandle) delegate()).continueReading(maybeMoreData);
        }
    }
}
