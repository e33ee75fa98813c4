package io.chronik.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Writes each event as one line in one write, so that lines of several threads never mix.
final class LogOutput extends AppenderBase<ILoggingEvent> {
    static final String NAME = "lines";
    private static final int LONG_LINE_CHARS = 8_192;

    private final PrintStream target;
    private final StringBuilder line = new StringBuilder(512);
    private LineFormat format;

    LogOutput(PrintStream target, LogFormat format) {
        this.target = target;
        this.format = format.line();
        setName(NAME);
    }

    synchronized void use(LogFormat next) {
        format = next.line();
    }

    @Override
    protected synchronized void append(ILoggingEvent event) {
        line.setLength(0);
        format.append(event, line);
        line.append('\n');
        byte[] bytes = line.toString().getBytes(StandardCharsets.UTF_8);
        target.write(bytes, 0, bytes.length);
        target.flush();
        if (line.capacity() > LONG_LINE_CHARS) {
            line.setLength(0);
            line.trimToSize();
        }
    }
}
