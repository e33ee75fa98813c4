package io.chronik.metadata.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which values of a type are meant, beyond what the type itself says. Written in the tables as
/// `>=1` · `0..86400` · `-1|1..9` · `in:a|b` · `in-any-case:a|b` · `each-in:a|b` (for lists) · `not-empty` ·
/// `throttled-replicas` · `offset-reset` · `-` (anything).
sealed interface ValueRule {
    /// What is wrong with `value`, as the end of a sentence ("must be …"); empty when nothing is.
    Optional<String> problem(String value);

    record Anything() implements ValueRule {
        @Override
        public Optional<String> problem(String value) {
            return Optional.empty();
        }
    }

    record Between(double least, double most, String wanted) implements ValueRule {
        @Override
        public Optional<String> problem(String value) {
            double number = Double.parseDouble(value);
            return number >= least && number <= most ? Optional.empty() : Optional.of(wanted);
        }
    }

    record Either(ValueRule one, ValueRule other) implements ValueRule {
        @Override
        public Optional<String> problem(String value) {
            Optional<String> first = one.problem(value);
            Optional<String> second = other.problem(value);
            return first.isEmpty() || second.isEmpty()
                    ? Optional.empty()
                    : Optional.of(first.get() + ", or " + second.get());
        }
    }

    record OneOf(List<String> allowed, boolean anyCase) implements ValueRule {
        @Override
        public Optional<String> problem(String value) {
            String asked = anyCase ? value.toLowerCase(Locale.ROOT) : value;
            return allowed.contains(asked)
                    ? Optional.empty()
                    : Optional.of(
                            allowed.size() == 1
                                    ? "must be " + allowed.getFirst()
                                    : "must be one of " + String.join(", ", allowed));
        }
    }

    record EachOf(List<String> allowed) implements ValueRule {
        @Override
        public Optional<String> problem(String value) {
            List<String> elements = ListValue.elements(value);
            if (elements.stream().distinct().count() < elements.size()) return Optional.of("must not repeat a value");
            return allowed.containsAll(elements)
                    ? Optional.empty()
                    : Optional.of("must be a list of " + String.join(", ", allowed));
        }
    }

    record NotEmpty() implements ValueRule {
        @Override
        public Optional<String> problem(String value) {
            return value.isBlank() ? Optional.of("must not be empty") : Optional.empty();
        }
    }

    record ThrottledReplicas() implements ValueRule {
        private static final Pattern PAIR = Pattern.compile("\\d+:\\d+");

        @Override
        public Optional<String> problem(String value) {
            List<String> elements = ListValue.elements(value);
            boolean good = elements.isEmpty()
                    || elements.equals(List.of("*"))
                    || elements.stream().allMatch(e -> PAIR.matcher(e).matches());
            return good ? Optional.empty() : Optional.of("must be * or a list of partition:node");
        }
    }

    record OffsetReset() implements ValueRule {
        private static final String BY_DURATION = "by_duration:";

        @Override
        public Optional<String> problem(String value) {
            String asked = value.toLowerCase(Locale.ROOT);
            boolean good = asked.equals("latest")
                    || asked.equals("earliest")
                    || (asked.startsWith(BY_DURATION) && isDuration(value.substring(BY_DURATION.length())));
            return good ? Optional.empty() : Optional.of("must be latest, earliest or by_duration:PnDTnHnMn.nS");
        }

        private static boolean isDuration(String text) {
            try {
                return !Duration.parse(text).isNegative();
            } catch (DateTimeParseException e) {
                return false;
            }
        }
    }

    static ValueRule parse(String text) {
        int colon = text.indexOf(':');
        if (colon > 0)
            return ofNames(
                    text.substring(0, colon), List.of(text.substring(colon + 1).split("\\|")));
        int bar = text.indexOf('|');
        if (bar > 0) return new Either(parse(text.substring(0, bar)), parse(text.substring(bar + 1)));
        int dots = text.indexOf("..");
        if (dots > 0) return range(text.substring(0, dots), text.substring(dots + 2));
        if (text.startsWith(">=")) return atLeast(text.substring(2));
        return switch (text) {
            case "-" -> new Anything();
            case "not-empty" -> new NotEmpty();
            case "throttled-replicas" -> new ThrottledReplicas();
            case "offset-reset" -> new OffsetReset();
            default -> new Between(Double.parseDouble(text), Double.parseDouble(text), "must be " + text);
        };
    }

    private static ValueRule ofNames(String kind, List<String> names) {
        return switch (kind) {
            case "in" -> new OneOf(names, false);
            case "in-any-case" -> new OneOf(names, true);
            case "each-in" -> new EachOf(names);
            default -> throw new IllegalArgumentException("no such rule: " + kind);
        };
    }

    private static ValueRule range(String least, String most) {
        return new Between(
                Double.parseDouble(least), Double.parseDouble(most), "must be between " + least + " and " + most);
    }

    private static ValueRule atLeast(String least) {
        return new Between(Double.parseDouble(least), Double.POSITIVE_INFINITY, "must be at least " + least);
    }
}
