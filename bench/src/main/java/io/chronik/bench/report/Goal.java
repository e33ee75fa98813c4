package io.chronik.bench.report;

/// What a figure has to reach.
public sealed interface Goal {
    /// How the figure relates to a bound.
    enum Relation {
        AT_LEAST("≥"),
        AT_MOST("≤"),
        BELOW("<");

        private final String sign;

        Relation(String sign) {
            this.sign = sign;
        }

        private boolean holds(double value, double bound) {
            return switch (this) {
                case AT_LEAST -> value >= bound;
                case AT_MOST -> value <= bound;
                case BELOW -> value < bound;
            };
        }
    }

    /// The figure is told, and nothing is promised.
    record Told() implements Goal {}

    /// The promise.
    record Reach(Relation relation, double bar) implements Goal {}

    /// The promise, and what we would like beyond it.
    record Stretch(Relation relation, double bar, double stretch) implements Goal {}

    static Goal atLeast(double bar) {
        return new Reach(Relation.AT_LEAST, bar);
    }

    static Goal atLeast(double bar, double stretch) {
        return new Stretch(Relation.AT_LEAST, bar, stretch);
    }

    static Goal atMost(double bar) {
        return new Reach(Relation.AT_MOST, bar);
    }

    static Goal atMost(double bar, double stretch) {
        return new Stretch(Relation.AT_MOST, bar, stretch);
    }

    static Goal below(double bar) {
        return new Reach(Relation.BELOW, bar);
    }

    static Goal below(double bar, double stretch) {
        return new Stretch(Relation.BELOW, bar, stretch);
    }

    /// As the column of bars shows it.
    default String barCell() {
        return switch (this) {
            case Told() -> "";
            case Reach(Relation relation, double bar) -> relation.sign + " " + Numbers.plain(bar);
            case Stretch(Relation relation, double bar, double _) -> relation.sign + " " + Numbers.plain(bar);
        };
    }

    /// As the column of stretch goals shows it.
    default String stretchCell() {
        return switch (this) {
            case Told(), Reach _ -> "";
            case Stretch(Relation _, double _, double stretch) -> Numbers.plain(stretch);
        };
    }

    /// In words, with how much of the bar is missing.
    default String verdict(double value) {
        return switch (this) {
            case Told() -> "";
            case Reach(Relation relation, double bar) -> relation.holds(value, bar) ? "reached" : missed(value, bar);
            case Stretch(Relation relation, double bar, double stretch) -> {
                if (!relation.holds(value, bar)) yield missed(value, bar);
                yield relation.holds(value, stretch) ? "reached, stretch too" : "reached";
            }
        };
    }

    private static String missed(double value, double bar) {
        if (bar == 0) return "**missed**";
        return "**missed** by " + Math.max(1, Math.round(100 * Math.abs(value - bar) / bar)) + " %";
    }

    default boolean isMissed(double value) {
        return verdict(value).contains("missed");
    }
}
