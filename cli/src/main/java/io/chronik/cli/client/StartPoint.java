package io.chronik.cli.client;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A place in a partition as people write it: `start`, `end`, `42`, `-10`, `@2026-11-23T10:00:00Z`.
public sealed interface StartPoint {
    /// What `parse` understands, for help texts.
    String SYNTAX = "start|end|OFFSET|-N|@timestamp";

    /// The zone behind a time of day.
    Pattern ZONE = Pattern.compile("T.*(Z|[+-][0-9:]+)$");

    /// The first offset that still exists.
    record Start() implements StartPoint {}

    /// Behind the last record: only what comes later.
    record End() implements StartPoint {}

    /// This very offset.
    record At(long offset) implements StartPoint {}

    /// `count` offsets before the end.
    record BeforeEnd(long count) implements StartPoint {}

    /// The first record with this time or a later one, in milliseconds since 1970.
    record Since(long timestampMs) implements StartPoint {}

    /// Throws `IllegalArgumentException` with a message for people. `now` is what `@-1h` counts from.
    static StartPoint parse(String text, Instant now) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "start", "beginning", "earliest", "oldest" -> new Start();
            case "end", "latest", "newest" -> new End();
            default -> text.startsWith("@") ? new Since(timestampMs(text.substring(1), now)) : offset(text);
        };
    }

    private static StartPoint offset(String text) {
        try {
            long number = Long.parseLong(text);
            return text.startsWith("-") ? new BeforeEnd(Math.negateExact(number)) : new At(number);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is none of " + SYNTAX, e);
        }
    }

    private static long timestampMs(String text, Instant now) {
        if (text.matches("[0-9]+")) {
            return parseMs(text);
        }
        Matcher ago = Ago.PATTERN.matcher(text);
        if (ago.matches()) {
            return now.minus(Ago.duration(ago)).toEpochMilli();
        }
        try {
            return date(text).toEpochMilli();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a time: write milliseconds since 1970, 2026-11-23, 2026-11-23T10:00:00Z"
                            + " (without a zone: UTC) or -90m",
                    e);
        }
    }

    private static long parseMs(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is too large for milliseconds since 1970", e);
        }
    }

    private static Instant date(String text) {
        if (text.length() <= "2026-11-23".length()) {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        return ZONE.matcher(text).find()
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }

    /// `-90s`, `-5m`, `-1h`, `-7d`: that long before now.
    final class Ago {
        private static final Pattern PATTERN = Pattern.compile("-([0-9]{1,9})(ms|s|m|h|d)");

        private Ago() {}

        private static Duration duration(Matcher ago) {
            long amount = Long.parseLong(ago.group(1));
            return switch (ago.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            };
        }
    }
}
