package io.chronik.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A [Wire] over a Netty channel; everything on its event loop.
///
/// Memory for answers needs no budget: what comes in is what this node asked for.
final class NettyWire extends ChannelInboundHandlerAdapter implements Wire {
    private final int maxFrameBytes;
    private final Events events;
    private @Nullable Channel channel;
    private @Nullable FrameReader frames;
    private @Nullable Throwable failure;
    private boolean closing;
    private boolean told;

    NettyWire(int maxFrameBytes, Events events) {
        this.maxFrameBytes = maxFrameBytes;
        this.events = events;
    }

    ChannelHandler initializer() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel opened) {
                FrameReader reader = new FrameReader(maxFrameBytes, new MemoryBudget(Long.MAX_VALUE), opened.alloc());
                channel = opened;
                frames = reader;
                opened.config().setRecvByteBufAllocator(new FrameReceiveAllocator(reader));
                opened.pipeline().addLast(NettyWire.this);
                if (closing) {
                    var _ = opened.close();
                }
            }
        };
    }

    @Override
    public void send(ByteBuffer frame) {
        Channel open = channel;
        if (open == null || closing) return;
        ByteBuf size = open.alloc().ioBuffer(4).writeInt(frame.remaining());
        var _ = open.write(size, open.voidPromise());
        open.writeAndFlush(Unpooled.wrappedBuffer(frame)).addListener(sent -> {
            if (!sent.isSuccess()) breakOff(sent.cause());
        });
    }

    @Override
    public void close() {
        closing = true;
        if (channel != null) {
            var _ = channel.close();
        }
    }

    private void breakOff(@Nullable Throwable cause) {
        if (failure == null) failure = cause;
        close();
    }

    /// The connection was not made.
    void failed(Throwable cause) {
        if (failure == null) failure = cause;
        tellClosed();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (!closing) events.onOpen();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        FrameReader reader = frames;
        if (reader == null || closing) {
            ((ByteBuf) bytes).release();
            return;
        }
        reader.offer((ByteBuf) bytes);
        try {
            for (FrameReader.Frame frame; !closing && (frame = reader.next()) != null; ) {
                events.onFrame(frame.bytes().nioBuffer(), frame::release);
            }
        } catch (BadFrame e) {
            breakOff(e);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        breakOff(cause);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (frames != null) frames.close();
        tellClosed();
    }

    private void tellClosed() {
        closing = true;
        if (told) return;
        told = true;
        events.onClosed(failure);
    }
}
