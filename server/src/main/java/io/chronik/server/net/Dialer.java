package io.chronik.server.net;

import io.chronik.base.Lane;
import io.chronik.server.config.HostPort;

/// A lane from which connections are opened, and on which all that happens to them is told.
public interface Dialer extends Lane {
    /// Begins to open one; never blocks, never tells anything before it returns. Host names are looked up anew.
    Wire open(HostPort address, int maxFrameBytes, Wire.Events events);
}
