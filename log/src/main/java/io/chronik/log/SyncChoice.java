package io.chronik.log;

/// Decides how a round is made durable: file by file, or the whole file system with one call. The one call is cheaper
/// from the second file on, unless others have much unwritten data on the same file system: it waits for that too. So
/// a call that took far longer than its own files explain is not made again for some rounds, twice as many each time.
/// One thread.
final class SyncChoice {
    static final int MIN_FILES = 2;
    private static final long TOLERATED_NS = 20_000_000;
    private static final int TOLERATED_FACTOR = 4;
    private static final long FIRST_GUESS_NS_PER_FILE = 300_000;
    private static final long MIN_BYTES_PER_SECOND = 50_000_000;
    private static final int FIRST_PAUSE_ROUNDS = 8;
    private static final int MAX_PAUSE_ROUNDS = 1024;

    private double nsPerFile = FIRST_GUESS_NS_PER_FILE;
    private int nextPause = FIRST_PAUSE_ROUNDS;
    private int pausedRounds;

    boolean together(int files) {
        if (files < MIN_FILES) return false;
        if (pausedRounds == 0) return true;
        pausedRounds--;
        return false;
    }

    /// A round of `files` files with `bytes` unwritten bytes, one by one, took `durationNs`.
    void onEach(int files, long bytes, long durationNs) {
        double forBytes = bytes * 1e9 / MIN_BYTES_PER_SECOND;
        double each = Math.max(0, durationNs - forBytes) / files;
        nsPerFile += (each - nsPerFile) / 16;
    }

    void onTogether(int files, long bytes, long durationNs) {
        double explained = files * nsPerFile + bytes * 1e9 / MIN_BYTES_PER_SECOND;
        if (durationNs > TOLERATED_NS && durationNs > TOLERATED_FACTOR * explained) {
            pausedRounds = nextPause;
            nextPause = Math.min(2 * nextPause, MAX_PAUSE_ROUNDS);
        } else {
            nextPause = Math.max(FIRST_PAUSE_ROUNDS, nextPause - 1);
        }
    }
}
