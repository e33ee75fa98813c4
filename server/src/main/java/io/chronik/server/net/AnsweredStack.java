package io.chronik.server.net;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Answers on their way from any thread to one event loop. Whoever finds it empty wakes the loop; all who push until
/// the loop comes by ride along: one wake-up for all the replies of a group commit.
/// Bounded by the requests in flight.
final class AnsweredStack {
    private final AtomicReference<@Nullable InFlightRequest> top = new AtomicReference<>();

    /// True: it was empty, so the loop must be woken.
    boolean push(InFlightRequest request) {
        InFlightRequest below;
        do {
            below = top.get();
            request.below = below;
        } while (!top.compareAndSet(below, request));
        return below == null;
    }

    /// Everything pushed so far, latest first, linked by `below`.
    @Nullable
    InFlightRequest takeAll() {
        return top.getAndSet(null);
    }
}
