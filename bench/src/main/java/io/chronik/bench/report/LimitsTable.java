package io.chronik.bench.report;

import static io.chronik.bench.report.Numbers.number;

import io.chronik.bench.cases.Cases;
import io.chronik.bench.load.Metric;
import io.chronik.bench.probe.DiskProbe;
import io.chronik.bench.probe.Limit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// What the machine can do beside what the brokers make of it, as Markdown: from the newest results that have both.
public final class LimitsTable {
    private static final List<Row> ROWS = List.of(
            new Row(
                    "sync-1-on-1",
                    Metric.RECORDS_PER_SECOND,
                    "acks/s",
                    "1 / (fdatasync of 1 KiB appended + round trip)",
                    limits -> 1000 / (fsyncMs(limits) + roundTripMs(limits))),
            new Row(
                    "sync-64-on-1",
                    Metric.RECORDS_PER_SECOND,
                    "acks/s",
                    "round trips of 200 B on 64 connections",
                    limits -> limit(limits, "loopbackRoundTrips64", Limit.PER_SECOND)),
            new Row(
                    "sync-64-on-64",
                    Metric.RECORDS_PER_SECOND,
                    "acks/s",
                    "64 for each 16 KiB over blocks of one file, with an fdatasync",
                    limits -> 64_000 / limit(limits, DiskProbe.overwrite(16), Limit.P50_MS)),
            overwritten("produce-1024b-16kib-1p", 64),
            overwritten("produce-1024b-64kib-1p", 256),
            overwritten("produce-1024b-16kib-12p", 256),
            bytes("produce-1024b-64kib-12p", 1024),
            bytes("raw-64kib-12-partitions", 1024),
            new Row(
                    "raw-64kib-12-partitions",
                    Metric.MIB_PER_SECOND,
                    "MiB/s",
                    "loopback, written",
                    limits -> limit(limits, "loopbackWrite", Limit.MIB_PER_SECOND)),
            new Row(
                    "consume-2gib",
                    Metric.MIB_PER_SECOND,
                    "MiB/s",
                    "loopback, sent from the page cache",
                    limits -> limit(limits, "loopbackSendfile", Limit.MIB_PER_SECOND)),
            new Row(
                    "latency-1000-per-second",
                    Metric.P50_MS,
                    "p50 ms",
                    "fdatasync of 1 KiB appended + round trip",
                    limits -> fsyncMs(limits) + roundTripMs(limits)),
            new Row(
                    "end-to-end-100-per-second",
                    Metric.P50_MS,
                    "p50 ms",
                    "fdatasync of 1 KiB appended + two round trips",
                    limits -> fsyncMs(limits) + 2 * roundTripMs(limits)));

    private final List<Results> newestFirst;

    public LimitsTable(List<Results> newestFirst) {
        this.newestFirst = List.copyOf(newestFirst);
    }

    /// `bound` is NaN when the limit was not probed.
    private record Row(
            String caseName, String metric, String unit, String limit, ToDoubleFunction<Map<String, Double>> bound) {}

    /// Bytes that become durable in rounds of about this size: what the producer has in flight.
    private static Row overwritten(String caseName, int roundKib) {
        return new Row(
                caseName,
                Metric.MIB_PER_SECOND,
                "MiB/s",
                roundKib + " KiB over blocks of one file, with an fdatasync each",
                limits -> limit(limits, DiskProbe.overwrite(roundKib), Limit.MIB_PER_SECOND));
    }

    private static Row bytes(String caseName, int roundKib) {
        return new Row(
                caseName,
                Metric.MIB_PER_SECOND,
                "MiB/s",
                "appending " + roundKib + " KiB with an fdatasync each",
                limits -> limit(limits, DiskProbe.append(roundKib), Limit.MIB_PER_SECOND));
    }

    private static double limit(Map<String, Double> limits, String key, String figure) {
        return limits.getOrDefault(key + "." + figure, Double.NaN);
    }

    private static double fsyncMs(Map<String, Double> limits) {
        return limit(limits, DiskProbe.append(1), Limit.P50_MS);
    }

    private static double roundTripMs(Map<String, Double> limits) {
        return 1000 / limit(limits, "loopbackRoundTrips1", Limit.PER_SECOND);
    }

    public String render() {
        StringBuilder out = new StringBuilder();
        out.append(
                "| case | figure | what the machine can do | that is | Chronik | of it | kafka (no fsync) | of it |\n");
        out.append("|---|---|---|---|---|---|---|---|\n");
        for (Row row : ROWS) out.append(line(row));
        return out.toString();
    }

    private String line(Row row) {
        String head = "| `" + row.caseName + "` | " + row.unit + " | " + row.limit + " | ";
        return newestFirst.stream()
                .map(results -> line(row, results))
                .flatMap(Optional::stream)
                .findFirst()
                .map(rest -> head + rest)
                .orElse(head + " | **not measured** | | | |\n");
    }

    private static Optional<String> line(Row row, Results results) {
        double bound = row.bound.applyAsDouble(results.limits());
        if (Double.isNaN(bound)) return Optional.empty();
        return Statistics.of(results.values(row.caseName, Cases.CHRONIK, row.metric))
                .map(own -> number(bound) + " | " + share(own.median(), bound) + " | "
                        + Statistics.of(results.values(row.caseName, Cases.KAFKA, row.metric))
                                .map(kafka -> share(kafka.median(), bound))
                                .orElse(" | ")
                        + " |\n");
    }

    private static String share(double value, double bound) {
        return number(value) + " | " + number(value / bound) + "x";
    }
}
