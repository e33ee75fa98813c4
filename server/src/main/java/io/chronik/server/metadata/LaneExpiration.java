package io.chronik.server.metadata;

import io.chronik.base.Lane;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.raft.ExpirationService;

/// The Raft library's time-outs, on the node's own timers.
record LaneExpiration(Lane lane) implements ExpirationService {
    @Override
    public <T> CompletableFuture<T> failAfter(long timeoutMs) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Lane.Timer timer = lane.after(
                timeoutMs,
                () -> future.completeExceptionally(new TimeoutException("not completed within " + timeoutMs + " ms")));
        var _ = future.whenComplete((value, failure) -> timer.cancel());
        return future;
    }
}
