package io.chronik.bench.report;

import static io.chronik.bench.report.Numbers.number;

import io.chronik.bench.cases.Cases;
import io.chronik.bench.report.Bar.Against;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Renders the promises with what was seen of each, as Markdown. For every case the newest results that have it count.
public final class Table {
    static final String FSYNC_MS = "fsyncMs";

    private final List<Results> newestFirst;

    public Table(List<Results> newestFirst) {
        this.newestFirst = List.copyOf(newestFirst);
    }

    public String render() {
        return render(Bars.all());
    }

    /// Only the rows that were measured.
    public String renderMeasured() {
        return render(Bars.all().stream().filter(bar -> seen(bar).isPresent()).toList());
    }

    private String render(List<Bar> bars) {
        StringBuilder out = new StringBuilder();
        out.append(
                "| what | Chronik | compared with | seen (range) | bar | stretch | | measured by `./chronik bench compare` |\n");
        out.append("|---|---|---|---|---|---|---|---|\n");
        for (Bar bar : bars) out.append(row(bar));
        return out.toString();
    }

    /// Titles of the bars that were measured and not reached.
    public List<String> missed() {
        List<String> missed = new ArrayList<>();
        for (Bar bar : Bars.all()) {
            seen(bar)
                    .filter(seen -> bar.goal().isMissed(seen.value.get(bar.pick())))
                    .ifPresent(seen -> missed.add(bar.title()));
        }
        return missed;
    }

    /// `own` is Chronik's median, `other` that of what it is compared with, `value` what the goal is for.
    private record Seen(Statistics own, String other, Statistics value, String commit) {}

    private String row(Bar bar) {
        Optional<Seen> seen = seen(bar);
        Goal goal = bar.goal();
        List<String> cells = new ArrayList<>(List.of(bar.title()));
        if (seen.isPresent()) {
            Statistics value = seen.get().value;
            cells.add(number(seen.get().own.get(bar.pick())));
            cells.add(seen.get().other);
            double picked = value.get(bar.pick());
            cells.add("**" + number(picked) + "** (" + number(value.least()) + "–" + number(value.most()) + ")");
            cells.addAll(List.of(goal.barCell(), goal.stretchCell(), goal.verdict(picked)));
        } else {
            cells.addAll(List.of("", "", "", goal.barCell(), goal.stretchCell(), "**not measured**"));
        }
        cells.add("`--case " + bar.caseName() + "`"
                + seen.map(each -> " (" + each.commit + ")").orElse(""));
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private Optional<Seen> seen(Bar bar) {
        return newestFirst.stream()
                .map(results -> seen(bar, results))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<Seen> seen(Bar bar, Results results) {
        List<Double> own = results.values(bar.caseName(), Cases.CHRONIK, bar.metric());
        return switch (bar.against()) {
            case Against.Nothing() -> {
                String kafka = Statistics.of(results.values(bar.caseName(), Cases.KAFKA, bar.metric()))
                        .map(other -> "kafka: " + number(other.get(bar.pick())))
                        .orElse("");
                yield seen(results, own, kafka, own);
            }
            case Against.Broker(String broker) -> {
                List<Double> others = results.values(bar.caseName(), broker, bar.metric());
                yield seen(results, own, named(broker, others), Statistics.ratios(own, others));
            }
            case Against.OtherCase(String name) -> {
                List<Double> others = results.values(name, Cases.CHRONIK, bar.metric());
                yield seen(results, own, named(name, others), Statistics.ratios(own, others));
            }
            case Against.FsyncsMore(String broker) -> {
                List<Double> others = results.values(bar.caseName(), broker, bar.metric());
                double fsyncMs = results.fact(FSYNC_MS);
                List<Double> fsyncs = Statistics.differences(own, others).stream()
                        .map(moreMs -> moreMs / fsyncMs)
                        .toList();
                yield seen(results, own, named(broker, others) + ", fsync " + number(fsyncMs) + " ms", fsyncs);
            }
        };
    }

    private static String named(String what, List<Double> values) {
        return Statistics.of(values)
                .map(other -> what + ": " + number(other.median()))
                .orElse(what);
    }

    private static Optional<Seen> seen(Results results, List<Double> own, String other, List<Double> values) {
        String commit = String.valueOf(results.facts().get("commit"));
        return Statistics.of(own)
                .flatMap(mine -> Statistics.of(values).map(value -> new Seen(mine, other, value, commit)));
    }
}
