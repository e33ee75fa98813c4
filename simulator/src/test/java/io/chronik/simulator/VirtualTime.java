package io.chronik.simulator;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The one thread of a simulation: events in the order of their times, and of their making where those are equal.
final class VirtualTime {
    private record Event(long atUs, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atUs, other.atUs);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private long nowUs;
    private long made;
    private long ran;
    private @Nullable Throwable failure;

    long nowUs() {
        return nowUs;
    }

    long nowMs() {
        return nowUs / 1_000;
    }

    long eventCount() {
        return ran;
    }

    void afterUs(long delayUs, Runnable action) {
        queue.add(new Event(nowUs + delayUs, made++, action));
    }

    void afterMs(long delayMs, Runnable action) {
        afterUs(delayMs * 1_000, action);
    }

    /// Ends the simulation after the present event. For who stands where others catch what he throws.
    void fail(Throwable why) {
        if (failure == null) failure = why;
    }

    void runUntilMs(long endMs) {
        while (!queue.isEmpty() && queue.peek().atUs <= endMs * 1_000) {
            Event next = queue.remove();
            nowUs = next.atUs;
            ran++;
            next.action.run();
            if (failure instanceof Error error) throw error;
            if (failure instanceof RuntimeException exception) throw exception;
        }
        nowUs = endMs * 1_000;
    }
}
