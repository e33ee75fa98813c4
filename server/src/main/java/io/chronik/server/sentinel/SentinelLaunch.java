package io.chronik.server.sentinel;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/// How a sentinel of this process is started: the same Java, as small as it gets.
final class SentinelLaunch {
    private static final List<String> JVM = List.of(
            "-Xmx16m",
            "-Xms2m",
            "-Xss256k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=8m",
            "-XX:-UsePerfData",
            "-XX:+DisableAttachMechanism",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED");

    /// What JVMs take more flags from: meant for the node, such as an agent that binds a port.
    private static final List<String> JVM_VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private SentinelLaunch() {}

    static boolean isPossible() {
        return System.getProperty("os.name", "").equals("Linux") && Files.isExecutable(java());
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /// For process `pid`, whose clients come to `ports`.
    static Process start(long pid, long limitMs, Collection<Integer> ports) throws IOException {
        String portList = ports.stream().map(String::valueOf).collect(Collectors.joining(","));
        List<String> command = new java.util.ArrayList<>(List.of(java().toString()));
        command.addAll(JVM);
        command.addAll(List.of("-cp", classPath(), Sentinel.class.getName()));
        command.addAll(List.of(Long.toString(pid), Long.toString(limitMs), portList));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        JVM_VARIABLES.forEach(builder.environment()::remove);
        // One heap of the C library instead of one per thread.
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        return builder.start();
    }

    /// Only what has the classes of this package.
    private static String classPath() throws IOException {
        try {
            return Path.of(Sentinel.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
