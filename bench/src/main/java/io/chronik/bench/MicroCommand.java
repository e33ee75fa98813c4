package io.chronik.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// The hot parts alone.
@Command(
        name = "micro",
        mixinStandardHelpOptions = true,
        description = "JMH benchmarks of the hot parts: frames, validation, append, index, acknowledgements.",
        footer = {
            "",
            "Examples:",
            "  ./chronik bench micro                              all, about four minutes",
            "  ./chronik bench micro -- -l                        their names",
            "  ./chronik bench micro -- LogBenchmark.append -p batchBytes=16384 -prof gc"
        })
final class MicroCommand implements Callable<Integer> {
    @Parameters(description = "JMH's own arguments, after --.")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        org.openjdk.jmh.Main.main(arguments.toArray(new String[0]));
        return 0;
    }
}
