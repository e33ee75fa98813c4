package io.chronik.server.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/// Counts values in buckets with fixed bounds. Any thread, no locks; a reader sees counts that may be a few apart.
final class Distribution {
    /// Inclusive upper bounds, rising; values above the last are counted too.
    private final long[] bounds;

    private final LongAdder[] counts;
    private final LongAdder sum = new LongAdder();

    private Distribution(long[] bounds) {
        this.bounds = bounds;
        this.counts = new LongAdder[bounds.length + 1];
        Arrays.setAll(counts, _ -> new LongAdder());
    }

    /// `count` bounds from `first`, each `factor` times the one before.
    static Distribution exponential(long first, double factor, int count) {
        long[] bounds = new long[count];
        double bound = first;
        for (int i = 0; i < count; i++, bound *= factor) bounds[i] = Math.round(bound);
        return new Distribution(bounds);
    }

    void observe(long value) {
        int at = Arrays.binarySearch(bounds, value);
        counts[at >= 0 ? at : -at - 1].increment();
        sum.add(value);
    }

    long sum() {
        return sum.sum();
    }

    long[] bounds() {
        return bounds.clone();
    }

    /// One more than there are bounds.
    long[] counts() {
        long[] now = new long[counts.length];
        for (int i = 0; i < now.length; i++) now[i] = counts[i].sum();
        return now;
    }

    /// The value below which `quantile` of `counts` lie, interpolated within its bucket; 0 when there are none.
    double quantile(double quantile, long[] now) {
        long total = Arrays.stream(now).sum();
        double rank = quantile * total;
        long below = 0;
        for (int i = 0; i < now.length; i++) {
            if (now[i] > 0 && below + now[i] >= rank) {
                double low = i == 0 ? 0 : bounds[i - 1];
                double high = i < bounds.length ? bounds[i] : bounds[bounds.length - 1];
                return low + (high - low) * (rank - below) / now[i];
            }
            below += now[i];
        }
        return 0;
    }
}
