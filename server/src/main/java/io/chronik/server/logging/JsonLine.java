package io.chronik.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.util.List;
import java.util.Set;
import org.slf4j.event.KeyValuePair;

/// For machines: one object per line, with the key-values as fields of their own.
///
///     {"time":"…","level":"INFO","logger":"io.chronik.server.Node","thread":"main","message":"started","nodeId":1}
final class JsonLine implements LineFormat {
    private static final Set<String> TAKEN = Set.of("time", "level", "logger", "thread", "message", "error", "stack");
    private static final int MAX_FRAMES = 100;
    private static final int MAX_CAUSES = 8;

    @Override
    public void append(ILoggingEvent event, StringBuilder line) {
        LogText.appendTime(line.append("{\"time\":\""), event.getTimeStamp());
        line.append("\",\"level\":\"").append(event.getLevel()).append('"');
        appendField(line, "logger", event.getLoggerName(), LogText.MAX_VALUE_CHARS);
        appendField(line, "thread", event.getThreadName(), LogText.MAX_VALUE_CHARS);
        appendField(line, "message", String.valueOf(event.getFormattedMessage()), LogText.MAX_MESSAGE_CHARS);
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) for (KeyValuePair pair : pairs) appendPair(line, pair);
        if (event.getThrowableProxy() != null) appendFailure(line, event.getThrowableProxy());
        line.append('}');
    }

    private static void appendPair(StringBuilder line, KeyValuePair pair) {
        String key = TAKEN.contains(pair.key) ? pair.key + "_" : pair.key;
        boolean bare = pair.value instanceof Integer
                || pair.value instanceof Long
                || pair.value instanceof Short
                || pair.value instanceof Boolean;
        if (bare) {
            LogText.appendEscaped(line.append(",\""), key, LogText.MAX_VALUE_CHARS);
            line.append("\":").append(pair.value);
        } else {
            appendField(line, key, String.valueOf(pair.value), LogText.MAX_VALUE_CHARS);
        }
    }

    private static void appendField(StringBuilder line, String key, String value, int maxChars) {
        LogText.appendEscaped(line.append(",\""), key, LogText.MAX_VALUE_CHARS);
        LogText.appendEscaped(line.append("\":\""), value, maxChars);
        line.append('"');
    }

    private static void appendFailure(StringBuilder line, IThrowableProxy thrown) {
        String what = thrown.getClassName() + (thrown.getMessage() == null ? "" : ": " + thrown.getMessage());
        appendField(line, "error", what, LogText.MAX_MESSAGE_CHARS);
        line.append(",\"stack\":\"");
        IThrowableProxy each = thrown;
        for (int depth = 0; each != null && depth < MAX_CAUSES; depth++) {
            if (depth > 0) {
                String message = each.getMessage() == null ? "" : ": " + each.getMessage();
                LogText.appendEscaped(
                        line.append("\\ncaused by "), each.getClassName() + message, LogText.MAX_MESSAGE_CHARS);
            }
            StackTraceElementProxy[] frames = each.getStackTraceElementProxyArray();
            for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
                line.append(depth == 0 && i == 0 ? "" : "\\n");
                LogText.appendEscaped(line, frames[i].getStackTraceElement().toString(), LogText.MAX_VALUE_CHARS);
            }
            each = each.getCause();
        }
        line.append('"');
    }
}
