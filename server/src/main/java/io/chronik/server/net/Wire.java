package io.chronik.server.net;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A connection that this node opened, as frames out and frames in. On its [Dialer]'s lane only.
public interface Wire {
    /// Sends the bytes as one frame. What can not be sent ends the connection.
    void send(ByteBuffer frame);

    /// Ends the connection, open or not; [Events#onClosed] is told later.
    void close();

    /// What happens to it, told on the dialer's lane.
    interface Events {
        void onOpen();

        /// A frame without its size, valid until `release` is run, once, by any thread.
        void onFrame(ByteBuffer frame, Runnable release);

        /// Once, and last. `failure` is why it could not be opened or broke; null when the peer has closed it.
        void onClosed(@Nullable Throwable failure);
    }
}
