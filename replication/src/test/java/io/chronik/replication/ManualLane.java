package io.chronik.replication;

import io.chronik.base.Lane;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/// A lane on the test's thread, with time that moves when told.
final class ManualLane implements Lane {
    private record Scheduled(long atMs, Runnable event) {}

    private final Queue<Runnable> events = new ArrayDeque<>();
    private final PriorityQueue<Scheduled> scheduled = new PriorityQueue<>(Comparator.comparingLong(Scheduled::atMs));
    private boolean running;
    private long nowMs;

    @Override
    public void execute(Runnable event) {
        events.add(event);
        if (running) return;
        running = true;
        while (!events.isEmpty()) events.remove().run();
        running = false;
    }

    @Override
    public Timer after(long delayMs, Runnable event) {
        Scheduled entry = new Scheduled(nowMs + delayMs, event);
        scheduled.add(entry);
        return () -> scheduled.remove(entry);
    }

    @Override
    public long nowMs() {
        return nowMs;
    }

    void advance(long ms) {
        nowMs += ms;
        while (!scheduled.isEmpty() && scheduled.peek().atMs <= nowMs) execute(scheduled.remove().event);
    }
}
