package io.chronik.server.sentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// A real process with a real sentinel; what stops it is a signal.
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SentinelTest {
    private static final int END_OF_STREAM = -1;

    @SuppressWarnings("NullAway.Init")
    private Process process;

    @SuppressWarnings("NullAway.Init")
    private BufferedReader said;

    private int clientPort;
    private int otherPort;

    @BeforeEach
    void startWatched() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        process = new ProcessBuilder(
                        java,
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WatchedProcess.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        said = process.inputReader(StandardCharsets.UTF_8);
        String[] ports = awaitLine("").split(" ", -1);
        clientPort = Integer.parseInt(ports[0]);
        otherPort = Integer.parseInt(ports[1]);
        awaitLine(WatchedProcess.WATCHED);
    }

    @AfterEach
    void endWatched() {
        process.destroyForcibly();
    }

    @Test
    void endsTheClientsConnectionsOfAProcessThatIsStoppedAndNoOthers() throws Exception {
        try (Socket client = connect(clientPort);
                Socket other = connect(otherPort)) {
            echo(client);
            echo(other);

            // When
            signal("STOP");

            // Then
            assertThat(client.getInputStream().read()).isEqualTo(END_OF_STREAM);
            other.setSoTimeout(1);
            assertThatThrownBy(() -> other.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            // When
            signal("CONT");

            // Then
            other.setSoTimeout(0);
            echo(other);
            assertThat(awaitLine(WatchedProcess.STOOD_STILL)).endsWith(" 1");
        }
    }

    /// The kernel accepts for a process that is stopped: who connects would wait for an answer.
    @Test
    void refusesWhoComesMeanwhileAndNobodyAfterwards() throws Exception {
        try (Socket client = connect(clientPort)) {
            echo(client);
            signal("STOP");
            assertThat(client.getInputStream().read()).isEqualTo(END_OF_STREAM);

            // When
            try (Socket late = connect(clientPort)) {
                // Then
                assertThat(late.getInputStream().read()).isEqualTo(END_OF_STREAM);
            }
        }
        signal("CONT");
        assertThat(awaitLine(WatchedProcess.STOOD_STILL)).endsWith(" 2");
        try (Socket again = connect(clientPort)) {
            echo(again);
        }
    }

    @Test
    void doesNotOutliveTheProcess() throws Exception {
        // Given
        ProcessHandle sentinel = sentinel();

        // When
        process.destroyForcibly();

        // Then
        sentinel.onExit().get(20, TimeUnit.SECONDS);
    }

    @Test
    void isStartedAgainWhenItEnds() throws Exception {
        // Given
        ProcessHandle first = sentinel();

        // When
        first.destroyForcibly();

        // Then
        awaitLine(WatchedProcess.WATCHED);
        assertThat(sentinel().pid()).isNotEqualTo(first.pid());
    }

    private ProcessHandle sentinel() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> process.children().filter(ProcessHandle::isAlive).toList(), found -> found.size() == 1)
                .getFirst();
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static void echo(Socket socket) throws IOException {
        socket.getOutputStream().write(7);
        assertThat(socket.getInputStream().read()).isEqualTo(7);
    }

    private String awaitLine(String start) throws IOException {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(start)) return line;
        }
        throw new AssertionError("the watched process ended");
    }

    private void signal(String name) throws IOException, InterruptedException {
        List<String> kill = List.of("kill", "-" + name, Long.toString(process.pid()));
        assertThat(new ProcessBuilder(kill).start().waitFor()).isZero();
    }
}
