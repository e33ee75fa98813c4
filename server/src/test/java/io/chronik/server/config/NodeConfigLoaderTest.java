package io.chronik.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chronik.metadata.config.KafkaConfigCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigLoaderTest {
    private final NodeConfigLoader loader = new NodeConfigLoader(new KafkaConfigCatalog());

    @TempDir
    private Path directory;

    @Test
    void nothingSetMeansLoopbackAndOneNode() {
        // When
        NodeConfig config = loader.load(null, Map.of(), List.of(), StartFlags.NONE);

        // Then
        assertThat(config.nodeId()).isEqualTo(1);
        assertThat(config.listeners().clients())
                .containsExactly(new Listener("PLAINTEXT", "PLAINTEXT", new HostPort("127.0.0.1", 9092), null));
        assertThat(config.listeners().internal().bind()).hasToString("127.0.0.1:9093");
        assertThat(config.listeners().httpAddress()).contains(new HostPort("127.0.0.1", 8080));
        assertThat(config.storage().directory()).isEqualTo(Path.of("./chronik-data"));
        assertThat(config.topics().partitions()).isEqualTo(1);
        assertThat(config.topics().replicationFactor(1)).isEqualTo(1);
        assertThat(config.topics().replicationFactor(5)).isEqualTo(3);
        assertThat(config.settings().set()).isEmpty();
        assertThat(config.notices()).isEmpty();
    }

    @Test
    void laterPlacesWin() throws IOException {
        // Given
        Path file = file("num.partitions=2\nlog.retention.hours=3\nbroker.rack=a\nnode.id=4\n");
        Map<String, String> environment = Map.of("KAFKA_NUM_PARTITIONS", "3", "KAFKA_CFG_BROKER_RACK", "b");
        StartFlags flags = new StartFlags(null, null, null, null, null, 7, null, null);

        // When
        NodeConfig config = loader.load(file, environment, List.of("num.partitions=4"), flags);

        // Then
        assertThat(config.topics().partitions()).isEqualTo(4);
        assertThat(config.rackName()).contains("b");
        assertThat(config.nodeId()).isEqualTo(7);
        assertThat(config.settings().set())
                .containsEntry("log.retention.hours", "3")
                .containsEntry("broker.id", "7");
    }

    @Test
    void theOlderNameOfTheNodeIdCountsToo() throws IOException {
        // When
        NodeConfig config = loader.load(file("broker.id=12\n"), Map.of(), List.of(), StartFlags.NONE);

        // Then
        assertThat(config.nodeId()).isEqualTo(12);
    }

    @Test
    void kafkasOwnSampleFileWorksAndStaysOnLoopback() throws IOException {
        // Given
        Path file = file("""
                process.roles=broker,controller
                node.id=1
                controller.quorum.bootstrap.servers=localhost:9093
                listeners=PLAINTEXT://:9092,CONTROLLER://:9093
                inter.broker.listener.name=PLAINTEXT
                advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL
                num.network.threads=3
                num.io.threads=8
                socket.send.buffer.bytes=102400
                log.dirs=/tmp/kraft-combined-logs
                num.partitions=1
                offsets.topic.replication.factor=1
                transaction.state.log.min.isr=1
                log.retention.hours=168
                """);

        // When
        NodeConfig config = loader.load(file, Map.of(), List.of(), StartFlags.NONE);

        // Then
        assertThat(config.listeners().clients())
                .containsExactly(new Listener(
                        "PLAINTEXT", "PLAINTEXT", new HostPort("127.0.0.1", 9092), new HostPort("localhost", 9092)));
        assertThat(config.listeners().internal().bind()).hasToString("127.0.0.1:9093");
        assertThat(config.notices())
                .anyMatch(line -> line.startsWith("num.io.threads is ignored: "))
                .anyMatch(line -> line.startsWith("listener PLAINTEXT names no host"));
    }

    @Test
    void namedListenersWorkAsTestcontainersSetsThem() {
        // Given
        Map<String, String> environment = Map.ofEntries(
                Map.entry(
                        "KAFKA_LISTENERS", "PLAINTEXT://0.0.0.0:9092,BROKER://0.0.0.0:9093,CONTROLLER://0.0.0.0:9094"),
                Map.entry("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://localhost:32768,BROKER://f00:9093"),
                Map.entry(
                        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
                        "BROKER:PLAINTEXT,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("KAFKA_INTER_BROKER_LISTENER_NAME", "BROKER"),
                Map.entry("KAFKA_PROCESS_ROLES", "broker,controller"),
                Map.entry("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER"),
                Map.entry("KAFKA_NODE_ID", "1"),
                Map.entry("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9094"),
                Map.entry("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1"),
                Map.entry("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0"),
                Map.entry("KAFKA_LOG_FLUSH_INTERVAL_MESSAGES", "9223372036854775807"),
                Map.entry("CLUSTER_ID", "4L6g3nShT-eMCtK--X86sw"),
                Map.entry("KAFKA_HEAP_OPTS", "-Xmx1g"),
                Map.entry("KAFKA_LOG4J_ROOT_LOGLEVEL", "INFO"),
                Map.entry("KAFKA_JVM_PERFORMANCE_OPTS", "-server"),
                Map.entry("KAFKA_CHRONIK_INSECURE_LISTENER_ALLOW", "true"));

        // When
        NodeConfig config = loader.load(null, environment, List.of(), StartFlags.NONE);

        // Then
        assertThat(config.listeners().clients())
                .containsExactly(
                        new Listener(
                                "PLAINTEXT",
                                "PLAINTEXT",
                                new HostPort("0.0.0.0", 9092),
                                new HostPort("localhost", 32768)),
                        new Listener("BROKER", "PLAINTEXT", new HostPort("0.0.0.0", 9093), new HostPort("f00", 9093)));
        assertThat(config.listeners().internal())
                .isEqualTo(new Listener("CONTROLLER", "PLAINTEXT", new HostPort("0.0.0.0", 9094), null));
        assertThat(config.expectedClusterId()).contains("4L6g3nShT-eMCtK--X86sw");
        assertThat(config.settings().number("group.initial.rebalance.delay.ms")).isZero();
    }

    /// Nodes use the internal listener among themselves (ADR 0025), whatever it says.
    @Test
    void theListenerBetweenBrokersIsIgnoredAndMayHaveAnyName() {
        // When
        NodeConfig config =
                loader.load(null, Map.of(), List.of("inter.broker.listener.name=REPLICATION"), StartFlags.NONE);

        // Then
        assertThat(config.listeners().clients()).extracting(Listener::name).containsExactly("PLAINTEXT");
    }

    @Test
    void flagsMoveTheAddresses() {
        // Given
        StartFlags flags =
                new StartFlags(Path.of("/data/a"), "127.0.0.1:29092", "127.0.0.1:29093", "off", 5, null, null, null);

        // When
        NodeConfig config = loader.load(null, Map.of(), List.of(), flags);

        // Then
        assertThat(config.listeners().clients().getFirst().bind()).hasToString("127.0.0.1:29097");
        assertThat(config.listeners().internal().bind()).hasToString("127.0.0.1:29098");
        assertThat(config.listeners().httpAddress()).isEmpty();
        assertThat(config.storage().directory()).isEqualTo(Path.of("/data/a"));
        assertThat(config.settings().set()).containsEntry("listeners", "PLAINTEXT://127.0.0.1:29092");
    }

    @Test
    void listenKeepsTheControllerListenerOfTheFile() throws IOException {
        // Given
        Path file = file("listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:19093\n");
        StartFlags flags = new StartFlags(null, "127.0.0.1:0", null, null, null, null, null, null);

        // When
        NodeConfig config = loader.load(file, Map.of(), List.of(), flags);

        // Then
        assertThat(config.listeners().clients().getFirst().bind()).hasToString("127.0.0.1:0");
        assertThat(config.listeners().internal().bind()).hasToString("127.0.0.1:19093");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            num.partitons=3                         | Unknown setting num.partitons (--set): did you mean num.partitions?
            retention.ms=5                          | did you mean log.retention.ms
            num.partitions=many                     | Invalid value many for num.partitions: must be a whole number
            num.partitions=0                        | Invalid value 0 for num.partitions: must be at least 1
            log.cleanup.policy=destroy              | must be a list of compact, delete
            log.segment.bytes=1024                  | must be at least 1048576
            auto.create.topics.enable=yes           | must be true or false
            compression.type=brotli                 | must be one of uncompressed, zstd
            listeners=SSL://127.0.0.1:9094          | listener SSL asks for SSL, which Chronik does not have yet
            listeners=SASL_PLAINTEXT://127.0.0.1:1  | listener SASL_PLAINTEXT asks for SASL_PLAINTEXT
            listeners=EXTERNAL://127.0.0.1:9092     | add EXTERNAL:PLAINTEXT to listener.security.protocol.map
            listeners=127.0.0.1:9092                | 127.0.0.1:9092 is not an address
            listeners=PLAINTEXT://0.0.0.0:9092      | use 127.0.0.1, or set chronik.insecure.listener.allow=true
            listeners=CONTROLLER://127.0.0.1:9093   | has no listener for clients
            advertised.listeners=PLAINTEXT://0.0.0.0:1 | clients can not connect to 0.0.0.0:1
            advertised.listeners=OTHER://a:1        | names OTHER, which is not one of listeners (PLAINTEXT)
            chronik.http.listener=127.0.0.1:9092    | listener PLAINTEXT and chronik.http.listener both use port 9092
            chronik.http.listener=here              | must be host:port
            chronik.port.offset=60000               | makes port 9092 larger than 65535
            authorizer.class.name=org.x.Authorizer  | Chronik has no authorization yet
            super.users=User:admin                  | Chronik has no authorization yet
            ssl.keystore.location=/x                | Chronik has no TLS yet
            sasl.enabled.mechanisms=PLAIN           | Chronik has no SASL yet
            listener.name.internal.ssl.key.password=x | Chronik has no TLS yet
            security.inter.broker.protocol=SSL      | Chronik has no TLS and no SASL yet
            process.roles=broker                    | write broker,controller or remove it
            controller.quorum.voters=2@localhost:9093 | names node 2, but this is node 1
            controller.quorum.voters=1@a:1,2@b:1    | is on port 9093; make them the same
            leader.replication.throttled.rate=fast  | leader.replication.throttled.rate
            replica.selector.class=com.example.Mine | must be one of
            log.dirs=/a,/b                          | must name one directory
            """)
    void aProblemIsOneLineThatSaysWhatToDo(String setting, String expected) {
        // When
        ConfigProblem problem = catchThrowableOfType(
                ConfigProblem.class, () -> loader.load(null, Map.of(), List.of(setting.strip()), StartFlags.NONE));

        // Then
        assertThat(problem.lines()).hasSize(1);
        assertThat(problem.getMessage()).contains(expected.strip()).doesNotContain("\n");
    }

    @Test
    void aWrongVariableIsNamedAsItWasWritten() {
        assertThatThrownBy(() -> loader.load(null, Map.of("KAFKA_NUM_PARTITONS", "3"), List.of(), StartFlags.NONE))
                .isInstanceOf(ConfigProblem.class)
                .hasMessageContaining("(KAFKA_NUM_PARTITONS)")
                .hasMessageContaining("did you mean num.partitions?");
    }

    @Test
    void variablesOfTheSurroundingsAreNotSettings() {
        // Given
        Map<String, String> environment = Map.of(
                "KAFKA_PORT", "tcp://10.0.0.1:9092",
                "KAFKA_PORT_9092_TCP_ADDR", "10.0.0.1",
                "KAFKA_UI_SERVICE_HOST", "10.0.0.2",
                "KAFKA_HOME", "/opt/kafka",
                "KAFKA_JMX_PORT", "1",
                "PATH", "/bin");

        // When
        NodeConfig config = loader.load(null, environment, List.of(), StartFlags.NONE);

        // Then
        assertThat(config.settings().set()).isEmpty();
    }

    @Test
    void unknownNamesAreSkippedWhenAskedTo() {
        // When
        NodeConfig config =
                loader.load(null, Map.of(), List.of("nonsense.key=1", "config.unknown=warn"), StartFlags.NONE);

        // Then
        assertThat(config.notices()).anyMatch(line -> line.startsWith("Unknown setting nonsense.key (--set)"));
    }

    @Test
    void whatIsIgnoredIsNamedWithTheReason() {
        // When
        NodeConfig config = loader.load(
                null,
                Map.of(),
                List.of("log.flush.interval.messages=1", "zookeeper.connect=a:1", "ssl.client.auth=none"),
                StartFlags.NONE);

        // Then
        assertThat(config.notices())
                .containsExactly(
                        "log.flush.interval.messages is ignored: Chronik syncs before every acknowledgement",
                        "zookeeper.connect is ignored: Chronik needs no ZooKeeper");
    }

    @Test
    void openListenersNeedTheOperatorsWord() {
        // Given
        List<String> sets = List.of("insecure.listener.allow=true");
        StartFlags flags = new StartFlags(null, ":29092", "0.0.0.0:29093", "0.0.0.0:28080", null, null, null, null);

        // When
        NodeConfig config = loader.load(null, Map.of(), sets, flags);

        // Then
        assertThat(config.listeners().clients().getFirst().bind().isWildcard()).isTrue();
        assertThat(config.listeners().internal().bind()).hasToString("0.0.0.0:29093");
    }

    @Test
    void aMissingFileIsAProblem() {
        assertThatThrownBy(() -> loader.load(directory.resolve("no.properties"), Map.of(), List.of(), StartFlags.NONE))
                .isInstanceOf(ConfigProblem.class)
                .hasMessageContaining("no.properties: there is no such file");
    }

    @Test
    void everyProblemIsReportedAtOnce() {
        assertThatThrownBy(() ->
                        loader.load(null, Map.of(), List.of("num.partitions=x", "nmu.partitions=3"), StartFlags.NONE))
                .isInstanceOfSatisfying(
                        ConfigProblem.class,
                        problem -> assertThat(problem.lines()).hasSize(2));
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("server.properties"), content);
    }
}
