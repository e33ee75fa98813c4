package io.chronik.bench.report;

import java.util.ArrayList;
import java.util.List;

/// Median and range of some runs.
record Statistics(double median, double least, double most) {
    static Statistics of(List<Double> values) {
        if (values.isEmpty()) throw new IllegalArgumentException("no values");
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Statistics(median, sorted.getFirst(), sorted.getLast());
    }

    /// Ratio pair by pair: the first of one with the first of the other, and so on.
    static List<Double> ratios(List<Double> values, List<Double> others) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(values.size(), others.size()); i++) ratios.add(values.get(i) / others.get(i));
        return ratios;
    }
}
