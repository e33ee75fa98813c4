package io.chronik.server.replica;

import io.chronik.base.Lane;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/// Lanes on the test's thread, with a time that moves when told.
final class VirtualTime {
    private record Scheduled(long atMs, long number, Runnable event) {}

    private final PriorityQueue<Scheduled> scheduled =
            new PriorityQueue<>(Comparator.comparingLong(Scheduled::atMs).thenComparingLong(Scheduled::number));
    private long nowMs;
    private long count;

    Strand lane() {
        return new Strand();
    }

    void advance(long ms) {
        long endMs = nowMs + ms;
        while (!scheduled.isEmpty() && scheduled.peek().atMs <= endMs) {
            Scheduled next = scheduled.remove();
            nowMs = Math.max(nowMs, next.atMs);
            next.event.run();
        }
        nowMs = endMs;
    }

    final class Strand implements Lane {
        private final Queue<Runnable> events = new ArrayDeque<>();
        private boolean running;
        private boolean held;
        int executed;

        @Override
        public void execute(Runnable event) {
            events.add(event);
            drain();
        }

        private void drain() {
            if (running || held) return;
            running = true;
            while (!events.isEmpty()) {
                executed++;
                events.remove().run();
            }
            running = false;
        }

        /// Events wait until it goes on.
        void hold() {
            held = true;
        }

        void goOn() {
            held = false;
            drain();
        }

        @Override
        public Timer after(long delayMs, Runnable event) {
            Scheduled entry = new Scheduled(nowMs + delayMs, count++, () -> execute(event));
            scheduled.add(entry);
            return () -> scheduled.remove(entry);
        }

        @Override
        public long nowMs() {
            return nowMs;
        }
    }
}
