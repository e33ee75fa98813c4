package io.chronik.simulator;

import io.chronik.base.Lane;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/// A process: it runs what is given to it until it ends, and nothing while it is stopped (SIGSTOP), after which all of
/// that comes at once.
final class SimulatedProcess {
    private final VirtualTime time;
    private final Chance chance;
    private final Runnable afterEvent;
    private List<Runnable> waiting = new ArrayList<>();
    private boolean alive = true;
    private boolean stopped;

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
        return new ProcessLane(afterEvent);
    }

    /// Of somebody who owns no replica.
    Lane quietLane() {
        return new ProcessLane(() -> {});
    }

    /// Its events are in order; those of other lanes come in between.
    private final class ProcessLane implements Lane {
        private final Queue<Runnable> events = new ArrayDeque<>();
        private final Runnable afterEach;

        ProcessLane(Runnable afterEach) {
            this.afterEach = afterEach;
        }

        @Override
        public void execute(Runnable event) {
            events.add(event);
            if (events.size() == 1) schedule();
        }

        private void schedule() {
            long delayUs = chance.percent(1) ? chance.between(0, 3_000) : chance.between(0, 30);
            afterUs(delayUs, this::runOne);
        }

        private void runOne() {
            // Stays in the queue while it runs: what it gives comes after it.
            events.element().run();
            events.remove();
            if (!events.isEmpty()) schedule();
            afterEach.run();
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
