package io.chronik.it.node;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How a node is started: the command line, and the line that says it serves.
///
/// System properties choose: `it.kafka` names a script `SCRIPT PORT DIR [key=value…]` that runs a real Kafka in the
/// foreground; `it.chronik` names a `bin/chronik`; without either, `java` runs the class path of this JVM.
record Launch(List<String> command, String readyText, boolean isChronik) {

    /// Small, quick to start, and dead at once when memory runs out.
    private static final List<String> JVM = List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");

    /// Where a node listens: clients at `port`, other nodes at the next one, HTTP at the one after. `arguments` are
    /// more flags of `chronik start`.
    record Place(String host, int port, List<String> arguments) {
        /// host:port, an IPv6 address in brackets.
        String address(int index) {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + (port + index);
        }
    }

    static Launch of(Place place, Path directory, Map<String, String> settings, List<String> jvmArguments) {
        String kafka = System.getProperty("it.kafka");
        return kafka == null
                ? chronik(chronikCommand(jvmArguments), place, directory, settings)
                : kafka(kafka, place.port, directory, settings);
    }

    /// `chronik` is the command up to and without its first argument.
    static Launch chronik(List<String> chronik, Place place, Path directory, Map<String, String> settings) {
        List<String> command = new ArrayList<>(chronik);
        command.addAll(List.of("start", "--data-dir", directory.resolve("data").toString()));
        command.addAll(List.of("--listen", place.address(0)));
        command.addAll(List.of("--internal", place.address(1)));
        command.addAll(List.of("--http", place.address(2)));
        command.addAll(place.arguments);
        settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        return new Launch(command, " ready", true);
    }

    /// `chronik` up to and without its first argument.
    static List<String> chronikCommand(List<String> jvmArguments) {
        String launcher = System.getProperty("it.chronik");
        if (launcher != null) {
            return List.of(launcher);
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(jvmArguments);
        command.addAll(List.of("-cp", productClassPath(), "io.chronik.cli.Chronik"));
        return command;
    }

    /// The product without its tests, whose logging configuration must not reach it.
    private static String productClassPath() {
        @Nullable String given = System.getProperty("it.classpath");
        if (given != null) {
            return given;
        }
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes") && !entry.contains("integration-tests"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Launch kafka(String script, int port, Path directory, Map<String, String> settings) {
        List<String> command = new ArrayList<>(List.of(script, Integer.toString(port), directory.toString()));
        settings.forEach((key, value) -> {
            if (!key.startsWith("chronik.")) {
                command.add(key + "=" + value);
            }
        });
        return new Launch(command, "Kafka Server started", false);
    }
}
