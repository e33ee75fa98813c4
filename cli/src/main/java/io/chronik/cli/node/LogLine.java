package io.chronik.cli.node;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import io.chronik.cli.output.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/// One event as one line, whatever is in it: line feeds are escaped, and a stack trace is folded into the line.
///
///     2026-11-23T10:00:00.123Z INFO  Partition leads partition=orders-0 leaderEpoch=3
///     {"time":"2026-11-23T10:00:00.123Z","level":"INFO","logger":"io.chronik...","message":"leads",...}
final class LogLine extends LayoutBase<ILoggingEvent> {
    private static final int FRAMES = 12;
    private final LogFormat format;

    LogLine(LogFormat format) {
        this.format = format;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        return (format == LogFormat.json ? json(event) : text(event)) + System.lineSeparator();
    }

    private static String text(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        line.append(event.getInstant()).append(' ').append(event.getLevel());
        line.repeat(' ', Math.max(1, 6 - event.getLevel().toString().length()));
        line.append(simpleName(event.getLoggerName())).append(' ').append(event.getFormattedMessage());
        for (KeyValuePair pair : pairs(event)) {
            line.append(' ').append(pair.key).append('=').append(quoted(String.valueOf(pair.value)));
        }
        if (event.getThrowableProxy() != null) {
            line.append(" error=").append(trace(event.getThrowableProxy()));
        }
        return oneLine(line.toString());
    }

    private static String json(ILoggingEvent event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time", event.getInstant());
        fields.put("level", event.getLevel());
        fields.put("logger", event.getLoggerName());
        fields.put("thread", event.getThreadName());
        fields.put("message", event.getFormattedMessage());
        for (KeyValuePair pair : pairs(event)) {
            fields.put(pair.key, pair.value == null ? "null" : pair.value);
        }
        if (event.getThrowableProxy() != null) {
            fields.put("error", trace(event.getThrowableProxy()));
        }
        return Json.line(fields);
    }

    private static List<KeyValuePair> pairs(ILoggingEvent event) {
        return event.getKeyValuePairs() == null ? List.of() : event.getKeyValuePairs();
    }

    private static String simpleName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    private static String quoted(String value) {
        return value.isEmpty() || value.indexOf(' ') >= 0 ? '"' + value + '"' : value;
    }

    /// The causes with their first frames: `IOException: disk full at a.B.c(B.java:7) < ... caused by ...`
    private static String trace(IThrowableProxy thrown) {
        StringBuilder text = new StringBuilder();
        for (IThrowableProxy error = thrown; error != null; error = error.getCause()) {
            text.append(error == thrown ? "" : " caused by ").append(error.getClassName());
            if (error.getMessage() != null) {
                text.append(": ").append(error.getMessage());
            }
            String separator = " at ";
            StackTraceElementProxy[] frames = error.getStackTraceElementProxyArray();
            for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
                text.append(separator).append(frames[i].getStackTraceElement());
                separator = " < ";
            }
        }
        return text.toString();
    }

    private static String oneLine(String text) {
        return text.replace("\r", "\\r").replace("\n", "\\n");
    }
}
