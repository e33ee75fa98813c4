package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Command;
import io.chronik.it.node.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `chronik dev cluster`: processes that outlive the command that started them.
@Tag("cluster")
class DevCommandTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @AfterEach
    void stop() {
        var _ = chronik("", "dev", "stop", "--kill", "--dir", directory.toString());
    }

    @Test
    void clusterIsStartedUsedGrownAndStopped() throws IOException {
        String dir = directory.toString();
        String started = chronik("", "dev", "cluster", "3", "--any-port", "--dir", dir)
                .expectSuccess()
                .out();
        assertThat(started).contains("CHRONIK_BOOTSTRAP=");
        String bootstrap = bootstrap();
        assertThat(bootstrap.split(",", -1)).hasSize(3);
        chronik("", "topic", "create", "tried", "-p", "3", "-r", "3", "-b", bootstrap)
                .expectSuccess();
        chronik("one\ntwo\n", "produce", "tried", "-b", bootstrap).expectSuccess();

        chronik("", "dev", "stop", "--dir", dir).expectSuccess();
        assertThat(pids()).containsOnly(0L);
        chronik("", "dev", "cluster", "4", "--any-port", "--dir", dir).expectSuccess();
        assertThat(bootstrap()).startsWith(bootstrap);
        assertThat(chronik("", "consume", "tried", "-e", "-o", "text", "-b", bootstrap())
                        .expectSuccess()
                        .out()
                        .lines())
                .containsExactlyInAnyOrder("one", "two");
        assertThat(chronik("", "node", "list", "-b", bootstrap())
                        .expectSuccess()
                        .out()
                        .lines())
                .hasSize(5);
        chronik("", "dev", "stop", "--delete", "--dir", dir).expectSuccess();
        assertThat(directory.resolve("node-1")).doesNotExist();
    }

    private JsonNode file() throws IOException {
        return new JsonMapper().readTree(Files.readString(directory.resolve("cluster.json")));
    }

    private String bootstrap() throws IOException {
        List<String> addresses = new ArrayList<>();
        file().get("nodes").forEach(node -> addresses.add(node.get("kafka").stringValue()));
        return String.join(",", addresses);
    }

    private List<Long> pids() throws IOException {
        List<Long> pids = new ArrayList<>();
        file().get("nodes").forEach(node -> pids.add(node.get("pid").longValue()));
        return pids;
    }

    private static Command.Result chronik(String input, String... arguments) {
        List<String> command = new ArrayList<>(NodeProcess.chronik());
        command.addAll(List.of(arguments));
        return Command.run(LIMIT, Map.of(), input, command);
    }
}
