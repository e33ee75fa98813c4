package io.chronik.server.lane;

import io.chronik.base.Lane;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Lanes and timers whose time moves only when a test says so. Events run on the test's thread, when their turn comes,
/// never inside the call that gave them; any thread may give one.
public final class VirtualTime {
    private record Event(long atMs, long order, Runnable run) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private volatile long nowMs;
    private long lastOrder;

    public Lane lane() {
        return new Lane() {
            @Override
            public void execute(Runnable event) {
                add(0, event);
            }

            @Override
            public Timer after(long delayMs, Runnable event) {
                Event added = add(delayMs, event);
                return () -> remove(added);
            }

            @Override
            public long nowMs() {
                return nowMs;
            }
        };
    }

    private synchronized void remove(Event event) {
        events.remove(event);
    }

    private synchronized Event add(long delayMs, Runnable run) {
        Event event = new Event(nowMs + delayMs, ++lastOrder, run);
        events.add(event);
        return event;
    }

    public long nowMs() {
        return nowMs;
    }

    /// Runs what is due, and what that causes without delay.
    public void settle() {
        advance(0);
    }

    /// Runs what becomes due in the next `ms`.
    public void advance(long ms) {
        long endMs = nowMs + ms;
        for (Event next; (next = nextUntil(endMs)) != null; ) next.run.run();
        nowMs = endMs;
    }

    private synchronized @Nullable Event nextUntil(long endMs) {
        Event next = events.peek();
        if (next == null || next.atMs > endMs) return null;
        nowMs = Math.max(nowMs, next.atMs);
        return events.remove();
    }
}
