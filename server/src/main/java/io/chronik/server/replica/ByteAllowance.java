package io.chronik.server.replica;

/// So many bytes a second, of which up to one second's worth may be saved. Whoever asks may take more than is left, as
/// nobody knows beforehand how much comes; then nothing is left until that is made up for. Pure; one owner.
final class ByteAllowance {
    private static final double MS_PER_SECOND = 1_000;

    private double bytesPerMs;
    private double left;
    private long nowMs;

    /// Full at `nowMs`.
    ByteAllowance(long bytesPerSecond, long nowMs) {
        this.bytesPerMs = (double) bytesPerSecond / MS_PER_SECOND;
        this.left = (double) bytesPerSecond;
        this.nowMs = nowMs;
    }

    /// What was taken too much counts on, at the new rate.
    void setRate(long bytesPerSecond, long atMs) {
        advance(atMs);
        bytesPerMs = (double) bytesPerSecond / MS_PER_SECOND;
        left = Math.min(left, (double) bytesPerSecond);
    }

    boolean isUsedUp(long atMs) {
        advance(atMs);
        return left <= 0;
    }

    void take(long bytes, long atMs) {
        advance(atMs);
        left -= bytes;
    }

    /// How long nothing will be left, when nothing more is taken.
    long usedUpForMs(long atMs) {
        if (!isUsedUp(atMs)) return 0;
        return bytesPerMs == 0 ? Long.MAX_VALUE : (long) (Math.floor(-left / bytesPerMs) + 1);
    }

    private void advance(long atMs) {
        if (atMs <= nowMs) return;
        left = Math.min(left + (atMs - nowMs) * bytesPerMs, MS_PER_SECOND * bytesPerMs);
        nowMs = atMs;
    }
}
