package io.chronik.bench.report;

import io.chronik.bench.cases.Cases;
import io.chronik.bench.report.Bar.Against;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Renders the promises with what was seen of each, as Markdown. For every case the newest results that have it count.
public final class Table {
    static final String FSYNC_MS = "fsyncMs";

    private final List<Results> newestFirst;

    public Table(List<Results> newestFirst) {
        this.newestFirst = List.copyOf(newestFirst);
    }

    public String render() {
        StringBuilder out = new StringBuilder();
        out.append(
                "| what | Chronik | compared with | seen (range) | bar | stretch | | measured by `./chronik bench compare` |\n");
        out.append("|---|---|---|---|---|---|---|---|\n");
        for (Bar bar : Bars.all()) row(bar).ifPresent(out::append);
        return out.toString();
    }

    /// Titles of the bars that were measured and not reached.
    public List<String> missed() {
        List<String> missed = new ArrayList<>();
        for (Bar bar : Bars.all()) {
            seen(bar).filter(seen -> !bar.isReached(seen.value().median())).ifPresent(seen -> missed.add(bar.title()));
        }
        return missed;
    }

    /// `own` is Chronik's median, `other` that of what it is compared with, `value` what the bar is for.
    private record Seen(double own, String other, Statistics value, String commit) {}

    private Optional<String> row(Bar bar) {
        return seen(bar)
                .map(seen -> "| " + bar.title() + " | " + number(seen.own) + " | " + seen.other + " | **"
                        + number(seen.value.median()) + "** (" + number(seen.value.least()) + "–"
                        + number(seen.value.most())
                        + ") | " + (bar.atLeast() ? "≥ " : "≤ ") + number(bar.bar()) + " | " + number(bar.stretch())
                        + " | "
                        + verdict(bar, seen.value.median()) + " | `--case " + bar.caseName() + "` (" + seen.commit
                        + ") |\n");
    }

    private static String verdict(Bar bar, double value) {
        if (bar.isStretched(value)) return "reached, stretch too";
        return bar.isReached(value) ? "reached" : "**missed**";
    }

    private Optional<Seen> seen(Bar bar) {
        return newestFirst.stream()
                .map(results -> seen(bar, results))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<Seen> seen(Bar bar, Results results) {
        List<Double> own = results.values(bar.caseName(), Cases.CHRONIK, bar.metric());
        if (own.isEmpty()) return Optional.empty();
        String commit = String.valueOf(results.facts().get("commit"));
        Statistics mine = Statistics.of(own);
        return switch (bar.against()) {
            case Against.Nothing() -> {
                List<Double> kafka = results.values(bar.caseName(), Cases.KAFKA, bar.metric());
                String other = kafka.isEmpty()
                        ? ""
                        : "Kafka: " + number(Statistics.of(kafka).median());
                yield Optional.of(new Seen(mine.median(), other, mine, commit));
            }
            case Against.Broker(String broker) -> {
                List<Double> others = results.values(bar.caseName(), broker, bar.metric());
                if (others.isEmpty()) yield Optional.empty();
                yield Optional.of(new Seen(
                        mine.median(),
                        broker + ": " + number(Statistics.of(others).median()),
                        Statistics.of(Statistics.ratios(own, others)),
                        commit));
            }
            case Against.OtherCase(String name) -> {
                List<Double> others = results.values(name, Cases.CHRONIK, bar.metric());
                if (others.isEmpty()) yield Optional.empty();
                yield Optional.of(new Seen(
                        mine.median(),
                        name + ": " + number(Statistics.of(others).median()),
                        Statistics.of(Statistics.ratios(own, others)),
                        commit));
            }
            case Against.FsyncsMore(String broker) -> {
                List<Double> others = results.values(bar.caseName(), broker, bar.metric());
                Object fsyncMs = results.facts().get(FSYNC_MS);
                if (others.isEmpty() || fsyncMs == null) yield Optional.empty();
                double fsync = Double.parseDouble(fsyncMs.toString());
                List<Double> more = new ArrayList<>();
                for (int i = 0; i < Math.min(own.size(), others.size()); i++)
                    more.add((own.get(i) - others.get(i)) / fsync);
                yield Optional.of(new Seen(
                        mine.median(),
                        broker + ": " + number(Statistics.of(others).median()) + ", fsync " + number(fsync) + " ms",
                        Statistics.of(more),
                        commit));
            }
        };
    }

    /// Three significant digits, or whole thousands.
    public static String number(double value) {
        double size = Math.abs(value);
        if (size >= 1000) return String.format(Locale.ROOT, "%,.0f", value);
        if (size >= 100) return String.format(Locale.ROOT, "%.0f", value);
        if (size >= 10) return String.format(Locale.ROOT, "%.1f", value);
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
