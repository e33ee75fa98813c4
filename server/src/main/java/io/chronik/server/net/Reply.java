package io.chronik.server.net;

import io.netty.buffer.ByteBuf;
import org.apache.kafka.common.requests.AbstractResponse;

/// What becomes of a request, in its turn.
sealed interface Reply {
    record Body(AbstractResponse response) implements Reply {}

    /// A whole encoded frame.
    record Encoded(ByteBuf frame) implements Reply {}

    record Nothing() implements Reply {}

    record HangUp(String reason) implements Reply {}

    /// Gives back what the reply holds, when it will not be sent.
    default void discard() {
        switch (this) {
            case Body(AbstractResponse response) -> ResponseSlices.close(response);
            case Encoded(ByteBuf frame) -> frame.release();
            case Nothing() -> {}
            case HangUp(String _) -> {}
        }
    }
}
