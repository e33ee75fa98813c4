package io.chronik.server.net;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// All listeners of a process, with the limits that their connections share. Start here to read this package:
/// [KafkaListener] accepts, [KafkaConnection] reads and writes, [FrameReader] cuts frames, [ResponseEncoder] builds
/// replies.
public final class Network {
    private static final long CLOSE_MS = 1000;

    private final EventLoops loops;
    private final NetShared shared;
    private final AtomicLong lastId = new AtomicLong();
    private final List<KafkaListener> listeners = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<EventLoop, LoopConnections> connections = new ConcurrentHashMap<>();

    /// `loops` stays the caller's to close, after this.
    public Network(EventLoops loops, NetSettings settings, NetListener metrics) {
        this.loops = loops;
        this.shared = new NetShared(
                settings, metrics, new MemoryBudget(settings.requestMemoryBytes()), new ConnectionLimits(settings));
    }

    /// Binds and accepts at once; blocks for the bind only. Port 0 takes a free one.
    public KafkaListener listen(String name, InetSocketAddress address, RequestHandler handler) throws BindFailure {
        KafkaListener listener =
                KafkaListener.bind(name, address, handler, loops, shared, lastId::incrementAndGet, this::connectionsOf);
        listeners.add(listener);
        return listener;
    }

    public int connectionCount() {
        return shared.limits().total();
    }

    /// Bytes that request frames hold at this moment.
    public long requestMemoryBytes() {
        return shared.budget().usedBytes();
    }

    /// False: sends everybody away, and whoever comes, until true. The ports stay bound.
    public void admit(boolean anybody) {
        shared.limits().admit(anybody);
        if (!anybody) forEach(KafkaConnection::close);
    }

    /// Stops accepting and reading, waits up to `boundMs` until what is in flight is answered and sent, closes all
    /// connections. Blocks; not for an event loop. Idempotent.
    public void close(long boundMs) {
        listeners.forEach(KafkaListener::stopAccepting);
        try {
            forEach(KafkaConnection::drain);
            shared.limits().awaitNone(boundMs);
            forEach(KafkaConnection::close);
            shared.limits().awaitNone(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void forEach(Consumer<KafkaConnection> action) {
        for (LoopConnections on : connections.values())
            on.loop().execute(() -> on.open().forEach(action));
    }

    private LoopConnections connectionsOf(EventLoop loop) {
        return connections.computeIfAbsent(loop, own -> new LoopConnections(own, shared.settings()));
    }
}
