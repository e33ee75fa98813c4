package io.chronik.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Command;
import io.chronik.it.node.Node;
import io.chronik.it.node.Nodes;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The `chronik` command as a process of its own against a node.
@Tag("node")
class CliTest {
    private static final Node NODE = Nodes.shared();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void topicsAreCreatedListedDescribedAlteredAndDeleted() {
        assertThat(chronik("topic", "create", "cli-a", "cli-b", "-p", "2")
                        .expectSuccess()
                        .out()
                        .lines())
                .containsExactly("TOPIC  STATUS", "cli-a  ok", "cli-b  ok");
        Command.Result again = chronik("topic", "create", "cli-a");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.out()).contains("TOPIC_ALREADY_EXISTS");
        chronik("topic", "alter", "cli-a", "-p", "3", "-c", "retention.ms=5000000")
                .expectSuccess();
        assertThat(chronik("topic", "describe", "cli-a").expectSuccess().out())
                .contains("SUMMARY", "CONFIGS", "PARTITIONS", "5000000", "DYNAMIC_TOPIC_CONFIG");
        assertThat(chronik("topic", "list", "cli-[ab]").expectSuccess().out().lines())
                .hasSize(3);
        chronik("topic", "delete", "--regex", "cli-[ab]").expectSuccess();
        assertThat(chronik("topic", "list", "cli-[ab]").expectSuccess().out().lines())
                .hasSize(1);
    }

    @Test
    void dryRunChangesNothing() {
        assertThat(chronik("topic", "create", "cli-dry", "--dry-run")
                        .expectSuccess()
                        .out())
                .contains("would be created");
        assertThat(chronik("topic", "describe", "cli-dry").exitCode()).isEqualTo(1);
    }

    @Test
    void producedRecordsAreConsumed() {
        // Given
        chronik("topic", "create", "cli-records").expectSuccess();

        // When
        Command.Result produced =
                chronikWithInput("k1:v1\nk2:v2\n", "produce", "cli-records", "-K", ":", "-H", "h=x", "-z", "zstd");
        Command.Result consumed = chronik("consume", "cli-records", "-e");

        // Then
        assertThat(produced.expectSuccess().out().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("Produced to partition 0 at offset "));
        assertThat(consumed.expectSuccess().out().lines())
                .hasSize(2)
                .first()
                .asString()
                .contains("\"key\":\"k1\",\"value\":\"v1\",\"headers\":[{\"key\":\"h\",\"value\":\"x\"}]");
        assertThat(chronik("consume", "cli-records", "-e", "--from", "-1", "-o", "text")
                        .out())
                .isEqualTo("v2\n");
        assertThat(chronik("consume", "cli-records", "--from", "@-1h", "-n", "1", "-f", "%o:%s\\n")
                        .out())
                .isEqualTo("0:v1\n");
    }

    @Test
    void groupIsDescribedResetAndDeleted() {
        // Given
        chronik("topic", "create", "cli-groups").expectSuccess();
        chronikWithInput("1\n2\n3\n4\n", "produce", "cli-groups").expectSuccess();
        assertThat(chronik("consume", "cli-groups", "-g", "cli-group", "-n", "3", "-o", "text")
                        .expectSuccess()
                        .out())
                .isEqualTo("1\n2\n3\n");

        // When
        assertThat(chronik("group", "describe", "cli-group").expectSuccess().out())
                .containsPattern("TOTAL-LAG +1\\b");
        chronik("group", "reset", "cli-group", "--to", "start", "--dry-run").expectSuccess();
        chronik("group", "reset", "cli-group", "--to", "shift:-2").expectSuccess();

        // Then
        assertThat(chronik("consume", "cli-groups", "-g", "cli-group", "-e", "-o", "text")
                        .expectSuccess()
                        .out())
                .isEqualTo("2\n3\n4\n");
        chronik("group", "delete", "cli-group").expectSuccess();
        assertThat(chronik("group", "describe", "cli-group").exitCode()).isEqualTo(1);
    }

    @Test
    void nodeIsHealthy() {
        assertThat(chronik("health").expectSuccess().out()).startsWith("healthy");
        assertThat(chronik("cluster", "status", "-o", "json").expectSuccess().out())
                .contains("\"nodes\":[{\"id\":1");
    }

    @Test
    void takenPortIsOneLineAndLeavesNothing(@TempDir Path directory) {
        // When
        Command.Result start = chronik(
                "start",
                "--data-dir",
                directory.resolve("data").toString(),
                "--listen",
                NODE.bootstrap(),
                "--http",
                "off");

        // Then
        assertThat(start.exitCode()).isEqualTo(1);
        assertThat(start.err().lines())
                .singleElement()
                .asString()
                .startsWith("chronik: ")
                .contains("--port-offset");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    private static Command.Result chronik(String... args) {
        return chronikWithInput("", args);
    }

    private static Command.Result chronikWithInput(String input, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(List.of("-cp", productClassPath(), "io.chronik.cli.Chronik"));
        command.addAll(Arrays.asList(args));
        return Command.run(LIMIT, Map.of("CHRONIK_BOOTSTRAP", NODE.bootstrap()), input, command);
    }

    /// The product without its tests, whose logging configuration must not reach it.
    private static String productClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes") && !entry.contains("integration-tests"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
