package io.chronik.cli.dev;

import io.chronik.cli.output.Failure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Starts one node in the background from the distribution that this command runs from.
final class DevLaunch {
    /// The launcher script says where it is.
    private static final String LAUNCHER = "CHRONIK_LAUNCHER";

    private static final String HEAP = "CHRONIK_HEAP_OPTS";

    /// Several nodes share this machine with whatever is developed.
    private static final String SMALL_HEAP = "-Xms64m -Xmx512m";

    private final Map<String, String> environment;
    private final List<String> settings;

    DevLaunch(Map<String, String> environment, List<String> settings) {
        this.environment = environment;
        this.settings = settings;
    }

    /// `place` are the flags that say how the node finds its cluster.
    Process start(DevNode node, List<String> place) {
        List<String> command = new ArrayList<>(program());
        command.addAll(arguments(node, place));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(node.log().toFile()));
        builder.environment().putIfAbsent(HEAP, SMALL_HEAP);
        try {
            Files.createDirectories(node.data());
            return builder.start();
        } catch (IOException e) {
            throw new Failure("cannot start node " + node.id() + ": " + e.getMessage(), e);
        }
    }

    List<String> arguments(DevNode node, List<String> place) {
        List<String> arguments = new ArrayList<>(List.of("start", "--node-id", Integer.toString(node.id())));
        arguments.addAll(List.of("--data-dir", node.data().toString()));
        arguments.addAll(List.of("--listen", node.kafka()));
        arguments.addAll(List.of("--internal", node.internal()));
        arguments.addAll(List.of("--http", node.http()));
        arguments.addAll(place);
        settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return arguments;
    }

    private List<String> program() {
        String launcher = environment.get(LAUNCHER);
        if (launcher != null && Files.isExecutable(Path.of(launcher))) {
            return List.of(launcher);
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "io.chronik.cli.Chronik");
    }
}
