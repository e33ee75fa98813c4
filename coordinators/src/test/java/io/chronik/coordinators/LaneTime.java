package io.chronik.coordinators;

import io.chronik.base.Lane;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;
import org.apache.kafka.server.util.timer.TimerTaskEntry;

/// The clock and the timer of a lane.
final class LaneTime implements Time, Timer {
    private final Lane lane;
    private int waiting;
    private boolean closed;

    LaneTime(Lane lane) {
        this.lane = lane;
    }

    @Override
    public void add(TimerTask task) {
        TimerTaskEntry entry = new TimerTaskEntry(task, lane.nowMs() + task.delayMs);
        waiting++;
        var _ = lane.after(Math.max(0, task.delayMs), () -> {
            waiting--;
            if (!closed && !entry.cancelled()) task.run();
        });
    }

    /// It moves by itself.
    @Override
    public boolean advanceClock(long timeoutMs) {
        return false;
    }

    @Override
    public int size() {
        return waiting;
    }

    @Override
    public long milliseconds() {
        return lane.nowMs();
    }

    @Override
    public long nanoseconds() {
        return lane.nowMs() * 1_000_000;
    }

    @Override
    public void sleep(long ms) {
        throw new UnsupportedOperationException("a lane never waits");
    }

    @Override
    public void close() {
        closed = true;
    }
}
