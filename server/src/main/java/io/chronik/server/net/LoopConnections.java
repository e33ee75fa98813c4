package io.chronik.server.net;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop: brings them the answers given on other threads, and looks at their deadlines.
final class LoopConnections {
    private final EventLoop loop;
    private final long sweepMs;
    private final AnsweredStack answered = new AnsweredStack();
    private final Runnable drain = this::drain;
    /// Touched on the loop only.
    private final Set<KafkaConnection> open = new HashSet<>();

    private final List<KafkaConnection> touched = new ArrayList<>();
    private boolean sweeping;

    LoopConnections(EventLoop loop, NetSettings settings) {
        this.loop = loop;
        this.sweepMs = Math.clamp(Math.min(settings.frameMs(), settings.idleMs()) / 4, 10, 1000);
    }

    EventLoop loop() {
        return loop;
    }

    void add(KafkaConnection connection) {
        open.add(connection);
        if (!sweeping) scheduleSweep();
        sweeping = true;
    }

    void remove(KafkaConnection connection) {
        open.remove(connection);
    }

    /// On the loop.
    List<KafkaConnection> open() {
        return List.copyOf(open);
    }

    /// Any thread.
    void onAnswered(InFlightRequest request) {
        if (!answered.push(request)) return;
        try {
            loop.execute(drain);
        } catch (RejectedExecutionException e) {
            discard(answered.takeAll());
        }
    }

    private void drain() {
        for (InFlightRequest request = answered.takeAll(); request != null; ) {
            InFlightRequest below = request.below;
            request.below = null;
            KafkaConnection connection = request.owner();
            if (connection.acceptAnswer(request)) touched.add(connection);
            request = below;
        }
        touched.forEach(KafkaConnection::sendReady);
        touched.clear();
    }

    /// The loop has ended, and all its connections with it.
    private static void discard(@Nullable InFlightRequest top) {
        for (InFlightRequest request = top; request != null; request = request.below) request.discard();
    }

    private void scheduleSweep() {
        var _ = loop.schedule(this::sweep, sweepMs, TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        long nowNs = System.nanoTime();
        for (KafkaConnection connection : open()) connection.checkDeadlines(nowNs);
        sweeping = !open.isEmpty();
        if (sweeping) scheduleSweep();
    }
}
