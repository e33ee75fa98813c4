package io.chronik.base;

import java.util.Locale;

/// Checks of what must not happen. They stay on in production: a broken one ends the owner or the process, because
/// going on would spread the damage.
public final class Invariant {
    private Invariant() {}

    /// A broken invariant. Not caught for control flow.
    public static final class Violation extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }

    public static void check(boolean holds, String what) {
        if (!holds) throw new Violation(what);
    }

    /// As above; `format` and the numbers are only put together when the check fails.
    public static void check(boolean holds, String format, long a, long b) {
        if (!holds) throw new Violation(String.format(Locale.ROOT, format, a, b));
    }
}
