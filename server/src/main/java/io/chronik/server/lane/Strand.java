package io.chronik.server.lane;

import io.chronik.base.Lane;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A lane without a thread of its own: whoever adds an event to an idle strand drains it, up to a bound per turn; what
/// is left goes to the workers. So an event usually runs on the thread that caused it, with no hand-over. The
/// queue is unbounded; what feeds it is bounded at the rim (requests in flight, sync rounds, timers).
final class Strand implements Lane {
    private static final int EVENTS_PER_TURN = 128;

    private final String name;
    private final Strands strands;
    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
    /// Events added and not finished; whoever raises it from 0 drains.
    private final AtomicInteger unfinished = new AtomicInteger();

    Strand(String name, Strands strands) {
        this.name = name;
        this.strands = strands;
    }

    @Override
    public void execute(Runnable event) {
        events.add(event);
        if (unfinished.getAndIncrement() == 0) drain();
    }

    private void drain() {
        for (int run = 0; run < EVENTS_PER_TURN; run++) {
            run(events.remove());
            if (unfinished.decrementAndGet() == 0) return;
        }
        strands.continueLater(this::drain);
    }

    private void run(Runnable event) {
        try {
            event.run();
        } catch (Throwable failure) {
            strands.onEventFailed(name, failure);
        }
    }

    @Override
    public Timer after(long delayMs, Runnable event) {
        return strands.schedule(delayMs, () -> execute(event));
    }

    @Override
    public long nowMs() {
        return strands.nowMs();
    }
}
