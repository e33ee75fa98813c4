package io.chronik.server.lane;

import io.chronik.base.Lane;
import java.util.PriorityQueue;

/// Lanes and timers whose time moves only when a test says so. All on the test's thread: an event runs when its turn
/// comes, never inside the call that gave it.
public final class VirtualTime {
    private record Event(long atMs, long order, Runnable run) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowMs;
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
                return () -> events.remove(added);
            }

            @Override
            public long nowMs() {
                return nowMs;
            }
        };
    }

    private Event add(long delayMs, Runnable run) {
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
        for (Event next; (next = events.peek()) != null && next.atMs <= endMs; ) {
            events.remove();
            nowMs = Math.max(nowMs, next.atMs);
            next.run.run();
        }
        nowMs = endMs;
    }
}
