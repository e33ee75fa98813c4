package io.chronik.server.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;

/// What a handler may know about the peer.
public interface ClientConnection {
    /// Unique in the life of the process.
    long id();

    /// Name of the listener it came in on, e.g. PLAINTEXT.
    String listener();

    InetAddress peer();

    /// The local address it connected to.
    InetSocketAddress local();

    /// From ApiVersions; sanitized; "unknown" before.
    String softwareName();

    String softwareVersion();

    /// Runs things on the connection's event loop, soon, in order; dropped when it has closed. They must not block.
    Executor eventLoop();

    /// Runs `event` once when the connection has closed (fetch sessions, waiting fetches), at once if it already has.
    /// Cancel what concerns one request only when that is answered, or it stays as long as the connection.
    CloseEvent onClose(Runnable event);

    /// A registered event.
    @FunctionalInterface
    interface CloseEvent {
        /// The event will not run, unless it is running. Idempotent, any thread.
        void cancel();
    }
}
