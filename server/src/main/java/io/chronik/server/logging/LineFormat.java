package io.chronik.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;

/// Writes one event as one line.
interface LineFormat {
    /// Appends the event without a line end; what it appends contains none either.
    void append(ILoggingEvent event, StringBuilder line);
}
