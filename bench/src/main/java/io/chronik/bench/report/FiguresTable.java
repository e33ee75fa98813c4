package io.chronik.bench.report;

import io.chronik.bench.cases.Case;
import io.chronik.bench.cases.Cases;
import io.chronik.bench.load.Metric;
import java.util.ArrayList;
import java.util.List;

/// Every load, on one node or three, with the figures of each broker, median and range, as Markdown: from the newest
/// results that have it.
public final class FiguresTable {
    private static final List<String> METRICS = List.of(
            Metric.RECORDS_PER_SECOND,
            Metric.MIB_PER_SECOND,
            Metric.P50_MS,
            Metric.P99_MS,
            Metric.P999_MS,
            Metric.CPU_PER_GIB,
            Metric.CPU_PER_MILLION,
            Metric.MACHINE_CPU_PER_GIB);

    private final List<Results> newestFirst;

    public FiguresTable(List<Results> newestFirst) {
        this.newestFirst = List.copyOf(newestFirst);
    }

    public String render() {
        StringBuilder out = new StringBuilder();
        out.append("| case | broker | records/s | MiB/s | p50 ms | p99 ms | p99.9 ms | broker CPU s per GiB |"
                + " per million records | machine less clients, CPU s per GiB |\n");
        out.append("|---|---|---|---|---|---|---|---|---|---|\n");
        for (Case each : Cases.all()) {
            if (!(each instanceof Case.Load)) continue;
            for (String broker : each.brokers()) out.append(row(each.name(), broker));
        }
        return out.toString();
    }

    private String row(String caseName, String broker) {
        List<String> cells = new ArrayList<>(List.of("`" + caseName + "`", broker));
        for (String metric : METRICS) cells.add(cell(caseName, broker, metric));
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private String cell(String caseName, String broker, String metric) {
        for (Results results : newestFirst) {
            if (results.runs().containsKey(caseName))
                return Statistics.of(results.values(caseName, broker, metric))
                        .map(Statistics::withRange)
                        .orElse("");
        }
        return "";
    }
}
