package io.chronik.server.peer;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;

/// A connection to another node that opens by itself when it is used. Any thread.
public interface PeerConnection {
    /// Sends a request in the highest version that both sides know; answered in request order, on the event loop.
    /// Fails with a Kafka exception: `DisconnectException`, `UnsupportedVersionException`, or `TimeoutException`;
    /// after that the connection is closed, because a late answer would be taken for the next one. What has failed
    /// may still have been done by the peer.
    CompletionStage<PeerAnswer> send(AbstractRequest.Builder<? extends AbstractRequest> request, int timeoutMs);

    /// Told once for each connection that ends or could not be made, before its requests fail; on its event loop.
    /// Must not block.
    void onClosed(Consumer<Reason> told);

    /// Why a connection ended.
    enum Reason {
        /// Nobody listens there: the process is gone.
        REFUSED,
        CLOSED_BY_PEER,
        TIMED_OUT,
        /// The address is unknown, or no packet gets there.
        UNREACHABLE,
        CLOSED_HERE
    }

    /// `body`'s records are slices of the received frame: call `release` exactly once, when they have been read.
    record PeerAnswer(AbstractResponse body, Runnable release) {}
}
