package io.chronik.server.sentinel;

import java.util.OptionalLong;

/// After which pause a sentinel that has ended is started again: a few times, each later than the one before. One that
/// has lived for an hour is as good as the first.
final class Restarts {
    private static final long FIRST_PAUSE_MS = 1_000;
    private static final int RESTARTS = 5;
    private static final long LONG_LIFE_MS = 3_600_000;

    private int ended;

    /// Empty: not any more. `livedMs` is how long the last one lived.
    OptionalLong pauseMs(long livedMs) {
        if (livedMs >= LONG_LIFE_MS) ended = 0;
        return ended >= RESTARTS ? OptionalLong.empty() : OptionalLong.of(FIRST_PAUSE_MS << ended++);
    }
}
