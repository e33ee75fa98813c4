package io.chronik.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.cli.output.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DevClusterTest {
    private static final DevNode NODE =
            new DevNode(2, "127.0.0.1:9192", "127.0.0.1:9193", "127.0.0.1:8180", "/d/node-2", 0, 0);

    @Test
    void fileIsReadAsItWasWritten(@TempDir Path directory) {
        // Given
        DevFile file = new DevFile(3, List.of(NODE, NODE.started(ProcessHandle.current())));

        // When
        file.write(directory);

        // Then
        assertThat(DevFile.read(directory)).contains(file);
        assertThat(directory.resolve("cluster.json.new")).doesNotExist();
    }

    @Test
    void noFileIsNoCluster(@TempDir Path directory) {
        assertThat(DevFile.read(directory)).isEmpty();
    }

    @Test
    void strangeFileIsAFailure(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("cluster.json"), "{\"nodes\":3}");
        assertThatThrownBy(() -> DevFile.read(directory)).isInstanceOf(Failure.class);
    }

    @Test
    void processIsKnownByItsStartToo() {
        DevNode mine = NODE.started(ProcessHandle.current());
        DevNode another = new DevNode(2, "k", "i", "h", "/d", mine.pid(), mine.startedMs() - 60_000);
        assertThat(mine.process()).contains(ProcessHandle.current());
        assertThat(another.process()).isEmpty();
        assertThat(mine.stopped().process()).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @Timeout(20)
    void processThatHasEndedAndIsStillListedDoesNotRun() throws IOException {
        // Given: `sleep` does not ask about the children that `sh` had.
        Process parent = new ProcessBuilder("sh", "-c", "sleep 600 & echo $!; exec sleep 600").start();
        try (BufferedReader said = parent.inputReader()) {
            long pid = Long.parseLong(said.readLine());
            Path parentsName = Path.of("/proc", Long.toString(parent.pid()), "comm");
            while (!Files.readString(parentsName).strip().equals("sleep")) Thread.onSpinWait();
            DevNode node = NODE.started(ProcessHandle.of(pid).orElseThrow());

            // When
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();

            // Then
            while (node.process().isPresent()) Thread.onSpinWait();
            assertThat(Path.of("/proc", Long.toString(pid))).exists();
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void nodesHavePortsOfTheirOwn() {
        assertThat(DevPorts.fixed(1)).isEqualTo(new DevPorts(9092, 9093, 8080));
        assertThat(DevPorts.fixed(3)).isEqualTo(new DevPorts(9292, 9293, 8280));
        List<DevPorts> ports = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ports.add(DevPorts.any(ports));
        }
        assertThat(ports.stream().flatMap(p -> List.of(p.kafka(), p.internal(), p.http()).stream()))
                .doesNotHaveDuplicates();
    }

    @Test
    void takenPortIsAFailureThatSaysWhatToDo() throws IOException {
        int node = 40;
        try (var _ = new ServerSocket(DevPorts.fixed(node).internal(), 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> DevPorts.free(node))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("--any-port")
                    .hasMessageContaining(String.valueOf(DevPorts.fixed(node).internal()));
        }
    }

    @Test
    void nodeIsStartedWithItsPlaceAndSettings() {
        DevLaunch launch = new DevLaunch(Map.of(), List.of("num.partitions=6"));
        assertThat(String.join(" ", launch.arguments(NODE, List.of("--join", "127.0.0.1:9093"))))
                .isEqualTo("start --node-id 2 --data-dir /d/node-2/data --listen 127.0.0.1:9192"
                        + " --internal 127.0.0.1:9193 --http 127.0.0.1:8180 --join 127.0.0.1:9093"
                        + " --set num.partitions=6");
    }
}
