package io.chronik.server.peer;

import io.chronik.base.Lane;
import io.chronik.server.peer.PeerConnection.PeerAnswer;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/// A request until it is answered; on its connection's lane, but for `answer`.
final class PeerRequest {
    final AbstractRequest.Builder<? extends AbstractRequest> builder;
    final CompletableFuture<PeerAnswer> answer = new CompletableFuture<>();
    /// Set when it is sent.
    @Nullable
    RequestHeader header;

    private Lane.@Nullable Timer timer;

    PeerRequest(AbstractRequest.Builder<? extends AbstractRequest> builder) {
        this.builder = builder;
    }

    void startTimer(Lane.Timer started) {
        timer = started;
    }

    void succeed(AbstractResponse body, Runnable release) {
        stopTimer();
        if (!answer.complete(new PeerAnswer(body, release))) release.run();
    }

    void fail(Exception failure) {
        stopTimer();
        answer.completeExceptionally(failure);
    }

    private void stopTimer() {
        if (timer != null) timer.cancel();
    }
}
