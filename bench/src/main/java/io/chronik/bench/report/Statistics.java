package io.chronik.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Median, 95th percentile (nearest rank) and range of some runs.
record Statistics(double median, double p95, double least, double most) {
    /// Of those that are numbers: a run that failed or lacks the figure is NaN.
    static Optional<Statistics> of(List<Double> values) {
        List<Double> sorted =
                values.stream().filter(value -> !value.isNaN()).sorted().toList();
        if (sorted.isEmpty()) return Optional.empty();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        double p95 = sorted.get((int) Math.ceil(0.95 * sorted.size()) - 1);
        return Optional.of(new Statistics(median, p95, sorted.getFirst(), sorted.getLast()));
    }

    /// Ratio pair by pair: the first of one with the first of the other, and so on.
    static List<Double> ratios(List<Double> values, List<Double> others) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(values.size(), others.size()); i++) ratios.add(values.get(i) / others.get(i));
        return ratios;
    }

    /// Difference pair by pair.
    static List<Double> differences(List<Double> values, List<Double> others) {
        List<Double> differences = new ArrayList<>();
        for (int i = 0; i < Math.min(values.size(), others.size()); i++) differences.add(values.get(i) - others.get(i));
        return differences;
    }

    double get(Bar.Pick pick) {
        return switch (pick) {
            case MEDIAN -> median;
            case P95 -> p95;
            case MOST -> most;
        };
    }

    /// `median (least–most)`
    String withRange() {
        return Numbers.number(median) + " (" + Numbers.number(least) + "–" + Numbers.number(most) + ")";
    }
}
