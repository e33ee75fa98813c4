package io.chronik.server.controller;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;

/// Requests to the present controller, wherever it is. Any thread.
public interface ControllerChannel {
    /// Sends again on NOT_CONTROLLER, when a connection ends and when nobody controls, until the time is over. So a
    /// request may arrive twice.
    <R extends AbstractResponse> CompletableFuture<R> send(
            AbstractRequest.Builder<?> request, long timeoutMs, Class<R> type);

    /// Completes when this node has applied all that was committed when the controller was asked.
    CompletableFuture<Void> barrier(long timeoutMs);
}
