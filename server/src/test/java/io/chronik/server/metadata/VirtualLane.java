package io.chronik.server.metadata;

import io.chronik.base.Lane;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/// A lane whose time goes on when the test says so.
final class VirtualLane implements Lane {
    private record Timed(long atMs, long order, Runnable event) {}

    private final Queue<Runnable> events = new ArrayDeque<>();
    private final PriorityQueue<Timed> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timed::atMs).thenComparingLong(Timed::order));
    private long nowMs = 1_000_000;
    private long count;

    @Override
    public void execute(Runnable event) {
        events.add(event);
    }

    @Override
    public Timer after(long delayMs, Runnable event) {
        Timed timed = new Timed(nowMs + delayMs, count++, event);
        timers.add(timed);
        return () -> timers.remove(timed);
    }

    @Override
    public long nowMs() {
        return nowMs;
    }

    /// Runs what can run without time going on.
    void settle() {
        for (Runnable event = events.poll(); event != null; event = events.poll()) event.run();
    }

    /// Lets time go on, with all that happens meanwhile.
    void advance(long ms) {
        long endMs = nowMs + ms;
        settle();
        while (!timers.isEmpty() && timers.peek().atMs() <= endMs) {
            Timed next = timers.remove();
            nowMs = Math.max(nowMs, next.atMs());
            next.event().run();
            settle();
        }
        nowMs = endMs;
    }

    /// The process stands still for so long.
    void pause(long ms) {
        nowMs += ms;
        settle();
    }
}
