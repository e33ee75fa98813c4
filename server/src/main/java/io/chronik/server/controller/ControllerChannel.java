package io.chronik.server.controller;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;

/// Requests to whichever node is the controller. Any thread.
public interface ControllerChannel {
    /// Sends to the present controller, and again after NOT_CONTROLLER, after a disconnect and while there is none.
    /// When `timeoutMs` have gone by it fails with `TimeoutException`. A request may thus be carried out twice.
    <R extends AbstractResponse> CompletableFuture<R> send(
            AbstractRequest.Builder<?> request, long timeoutMs, Class<R> type);

    /// Completes when this node has applied everything that was committed when the controller was asked.
    CompletableFuture<Void> barrier(long timeoutMs);
}
