package io.chronik.server.sentinel;

/// How long the node has not answered, and whether that is too long. Times in milliseconds of a monotonic clock.
///
/// Only time in which the sentinel itself ran counts: when the whole machine stood still, the node is not silent.
final class Silence {
    private final long limitMs;
    private final long longestStepMs;
    private long seenMs;
    private long silentMs;

    /// The node counts as silent from `limitMs` on. Of the time between two calls of [#pass], at most `longestStepMs`
    /// counts.
    Silence(long limitMs, long longestStepMs, long nowMs) {
        this.limitMs = limitMs;
        this.longestStepMs = longestStepMs;
        this.seenMs = nowMs;
    }

    /// The sentinel runs, and has not had an answer.
    void pass(long nowMs) {
        silentMs += Math.clamp(nowMs - seenMs, 0, longestStepMs);
        seenMs = nowMs;
    }

    void onAnswer(long nowMs) {
        silentMs = 0;
        seenMs = nowMs;
    }

    boolean isTooLong() {
        return silentMs >= limitMs;
    }

    long silentMs() {
        return silentMs;
    }

    /// Until it is too long, when nothing is heard; 0 when it is.
    long leftMs() {
        return Math.max(0, limitMs - silentMs);
    }
}
