package io.chronik.bench;

import io.chronik.bench.cases.Case;
import io.chronik.bench.load.Measured;
import io.chronik.bench.report.Numbers;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// `./chronik bench`: measures a node, beside Apache Kafka on the same machine. Exits with 0 when everything was
/// measured, 1 when something failed, 2 when it was called wrongly.
@Command(
        name = "chronik bench",
        mixinStandardHelpOptions = true,
        subcommands = {
            CompareCommand.class,
            RunCommand.class,
            ProbeCommand.class,
            MicroCommand.class,
            TableCommand.class,
            ListCommand.class
        },
        description = "Measures a node, beside Apache Kafka on the same machine.",
        footer = {
            "",
            "Examples:",
            "  ./chronik bench list",
            "  ./chronik bench compare --case 'sync-*' --pairs 3 --no-save",
            "  ./chronik bench run --bootstrap localhost:9092 --case sync-64-on-1"
        })
public final class Bench {
    private Bench() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench()).setExecutionExceptionHandler((failure, command, _) -> {
            command.getErr().println("bench: " + rootMessage(failure));
            if (System.getenv("CHRONIK_BENCH_DEBUG") != null) failure.printStackTrace(command.getErr());
            return 1;
        });
    }

    /// The innermost message says what happened.
    static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) root = root.getCause();
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    /// Cases whose names match one of the globs, all of them without globs. A glob that matches none is an error: a
    /// typing mistake must not look like a measurement.
    static List<Case> selected(CommandSpec command, List<Case> all, List<String> globs) {
        for (String glob : globs) {
            if (all.stream().noneMatch(each -> matches(glob, each)))
                throw new ParameterException(
                        command.commandLine(), "no case is named " + glob + "; ./chronik bench list names them");
        }
        return all.stream()
                .filter(each -> globs.isEmpty() || globs.stream().anyMatch(glob -> matches(glob, each)))
                .toList();
    }

    private static boolean matches(String glob, Case each) {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        return matcher.matches(Path.of(each.name()));
    }

    /// The checkout.
    static Path home() {
        return Path.of(System.getProperty("bench.home", ".")).toAbsolutePath();
    }

    static Path defaultWork() {
        return home().resolve(".cache/bench");
    }

    static String shortly(Measured measured) {
        return measured.figures().entrySet().stream()
                .map(figure -> figure.getKey() + "=" + Numbers.number(figure.getValue()))
                .collect(Collectors.joining(" "));
    }
}
