package io.chronik.server.logging;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// Text that is safe in a log: a peer that chooses a name can neither end a line nor paint a terminal nor fill a disk.
final class LogText {
    static final int MAX_VALUE_CHARS = 256;
    static final int MAX_MESSAGE_CHARS = 2_000;
    private static final String HEX = "0123456789abcdef";

    private LogText() {}

    /// At most `maxChars` of `text`, with control characters, quotes and backslashes written as JSON does.
    static void appendEscaped(StringBuilder line, String text, int maxChars) {
        int end = Math.min(text.length(), maxChars);
        for (int i = 0; i < end; i++) appendEscaped(line, text.charAt(i));
        if (text.length() > maxChars) line.append('…');
    }

    private static void appendEscaped(StringBuilder line, char c) {
        switch (c) {
            case '"' -> line.append("\\\"");
            case '\\' -> line.append("\\\\");
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> {
                if (isPrintable(c)) line.append(c);
                else {
                    line.append("\\u");
                    for (int shift = 12; shift >= 0; shift -= 4) line.append(HEX.charAt((c >> shift) & 0xf));
                }
            }
        }
    }

    /// Neither a control character nor one that turns the direction of writing, ends a line, or is half of a pair.
    private static boolean isPrintable(char c) {
        if (c < 0x7f) return c >= ' ';
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /// UTC with milliseconds, as in 2026-11-23T16:04:40.123Z.
    static void appendTime(StringBuilder line, long epochMs) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(
                Math.floorDiv(epochMs, 1000L), Math.floorMod(epochMs, 1000) * 1_000_000, ZoneOffset.UTC);
        appendNumber(line, time.getYear(), 4);
        appendNumber(line.append('-'), time.getMonthValue(), 2);
        appendNumber(line.append('-'), time.getDayOfMonth(), 2);
        appendNumber(line.append('T'), time.getHour(), 2);
        appendNumber(line.append(':'), time.getMinute(), 2);
        appendNumber(line.append(':'), time.getSecond(), 2);
        appendNumber(line.append('.'), time.getNano() / 1_000_000, 3);
        line.append('Z');
    }

    private static void appendNumber(StringBuilder line, int number, int digits) {
        String text = Integer.toString(number);
        line.repeat('0', Math.max(0, digits - text.length())).append(text);
    }
}
