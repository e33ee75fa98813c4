package io.chronik.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/// For people: time, level and logger in columns, the message, then what it is about.
///
///     2026-11-23T16:04:40.123Z INFO  Node             started  nodeId=1 clusterId=4L6g3nShT-eMCtK--X86sw
final class TextLine implements LineFormat {
    private static final int LEVEL_CHARS = 5;
    private static final int LOGGER_CHARS = 18;
    private static final int MAX_FRAMES = 12;
    private static final int MAX_CAUSES = 4;

    @Override
    public void append(ILoggingEvent event, StringBuilder line) {
        LogText.appendTime(line, event.getTimeStamp());
        appendPadded(line.append(' '), event.getLevel().toString(), LEVEL_CHARS);
        appendPadded(line.append(' '), shortName(event.getLoggerName()), LOGGER_CHARS);
        LogText.appendEscaped(line.append(' '), String.valueOf(event.getFormattedMessage()), LogText.MAX_MESSAGE_CHARS);
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null && !pairs.isEmpty()) {
            line.append(' ');
            for (KeyValuePair pair : pairs) appendPair(line, pair.key, String.valueOf(pair.value));
        }
        if (event.getThrowableProxy() != null) appendFailure(line, event.getThrowableProxy());
    }

    private static void appendPair(StringBuilder line, String key, String value) {
        LogText.appendEscaped(line.append(' '), key, LogText.MAX_VALUE_CHARS);
        line.append('=');
        boolean quoted = value.isEmpty() || value.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '=');
        if (quoted) line.append('"');
        LogText.appendEscaped(line, value, LogText.MAX_VALUE_CHARS);
        if (quoted) line.append('"');
    }

    /// What went wrong and where, on the same line: the nearest frames of each cause.
    private static void appendFailure(StringBuilder line, IThrowableProxy thrown) {
        line.append(' ');
        IThrowableProxy each = thrown;
        for (int depth = 0; each != null && depth < MAX_CAUSES; depth++) {
            String what = each.getClassName() + (each.getMessage() == null ? "" : ": " + each.getMessage());
            appendPair(line, depth == 0 ? "error" : "cause", what);
            var frames = each.getStackTraceElementProxyArray();
            line.append(" at=\"");
            for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
                StackTraceElement frame = frames[i].getStackTraceElement();
                line.append(i == 0 ? "" : " < ")
                        .append(shortName(frame.getClassName()))
                        .append('.');
                line.append(frame.getMethodName()).append(':').append(frame.getLineNumber());
            }
            line.append('"');
            each = each.getCause();
        }
    }

    private static void appendPadded(StringBuilder line, String text, int chars) {
        line.append(text).repeat(' ', Math.max(0, chars - text.length()));
    }

    private static String shortName(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
