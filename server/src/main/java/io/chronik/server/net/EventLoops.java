package io.chronik.server.net;

import io.chronik.base.Lane;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// The few threads that carry all connections, and the lanes. What runs on them never blocks.
public final class EventLoops implements AutoCloseable {
    private final EventLoopGroup group;
    private final boolean epoll;

    private EventLoops(EventLoopGroup group, boolean epoll) {
        this.group = group;
        this.epoll = epoll;
    }

    /// Starts lazily: a thread begins with its first task.
    public static EventLoops start(int threads) {
        return start(threads, Epoll.isAvailable());
    }

    static EventLoops start(int threads, boolean epoll) {
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new EventLoops(
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("chronik-loop", true), io), epoll);
    }

    /// Runs each task on one of the threads, spread evenly.
    public Executor executor() {
        return group;
    }

    /// Runs `event` on one of the threads after `delayMs` monotonic milliseconds.
    public Lane.Timer after(long delayMs, Runnable event) {
        Future<?> scheduled = group.schedule(event, delayMs, TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    }

    /// One of the threads, to open connections from. `resolver` looks host names up, which may block.
    public Dialer dialer(Executor resolver) {
        return new NettyDialer(group.next(), clientChannel(), resolver);
    }

    private Class<? extends Channel> clientChannel() {
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    EventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /// Runs what was submitted, then ends the threads. Blocks up to two seconds; not for use on one of the threads.
    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
