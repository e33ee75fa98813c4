package io.chronik.server.logging;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// Brings what libraries log through `java.util.logging` (Helidon, the JDK) from WARNING on into our log, one line
/// each.
public final class JavaLogging extends Handler {
    private final SimpleFormatter formatter = new SimpleFormatter();

    private JavaLogging() {}

    /// Replaces the handlers that write to the console in their own format.
    public static void bridge() {
        java.util.logging.Logger root = LogManager.getLogManager().getLogger("");
        for (Handler handler : root.getHandlers()) root.removeHandler(handler);
        root.setLevel(Level.WARNING);
        root.addHandler(new JavaLogging());
    }

    @Override
    public void publish(LogRecord record) {
        String name = record.getLoggerName() == null ? "java" : record.getLoggerName();
        org.slf4j.Logger logger = LoggerFactory.getLogger(name);
        boolean severe = record.getLevel().intValue() >= Level.SEVERE.intValue();
        LoggingEventBuilder event = severe ? logger.atError() : logger.atWarn();
        if (record.getThrown() != null) event = event.setCause(record.getThrown());
        event.log(formatter.formatMessage(record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
