package io.chronik.server.peer;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;

/// A connection to another node, opened when it is first used and again after it has ended. Any thread.
public interface PeerConnection {
    /// Answers come in the order of the requests. Fails with a DisconnectException, or with a TimeoutException, and
    /// then the connection ends.
    CompletionStage<PeerAnswer> send(AbstractRequest.Builder<? extends AbstractRequest> request, int timeoutMs);

    /// Told once per connection that ends. REFUSED: nobody listens there, so the process is gone.
    void onClosed(Consumer<Reason> told);

    enum Reason {
        REFUSED,
        CLOSED_BY_PEER,
        TIMED_OUT,
        UNREACHABLE,
        CLOSED_HERE
    }

    /// Records in `body` are slices of the answer's frame, and valid until `release` has run, which it must, once.
    record PeerAnswer(AbstractResponse body, Runnable release) {}
}
