package io.chronik.cli.group;

import io.chronik.cli.client.StartPoint;
import java.time.Instant;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Where a group's committed offsets move to.
sealed interface ResetTarget {
    /// A place in each partition.
    record Place(StartPoint point) implements ResetTarget {}

    /// `by` offsets from the committed one; negative goes back.
    record Shift(long by) implements ResetTarget {}

    static ResetTarget parse(String text, Instant now) {
        if (text.toLowerCase(Locale.ROOT).startsWith("shift:")) {
            try {
                return new Shift(Long.parseLong(text.substring("shift:".length())));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + text + "': write shift:-10 or shift:+10", e);
            }
        }
        return new Place(StartPoint.parse(text, now));
    }

    /// For picocli.
    final class Converter implements ITypeConverter<ResetTarget> {
        @Override
        public ResetTarget convert(String value) {
            try {
                return parse(value, Instant.now());
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
