package io.chronik.bench;

import io.chronik.bench.report.FiguresTable;
import io.chronik.bench.report.LimitsTable;
import io.chronik.bench.report.Results;
import io.chronik.bench.report.Sections;
import io.chronik.bench.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// The tables in bench/README.md.
@Command(
        name = "table",
        mixinStandardHelpOptions = true,
        description =
                "Renders bench/README.md's tables again from bench/results/*.json; the newest results of a case count.")
final class TableCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        rewrite();
        return 0;
    }

    static void rewrite() throws IOException {
        Path readme = Bench.home().resolve("bench/README.md");
        List<Results> newestFirst = newestFirst();
        Sections rewritten = new Sections(Files.readString(readme))
                .with("promises", new Table(newestFirst).render())
                .with("limits", new LimitsTable(newestFirst).render())
                .with("figures", new FiguresTable(newestFirst).render());
        Files.writeString(readme, rewritten.text());
    }

    private static List<Results> newestFirst() throws IOException {
        try (Stream<Path> files = Files.list(Bench.home().resolve("bench/results"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted(Comparator.comparing(Path::getFileName).reversed())
                    .map(Results::read)
                    .toList();
        }
    }
}
