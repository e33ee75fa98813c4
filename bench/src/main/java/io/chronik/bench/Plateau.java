package io.chronik.bench;

/// Tells when a rate that is measured again and again no longer rises: when two in a row were not at least 5 % above
/// the
/// best before them.
final class Plateau {
    private static final double RISE = 1.05;
    private static final int ENOUGH = 2;

    private double best;
    private int withoutRise;

    /// Takes the next one; returns whether the plateau is reached.
    boolean isReachedWith(double rate) {
        withoutRise = rate > RISE * best ? 0 : withoutRise + 1;
        best = Math.max(best, rate);
        return withoutRise >= ENOUGH;
    }
}
