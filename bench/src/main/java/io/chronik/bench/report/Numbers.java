package io.chronik.bench.report;

import java.util.Locale;

/// Numbers as people read them.
public final class Numbers {
    private Numbers() {}

    /// A measured one: three significant digits, or whole thousands.
    public static String number(double value) {
        double size = Math.abs(value);
        if (size >= 100) return String.format(Locale.ROOT, "%,.0f", value);
        if (size >= 10) return String.format(Locale.ROOT, "%.1f", value);
        if (size >= 0.1 || size == 0) return String.format(Locale.ROOT, "%.2f", value);
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /// An agreed one: no more digits than it has.
    static String plain(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%s", value);
    }
}
