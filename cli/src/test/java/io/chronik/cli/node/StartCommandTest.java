package io.chronik.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.cli.output.Failure;
import io.chronik.server.config.HostPort;
import io.chronik.server.config.NodeConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StartCommandTest {
    private final StringWriter err = new StringWriter();

    @Test
    void nothingSetMeansTheDocumentedDefaults() {
        // When
        NodeConfig config = load();

        // Then
        assertThat(config.nodeId()).isEqualTo(1);
        assertThat(config.storage().directory()).isEqualTo(Path.of("./chronik-data"));
        assertThat(config.listeners().clients().getFirst().bind()).isEqualTo(new HostPort("127.0.0.1", 9092));
        assertThat(config.listeners().internal().bind()).isEqualTo(new HostPort("127.0.0.1", 9093));
        assertThat(config.listeners().httpAddress()).contains(new HostPort("127.0.0.1", 8080));
    }

    @Test
    void everyFlagHasItsSetting() {
        // When
        NodeConfig config = load(
                "--data-dir",
                "d",
                "--listen",
                "127.0.0.1:19092",
                "--internal",
                "127.0.0.1:19093",
                "--http",
                "off",
                "--node-id",
                "7",
                "--set",
                "num.partitions=6");

        // Then
        assertThat(config.nodeId()).isEqualTo(7);
        assertThat(config.storage().directory()).isEqualTo(Path.of("d"));
        assertThat(config.listeners().clients().getFirst().bind().port()).isEqualTo(19092);
        assertThat(config.listeners().internal().bind().port()).isEqualTo(19093);
        assertThat(config.listeners().httpAddress()).isEmpty();
        assertThat(config.topics().partitions()).isEqualTo(6);
    }

    @Test
    void portOffsetMovesEveryPort() {
        NodeConfig config = load("--port-offset", "100");
        assertThat(config.listeners().clients().getFirst().bind().port()).isEqualTo(9192);
        assertThat(config.listeners().internal().bind().port()).isEqualTo(9193);
        assertThat(config.listeners().httpAddress()).contains(new HostPort("127.0.0.1", 8180));
    }

    @Test
    void setWinsOverTheEnvironmentAndThatOverTheFile(@TempDir Path directory) throws IOException {
        // Given
        Path file = directory.resolve("server.properties");
        Files.writeString(file, "num.partitions=2\nbroker.rack=r1\n");
        Map<String, String> environment = Map.of("KAFKA_NUM_PARTITIONS", "3");

        // When
        NodeConfig config = command("--config", file.toString()).load(environment);
        NodeConfig overridden = command("--config", file.toString(), "--set", "num.partitions=4")
                .load(environment);

        // Then
        assertThat(config.rackName()).contains("r1");
        assertThat(config.topics().partitions()).isEqualTo(3);
        assertThat(overridden.topics().partitions()).isEqualTo(4);
    }

    @Test
    void unknownKeyIsOneLineWithASuggestion() {
        assertThatThrownBy(() -> load("--set", "num.partition=3"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("did you mean num.partitions?")
                .hasMessageNotContaining("\n");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void eachProblemHasALineOfItsOwn() {
        assertThatThrownBy(() -> load("--set", "num.partition=3", "--set", "num.io.threads=x"))
                .isInstanceOf(Failure.class);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("chronik: ");
    }

    @Test
    void ownAddressInTheClusterIsTheInternalListener() {
        String cluster = "7@127.0.0.1:19193";
        NodeConfig config = load("--node-id", "7", "--cluster", cluster);
        assertThat(config.settings().list("controller.quorum.voters")).containsExactly(cluster);
        assertThat(config.listeners().internal().bind()).isEqualTo(new HostPort("127.0.0.1", 19193));
    }

    @Test
    void clusterNamesThePortThatOthersUse() {
        NodeConfig config = load("--node-id", "7", "--cluster", "7@127.0.0.1:19193", "--port-offset", "100");
        assertThat(config.listeners().internal().bind()).isEqualTo(new HostPort("127.0.0.1", 19193));
    }

    @Test
    void internalAddressThatWasGivenStays() {
        String cluster = "7@localhost:19193";
        NodeConfig flag = load("--node-id", "7", "--cluster", cluster, "--internal", "127.0.0.1:19194");
        NodeConfig setting = load(
                "--node-id",
                "7",
                "--cluster",
                cluster,
                "--set",
                "listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19195");
        assertThat(flag.listeners().internal().bind()).isEqualTo(new HostPort("127.0.0.1", 19194));
        assertThat(setting.listeners().internal().bind()).isEqualTo(new HostPort("127.0.0.1", 19195));
    }

    @Test
    void joiningNamesMembers() {
        NodeConfig config = load("--node-id", "4", "--join", "127.0.0.1:19093");
        assertThat(config.settings().list("controller.quorum.bootstrap.servers"))
                .containsExactly("127.0.0.1:19093");
    }

    @Test
    void formingAndJoiningExcludeEachOther() {
        assertThatThrownBy(() -> load("--cluster", "1@127.0.0.1:9093", "--join", "127.0.0.1:9093"))
                .hasMessageContaining("use one of them");
    }

    private NodeConfig load(String... args) {
        return command(args).load(Map.of());
    }

    private StartCommand command(String... args) {
        StartCommand command = new StartCommand();
        new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setErr(new PrintWriter(err))
                .parseArgs(args);
        return command;
    }
}
