package io.chronik.bench;

import io.chronik.bench.probe.Limit;
import io.chronik.bench.probe.MachineProbe;
import io.chronik.bench.report.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What the machine can do.
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        description = "What this disk, its page cache and loopback can do.")
final class ProbeCommand implements Callable<Integer> {
    @Option(names = "--work-dir", description = "A directory on the disk.")
    private Path work = Bench.defaultWork();

    private static final List<String> FIGURES =
            List.of(Limit.P50_MS, Limit.P99_MS, Limit.MIB_PER_SECOND, Limit.PER_SECOND, Limit.CPU_PER_GIB);

    @Override
    public Integer call() throws IOException {
        System.out.println(
                "| what | p50 ms | p99 ms | MiB/s | per second | CPU s per GiB |\n|---|---|---|---|---|---|");
        for (Limit limit : MachineProbe.run(work)) {
            StringBuilder row = new StringBuilder("| " + limit.what() + " |");
            for (String figure : FIGURES) {
                Double value = limit.figures().get(figure);
                row.append(value == null ? " |" : " " + Numbers.number(value) + " |");
            }
            System.out.println(row);
        }
        return 0;
    }
}
