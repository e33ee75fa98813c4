package io.chronik.bench.load;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// The figures of one run, by name; see [Metric]. A figure that is not known is left out.
public record Measured(Map<String, Double> figures) {
    /// A run that failed: it keeps its place, so that the runs after it stay in pairs.
    public static final Measured NOTHING = new Measured(Map.of());

    public Measured {
        Map<String, Double> known = new LinkedHashMap<>(figures);
        known.values().removeIf(value -> value.isNaN());
        figures = Collections.unmodifiableMap(known);
    }

    /// NaN when it was not measured.
    public double get(String metric) {
        return figures.getOrDefault(metric, Double.NaN);
    }

    /// What a load did: `records` of `bytes` in all (as the user counts them, keys and values) in `seconds`, for `cpu`.
    public static Measured of(long records, long bytes, double seconds, CpuSeconds cpu) {
        double gib = bytes / (double) (1L << 30);
        double millions = records / 1e6;
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put(Metric.RECORDS_PER_SECOND, records / seconds);
        figures.put(Metric.MIB_PER_SECOND, bytes / seconds / (1 << 20));
        figures.put(Metric.CPU_PER_GIB, cpu.broker() / gib);
        figures.put(Metric.CPU_PER_MILLION, cpu.broker() / millions);
        figures.put(Metric.MACHINE_CPU_PER_GIB, cpu.machine() / gib);
        figures.put(Metric.MACHINE_CPU_PER_MILLION, cpu.machine() / millions);
        figures.put(Metric.CPU_SECONDS, cpu.broker());
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
