package io.chronik.server.net;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.slf4j.spi.NOPLoggingEventBuilder;

/// Lets one log line a second through, so that a peer cannot fill the log. The next line says how many were left out.
final class LogGate {
    private static final long PERIOD_NS = 1_000_000_000L;

    private final Logger log;
    private final Level level;
    private final AtomicLong openNs = new AtomicLong(Long.MIN_VALUE);
    private final AtomicLong leftOut = new AtomicLong();

    LogGate(Logger log, Level level) {
        this.log = log;
        this.level = level;
    }

    LoggingEventBuilder line() {
        long now = System.nanoTime();
        long open = openNs.get();
        if ((open != Long.MIN_VALUE && now - open < 0) || !openNs.compareAndSet(open, now + PERIOD_NS)) {
            leftOut.incrementAndGet();
            return NOPLoggingEventBuilder.singleton();
        }
        long missing = leftOut.getAndSet(0);
        LoggingEventBuilder line = log.atLevel(level);
        return missing == 0 ? line : line.addKeyValue("leftOut", missing);
    }
}
