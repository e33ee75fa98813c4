package io.chronik.simulator;

import io.chronik.base.Lane;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;

/// A process: it runs what is given to it until it ends, and nothing while it is stopped (SIGSTOP), after which all of
/// that comes at once.
final class SimulatedProcess {
    private final VirtualTime time;
    private final Chance chance;
    private final Runnable afterEvent;
    private List<Runnable> waiting = new ArrayList<>();
    private boolean alive = true;
    private boolean stopped;

    /// Somebody stands still until a lane has had its turn.
    private boolean waits;

    /// `afterEvent` runs after each event on a lane of a replica.
    SimulatedProcess(VirtualTime time, Chance chance, Runnable afterEvent) {
        this.time = time;
        this.chance = chance;
        this.afterEvent = afterEvent;
    }

    boolean isAlive() {
        return alive;
    }

    boolean runs() {
        return alive && !stopped;
    }

    void end() {
        alive = false;
        waiting.clear();
    }

    void stop() {
        stopped = true;
    }

    void resume() {
        stopped = false;
        List<Runnable> late = waiting;
        waiting = new ArrayList<>();
        for (Runnable event : late) afterUs(0, event);
    }

    /// Now, or when it runs again, or never.
    void run(Runnable event) {
        if (!alive) return;
        if (stopped) waiting.add(event);
        else event.run();
    }

    void afterUs(long delayUs, Runnable event) {
        time.afterUs(delayUs, () -> run(event));
    }

    void afterMs(long delayMs, Runnable event) {
        afterUs(delayMs * 1_000, event);
    }

    /// Again and again, until the process ends.
    void every(long pauseMs, Runnable event) {
        afterUs(chance.between(1, pauseMs * 1_000), () -> {
            event.run();
            every(pauseMs, event);
        });
    }

    /// Whose events are looked at.
    Lane lane() {
        return new ProcessLane(afterEvent, 1, 3_000);
    }

    /// Of somebody who owns no replica.
    Lane quietLane() {
        return new ProcessLane(() -> {}, 1, 3_000);
    }

    /// Of somebody who has much to read, or little to hurry for.
    Lane slowLane() {
        return new ProcessLane(() -> {}, 20, 30_000);
    }

    /// As a thread that blocks until the lanes to which `work` gives events have run them. They do it at once,
    /// after what they had before: it is the thread that the clock waits for.
    <T> T waiting(Supplier<T> work) {
        boolean before = waits;
        waits = true;
        try {
            return work.get();
        } finally {
            waits = before;
        }
    }

    /// Its events are in order; those of other lanes come in between.
    private final class ProcessLane implements Lane {
        private final Queue<Runnable> events = new ArrayDeque<>();
        private final Runnable afterEach;
        private final int slowPercent;
        private final long slowUs;
        private boolean running;

        ProcessLane(Runnable afterEach, int slowPercent, long slowUs) {
            this.afterEach = afterEach;
            this.slowPercent = slowPercent;
            this.slowUs = slowUs;
        }

        @Override
        public void execute(Runnable event) {
            events.add(event);
            if (waits) runAll();
            else if (events.size() == 1) schedule();
        }

        private void schedule() {
            long delayUs = chance.percent(slowPercent) ? chance.between(0, slowUs) : chance.between(0, 30);
            afterUs(delayUs, this::runOne);
        }

        private void runOne() {
            // Nothing is left when somebody could not wait.
            if (events.isEmpty()) return;
            runFirst();
            if (!events.isEmpty()) schedule();
            afterEach.run();
        }

        private void runFirst() {
            running = true;
            // Stays in the queue while it runs: what it gives comes after it.
            events.element().run();
            events.remove();
            running = false;
        }

        /// All that is there now.
        private void runAll() {
            Oracle.check(!running, "an event of a lane waits for its own lane");
            waits = false;
            try {
                for (int left = events.size(); left > 0; left--) {
                    runFirst();
                    afterEach.run();
                }
            } catch (RuntimeException | Error failure) {
                time.fail(failure);
                throw failure;
            } finally {
                waits = true;
            }
            if (!events.isEmpty()) schedule();
        }

        @Override
        public Timer after(long delayMs, Runnable event) {
            boolean[] cancelled = new boolean[1];
            afterMs(delayMs, () -> {
                if (!cancelled[0]) execute(event);
            });
            return () -> cancelled[0] = true;
        }

        @Override
        public long nowMs() {
            return time.nowMs();
        }
    }
}
