package io.chronik.it.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chronik.it.node.Command;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.node.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node that cannot start says why in one line, ends with 1, and has changed nothing on disk.
@Tag("fault")
class StartErrorsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final int port = Ports.free(3);

    @BeforeEach
    void onlyChronikStartsThisWay() {
        assumeTrue(System.getProperty("it.kafka") == null);
    }

    private Command.Result start(Path data, int listen, String... more) {
        List<String> command = new ArrayList<>(NodeProcess.chronik());
        command.addAll(List.of("start", "--data-dir", data.toString(), "--listen", "127.0.0.1:" + listen));
        command.addAll(List.of("--internal", "127.0.0.1:" + (port + 1), "--http", "127.0.0.1:" + (port + 2)));
        command.addAll(List.of(more));
        return Command.run(LIMIT, command);
    }

    private static void assertThatItRefuses(Command.Result result, String... words) {
        assertThat(result.exitCode()).as(result.out() + result.err()).isEqualTo(1);
        assertThat(result.err().lines().filter(line -> !line.startsWith("WARNING: ")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains(words));
        assertThat(result.out() + result.err()).doesNotContain("\tat ").doesNotContain("is ready");
    }

    /// Names, sizes and times of all files.
    private static Map<String, String> snapshot(Path root) throws IOException {
        Map<String, String> files = new TreeMap<>();
        if (Files.exists(root)) {
            try (var walk = Files.walk(root)) {
                for (Path path : walk.toList()) {
                    if (Files.isRegularFile(path)) {
                        files.put(path.toString(), Files.size(path) + "@" + Files.getLastModifiedTime(path));
                    }
                }
            }
        }
        return files;
    }

    @Test
    void aTakenPortIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            Command.Result result = start(directory.resolve("data"), taken.getLocalPort());
            assertThatItRefuses(result, Integer.toString(port));
            assertThat(directory.resolve("data")).doesNotExist();
        }
    }

    @Test
    void anUnknownKeyIsRefusedWithASuggestion() {
        Command.Result result = start(directory.resolve("data"), port, "--set", "log.retention.hour=1");
        assertThatItRefuses(result, "log.retention.hour", "log.retention.hours");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void aBadValueIsRefused() {
        Command.Result result = start(directory.resolve("data"), port, "--set", "num.partitions=many");
        assertThatItRefuses(result, "num.partitions", "many");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void aBadAddressIsRefused() {
        Command.Result result = start(directory.resolve("data"), port, "--http", "127.0.0.1:99999");
        assertThat(result.exitCode()).isIn(1, 2);
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void aMissingConfigFileIsRefused() {
        Command.Result result = start(
                directory.resolve("data"),
                port,
                "--config",
                directory.resolve("none.properties").toString());
        assertThatItRefuses(result, "none.properties");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void aFileInPlaceOfTheDataDirectoryIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("data"), "not a directory");
        assertThatItRefuses(start(file, port), file.toString());
        assertThat(Files.readString(file)).isEqualTo("not a directory");
    }

    @Test
    void aDirectoryThatCannotBeMadeIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertThatItRefuses(start(file.resolve("data"), port), "data");
    }

    @Test
    void aReadOnlyDirectoryIsRefused() throws IOException {
        Path mount = Files.createDirectories(directory.resolve("readonly"));
        Command.Result mounted =
                Command.run(LIMIT, List.of("mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", mount.toString()));
        assumeTrue(mounted.exitCode() == 0, "needs root");
        try {
            assertThatItRefuses(start(mount.resolve("data"), port), mount.toString());
        } finally {
            Command.run(LIMIT, List.of("umount", "-l", mount.toString()));
        }
    }

    @Test
    void aDirectoryInUseIsRefusedAndItsNodeGoesOn() throws IOException {
        try (NodeProcess node =
                Nodes.quick(NodeProcess.in(directory.resolve("node"))).start()) {
            assertThatItRefuses(start(node.dataDir(), port), node.dataDir().toString());
            assertThat(node.isAlive()).isTrue();
        }
    }

    @Test
    void theDirectoryOfAnotherNodeIsRefusedAndLeftAlone() throws IOException {
        Path data;
        try (NodeProcess node =
                Nodes.quick(NodeProcess.in(directory.resolve("node"))).start()) {
            data = node.dataDir();
            node.terminate();
        }
        Map<String, String> before = snapshot(data);
        Command.Result result = start(data, port, "--node-id", "7");
        assertThatItRefuses(result, "7");
        assertThat(snapshot(data)).isEqualTo(before);
    }

    @Test
    void aDirectoryOfApacheKafkaIsRefusedAndLeftAlone() throws IOException {
        Path data = Files.createDirectories(directory.resolve("kafka"));
        Files.writeString(
                data.resolve("meta.properties"),
                "version=1\ncluster.id=AAAAAAAAQACAAAAAAAAAAA\nnode.id=1\ndirectory.id=AAAAAAAAQACAAAAAAAAAAQ\n");
        Map<String, String> before = snapshot(data);
        assertThat(start(data, port).exitCode()).isEqualTo(1);
        assertThat(snapshot(data)).isEqualTo(before);
    }

    @Test
    void readyIsSaidOnceAndSigtermEndsWithZero() {
        try (NodeProcess node =
                Nodes.quick(NodeProcess.in(directory.resolve("node"))).start()) {
            assertThat(node.terminate()).isIn(0, 143);
            assertThat(node.logLines().stream().filter(line -> line.contains("is ready")))
                    .hasSize(1);
        }
    }
}
