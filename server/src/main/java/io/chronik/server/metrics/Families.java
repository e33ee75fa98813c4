package io.chronik.server.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Collects the samples of one scrape by family. Labels are given as name, value, name, value…
final class Families {
    private static final double[] QUANTILES = {0.5, 0.75, 0.95, 0.98, 0.99, 0.999};

    private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
    private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
    private final Map<String, SummarySnapshot.Builder> summaries = new LinkedHashMap<>();
    private final MetricSnapshots.Builder others = MetricSnapshots.builder();

    void gauge(String name, String help, long value, String... labels) {
        gauges.computeIfAbsent(name, key -> GaugeSnapshot.builder().name(key).help(help))
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value((double) value)
                        .labels(Labels.of(labels))
                        .build());
    }

    /// `name` without `_total`, which is added.
    void counter(String name, String help, long value, String... labels) {
        counters.computeIfAbsent(
                        name, key -> CounterSnapshot.builder().name(key).help(help))
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value((double) value)
                        .labels(Labels.of(labels))
                        .build());
    }

    /// Quantiles since the start of the process; `perUnit` values of the distribution are one unit of the metric.
    void summary(String name, String help, Distribution values, double perUnit, String... labels) {
        long[] counts = values.counts();
        Quantile[] quantiles = Arrays.stream(QUANTILES)
                .mapToObj(quantile -> new Quantile(quantile, values.quantile(quantile, counts) / perUnit))
                .toArray(Quantile[]::new);
        summaries
                .computeIfAbsent(
                        name, key -> SummarySnapshot.builder().name(key).help(help))
                .dataPoint(SummarySnapshot.SummaryDataPointSnapshot.builder()
                        .count(Arrays.stream(counts).sum())
                        .sum(values.sum() / perUnit)
                        .quantiles(Quantiles.of(quantiles))
                        .labels(Labels.of(labels))
                        .build());
    }

    void histogram(String name, String help, Distribution values, double perUnit) {
        long[] bounds = values.bounds();
        double[] units = new double[bounds.length + 1];
        for (int i = 0; i < bounds.length; i++) units[i] = bounds[i] / perUnit;
        units[bounds.length] = Double.POSITIVE_INFINITY;
        others.metricSnapshot(HistogramSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(units, values.counts()))
                        .sum(values.sum() / perUnit)
                        .build())
                .build());
    }

    /// `name` without `_info`, which is added.
    void info(String name, String help, Iterable<Labels> each) {
        InfoSnapshot.Builder info = InfoSnapshot.builder().name(name).help(help);
        for (Labels labels : each)
            info.dataPoint(
                    InfoSnapshot.InfoDataPointSnapshot.builder().labels(labels).build());
        others.metricSnapshot(info.build());
    }

    MetricSnapshots build() {
        gauges.values().forEach(family -> others.metricSnapshot(family.build()));
        counters.values().forEach(family -> others.metricSnapshot(family.build()));
        summaries.values().forEach(family -> others.metricSnapshot(family.build()));
        return others.build();
    }
}
