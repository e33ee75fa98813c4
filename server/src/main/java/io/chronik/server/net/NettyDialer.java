package io.chronik.server.net;

import io.chronik.server.config.HostPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One event loop as a [Dialer].
final class NettyDialer implements Dialer {
    private static final Logger LOG = LoggerFactory.getLogger(NettyDialer.class);
    private static final int CONNECT_TIMEOUT_MS = 1_000;

    private final EventLoop loop;
    private final Class<? extends Channel> channelType;
    private final Executor resolver;

    NettyDialer(EventLoop loop, Class<? extends Channel> channelType, Executor resolver) {
        this.loop = loop;
        this.channelType = channelType;
        this.resolver = resolver;
    }

    @Override
    public void execute(Runnable event) {
        try {
            loop.execute(() -> run(event));
        } catch (RejectedExecutionException e) {
            run(event); // The loops have ended: what was accepted is still finished, on this thread.
        }
    }

    @Override
    public Timer after(long delayMs, Runnable event) {
        try {
            Future<?> scheduled = loop.schedule(() -> run(event), delayMs, TimeUnit.MILLISECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException e) {
            return () -> {};
        }
    }

    @Override
    public long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private static void run(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | Error failure) {
            LOG.atError().setCause(failure).log("an event of a connection to another node failed");
        }
    }

    @Override
    public Wire open(HostPort address, int maxFrameBytes, Wire.Events events) {
        NettyWire wire = new NettyWire(maxFrameBytes, events);
        if (isLiteral(address.host())) execute(() -> connect(resolved(address), wire));
        else
            resolver.execute(() -> {
                InetSocketAddress found = resolved(address);
                execute(() -> connect(found, wire));
            });
        return wire;
    }

    private static boolean isLiteral(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    private static InetSocketAddress resolved(HostPort address) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
        } catch (UnknownHostException e) {
            return InetSocketAddress.createUnresolved(address.host(), address.port());
        }
    }

    private void connect(InetSocketAddress address, NettyWire wire) {
        if (address.isUnresolved()) {
            wire.failed(new UnknownHostException(address.getHostString()));
            return;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(channelType)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .handler(wire.initializer())
                .connect(address);
        connecting.addListener((ChannelFuture done) -> {
            Throwable failure = done.cause();
            if (failure != null) wire.failed(failure);
        });
    }
}
