package io.chronik.coordinators;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;
import org.apache.kafka.server.util.timer.TimerTaskEntry;

/// A clock that stands still until a test moves it, and the timer that goes with it. Any thread.
final class VirtualTime implements Time, Timer {
    private final List<TimerTaskEntry> entries = new ArrayList<>();
    private long nowMs = 1_000_000;

    /// What is due runs at once.
    @Override
    public void add(TimerTask task) {
        if (task.delayMs <= 0) {
            task.run();
            return;
        }
        synchronized (this) {
            entries.add(new TimerTaskEntry(task, nowMs + task.delayMs));
        }
    }

    /// Moves on and runs what is due, in order, on the calling thread.
    @Override
    public boolean advanceClock(long ms) {
        List<TimerTaskEntry> due = new ArrayList<>();
        synchronized (this) {
            nowMs += ms;
            entries.removeIf(TimerTaskEntry::cancelled);
            entries.stream().filter(entry -> entry.expirationMs <= nowMs).forEach(due::add);
            entries.removeAll(due);
        }
        due.sort(Comparator.comparingLong(entry -> entry.expirationMs));
        due.forEach(entry -> entry.timerTask.run());
        return !due.isEmpty();
    }

    @Override
    public synchronized int size() {
        return entries.size();
    }

    @Override
    public synchronized long milliseconds() {
        return nowMs;
    }

    @Override
    public long nanoseconds() {
        return milliseconds() * 1_000_000;
    }

    @Override
    public void sleep(long ms) {
        advanceClock(ms);
    }

    @Override
    public void close() {}
}
