package io.chronik.bench.load;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// The figures of one run, by name; see [Metric].
public record Measured(Map<String, Double> figures) {
    public Measured {
        figures = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    public double get(String metric) {
        Double value = figures.get(metric);
        if (value == null) throw new IllegalArgumentException("not measured: " + metric);
        return value;
    }

    /// What a load did: `records` of `bytes` in all (as the user counts them, keys and values) in `seconds`, for
    /// `cpuSeconds` of the broker.
    public static Measured of(long records, long bytes, double seconds, double cpuSeconds) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put(Metric.RECORDS_PER_SECOND, records / seconds);
        figures.put(Metric.MIB_PER_SECOND, bytes / seconds / (1 << 20));
        figures.put(Metric.CPU_PER_GIB, cpuSeconds * (1L << 30) / bytes);
        figures.put(Metric.CPU_PER_MILLION, cpuSeconds * 1e6 / records);
        figures.put(Metric.CPU_SECONDS, cpuSeconds);
        figures.put(Metric.SECONDS, seconds);
        return new Measured(figures);
    }

    public static Measured of(String metric, double value) {
        return new Measured(Map.of(metric, value));
    }

    public Measured with(String metric, double value) {
        Map<String, Double> more = new LinkedHashMap<>(figures);
        more.put(metric, value);
        return new Measured(more);
    }

    /// Adds percentiles of latencies in nanoseconds, as milliseconds.
    public Measured with(Histogram latenciesNs) {
        return with(Metric.P50_MS, latenciesNs.getValueAtPercentile(50) / 1e6)
                .with(Metric.P99_MS, latenciesNs.getValueAtPercentile(99) / 1e6)
                .with(Metric.P999_MS, latenciesNs.getValueAtPercentile(99.9) / 1e6);
    }
}
