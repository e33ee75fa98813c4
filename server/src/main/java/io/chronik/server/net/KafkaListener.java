package io.chronik.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// A bound address that accepts Kafka clients.
public final class KafkaListener {
    private static final LogGate REFUSED = new LogGate(LoggerFactory.getLogger(KafkaListener.class), Level.WARN);
    private static final Logger LOG = LoggerFactory.getLogger(KafkaListener.class);

    private final String name;
    private final Channel server;

    private KafkaListener(String name, Channel server) {
        this.name = name;
        this.server = server;
    }

    static KafkaListener bind(
            String name,
            InetSocketAddress address,
            RequestHandler handler,
            EventLoops loops,
            NetShared shared,
            LongSupplier ids,
            Function<EventLoop, LoopConnections> connectionsOf)
            throws BindFailure {
        if (address.isUnresolved())
            throw BindFailure.of(name, address, new UnknownHostException(address.getHostString()));
        int high = shared.settings().sendBufferHighBytes();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(high / 4, high))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        open(channel, name, handler, shared, ids.getAsLong(), connectionsOf);
                    }
                });
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        Throwable failure = bound.cause();
        if (failure != null) throw BindFailure.of(name, address, failure);
        LOG.atInfo()
                .addKeyValue("listener", name)
                .addKeyValue("address", bound.channel().localAddress())
                .log("listening");
        return new KafkaListener(name, bound.channel());
    }

    private static void open(
            Channel channel,
            String name,
            RequestHandler handler,
            NetShared shared,
            long id,
            Function<EventLoop, LoopConnections> connectionsOf) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            var _ = channel.close(); // It hung up before it was accepted.
            return;
        }
        InetAddress peer = remote.getAddress();
        if (!shared.limits().admits()) {
            var _ = channel.close();
            return;
        }
        if (!shared.limits().tryAcquire(peer)) {
            REFUSED.line().addKeyValue("peer", peer.getHostAddress()).log("connection refused: too many");
            var _ = channel.close();
            return;
        }
        shared.metrics().onConnections(name, 1);
        channel.closeFuture().addListener(_ -> {
            shared.limits().release(peer);
            shared.metrics().onConnections(name, -1);
        });
        LoopConnections loop = connectionsOf.apply(channel.eventLoop());
        KafkaConnection connection = new KafkaConnection(id, name, channel, peer, handler, shared, loop);
        channel.config().setRecvByteBufAllocator(new FrameReceiveAllocator(connection.frames()));
        channel.pipeline().addLast(connection);
        loop.add(connection);
        if (!shared.limits().admits()) connection.close(); // Between the look above and now.
    }

    public String name() {
        return name;
    }

    /// The address it has, with the port chosen when port 0 was asked for.
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    /// Accepts no more; open connections stay.
    void stopAccepting() {
        server.close().awaitUninterruptibly();
    }
}
