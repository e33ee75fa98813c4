package io.chronik.base;

/// One thread of control, a *strand*: events run one at a time, in the order they were given, and see each other's
/// effects. An owner (a partition replica, the controller, a coordinator shard) has one lane and touches its state
/// only from events on it.
///
/// An event never blocks and never calls back into another owner while its own owner's state is half changed.
/// Production drains a lane on whichever thread finds it idle; the simulator runs all lanes under virtual time.
public interface Lane {
    /// Runs `event` after all events given before. May run it on the calling thread before this method returns, unless
    /// the caller is itself an event of this lane: then it runs later. Never blocks.
    void execute(Runnable event);

    /// Runs `event` on this lane, `delayMs` (>= 0) monotonic milliseconds from now.
    Timer after(long delayMs, Runnable event);

    /// Monotonic milliseconds since an arbitrary start. Never the wall clock.
    long nowMs();

    /// A scheduled event that has not run yet.
    interface Timer {
        /// The event will not run, unless it has already been handed to the lane. Idempotent, any thread.
        void cancel();
    }
}
