package io.chronik.bench;

import io.chronik.bench.cases.Case;
import io.chronik.bench.cases.Cases;
import io.chronik.bench.load.MetadataPing;
import io.chronik.bench.load.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// One broker that runs already.
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description =
                "Loads a broker that runs already, and prints the figures of each case. Every case makes a topic of its"
                        + " own, reads back and counts what it wrote, and deletes the topic; only consume-2gib leaves its topic. The"
                        + " broker must speak plaintext, without authentication.",
        footer = {
            "",
            "Examples:",
            "  ./chronik bench run --bootstrap localhost:9092 --case sync-64-on-1",
            "  ./chronik bench run --bootstrap localhost:9092 --pid 4711 --case 'produce-*'",
            "",
            "Exit code: 0 all cases were measured, 1 one failed, 2 called wrongly."
        })
final class RunCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--bootstrap", required = true, description = "HOST:PORT of the broker.")
    private String bootstrap = "";

    @Option(names = "--pid", description = "Its process, when it runs on this machine: for the figures of CPU time.")
    private @Nullable Long pid;

    @Option(names = "--case", description = "Names or globs of loads; all loads without. May be repeated.")
    private List<String> cases = new ArrayList<>();

    @Option(names = "--seconds", description = "Measured part of each run (default: ${DEFAULT-VALUE}).")
    private double seconds = 4;

    @Override
    public Integer call() {
        List<Case.Load> loads = loads();
        checkArguments();
        Target target = new Target(bootstrap, pid == null ? List.of() : List.of(pid));
        int failed = 0;
        for (Case.Load load : loads) {
            try {
                System.out.println(load.name() + " " + Bench.shortly(load.run().on(target, seconds)));
            } catch (RuntimeException e) {
                failed++;
                System.out.println("FAILED " + load.name() + ": " + Bench.rootMessage(e));
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private List<Case.Load> loads() {
        List<Case.Load> loads = new ArrayList<>();
        for (Case each : Bench.selected(command(), Cases.all(), cases)) {
            // Three replicas need three nodes: only when asked for by name.
            if (each instanceof Case.Load load && (load.nodes() == 1 || !cases.isEmpty())) loads.add(load);
        }
        if (loads.isEmpty())
            throw wrong(cases + " start brokers of their own: only ./chronik bench compare can measure them");
        return loads;
    }

    private void checkArguments() {
        if (!bootstrap.matches(".+:[0-9]{1,5}")) throw wrong("--bootstrap must be HOST:PORT, not " + bootstrap);
        if (seconds <= 0) throw wrong("--seconds must be more than 0");
        if (pid != null && !Files.isDirectory(Path.of("/proc", pid.toString())))
            throw wrong("there is no process " + pid + " on this machine");
        try {
            MetadataPing.ask(bootstrap);
        } catch (IOException e) {
            throw new IllegalStateException("no Kafka broker answers at " + bootstrap + " (" + Bench.rootMessage(e)
                    + "); is it running there, on" + " a plaintext listener?");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command().commandLine(), message);
    }

    private CommandSpec command() {
        if (spec == null) throw new IllegalStateException("picocli did not set the command");
        return spec;
    }
}
