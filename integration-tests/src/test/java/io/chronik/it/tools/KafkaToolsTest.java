package io.chronik.it.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.chronik.it.node.Command;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.node.TempDirs;
import io.chronik.it.wire.RawKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The tools of Kafka 4.3.1, each as a process of its own, as an operator would type them.
@Tag("tools")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaToolsTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Path INSTALL = Path.of("tools", "install.sh").toAbsolutePath();

    private final Path directory = TempDirs.create("chronik-it-tools");
    private final NodeProcess node = Nodes.quick(NodeProcess.in(directory)).start();
    private String classPath = "";

    @BeforeAll
    void install() throws IOException {
        var result = Command.run(Duration.ofMinutes(5), List.of(INSTALL.toString()));
        if (result.exitCode() == 0) {
            classPath = Files.readString(Path.of(result.out().strip())).strip();
        } else if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError("kafka-tools could not be installed: " + result.err());
        } else {
            abort("kafka-tools could not be installed: " + result.err());
        }
    }

    @AfterAll
    void stop() {
        node.close();
        TempDirs.delete(directory);
    }

    private Command.Result tool(String mainClass, String... arguments) {
        return toolWithInput("", mainClass, arguments);
    }

    private Command.Result toolWithInput(String input, String mainClass, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                mainClass));
        command.addAll(List.of(arguments));
        return Command.run(LIMIT, Map.of(), input, command);
    }

    private String bootstrap() {
        return node.bootstrap();
    }

    private void createTopic(String name, int partitions) {
        topics("--create", "--topic", name, "--partitions", Integer.toString(partitions));
    }

    private String topics(String... arguments) {
        return withBootstrap("org.apache.kafka.tools.TopicCommand", arguments);
    }

    private String groups(String... arguments) {
        return withBootstrap("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", arguments);
    }

    private String configs(String... arguments) {
        return withBootstrap("kafka.admin.ConfigCommand", arguments);
    }

    private String withBootstrap(String mainClass, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", bootstrap()));
        all.addAll(List.of(arguments));
        return tool(mainClass, all.toArray(String[]::new)).expectSuccess().out();
    }

    private void produce(String topic, String lines) {
        toolWithInput(
                        lines,
                        "org.apache.kafka.tools.ConsoleProducer",
                        "--bootstrap-server",
                        bootstrap(),
                        "--topic",
                        topic,
                        "--reader-property",
                        "parse.key=true",
                        "--reader-property",
                        "key.separator=:")
                .expectSuccess();
    }

    private static String lines(int count) {
        return String.join(
                        "\n",
                        IntStream.range(0, count)
                                .mapToObj(i -> "k" + i + ":value " + i)
                                .toList()) + "\n";
    }

    @Test
    void topicsAreCreatedListedDescribedAlteredAndDeleted() {
        String topic = RawKafka.uniqueName("tool-topics");
        createTopic(topic, 2);
        assertThat(topics("--list")).contains(topic);
        assertThat(topics("--describe", "--topic", topic))
                .contains("PartitionCount: 2", "ReplicationFactor: 1", "Leader: 1", "Isr: 1");
        topics("--alter", "--topic", topic, "--partitions", "3");
        assertThat(topics("--describe", "--topic", topic)).contains("PartitionCount: 3");
        assertThat(topics("--describe", "--under-replicated-partitions")).doesNotContain(topic);
        topics("--delete", "--topic", topic);
        assertThat(topics("--list")).doesNotContain(topic);
    }

    @Test
    void theConsoleProducerAndConsumerPassLines() {
        String topic = RawKafka.uniqueName("tool-console");
        createTopic(topic, 1);
        produce(topic, lines(100));
        String read = tool(
                        "org.apache.kafka.tools.consumer.ConsoleConsumer",
                        "--bootstrap-server",
                        bootstrap(),
                        "--topic",
                        topic,
                        "--from-beginning",
                        "--max-messages",
                        "100",
                        "--formatter-property",
                        "print.key=true",
                        "--formatter-property",
                        "print.offset=true",
                        "--timeout-ms",
                        "30000")
                .expectSuccess()
                .out();
        assertThat(read.lines()).hasSize(100);
        assertThat(read).contains("Offset:99\tk99\tvalue 99");
    }

    @Test
    void consumerGroupsAreDescribedResetAndDeleted() {
        String topic = RawKafka.uniqueName("tool-group");
        createTopic(topic, 1);
        produce(topic, lines(10));
        String group = topic + "-readers";
        tool(
                        "org.apache.kafka.tools.consumer.ConsoleConsumer",
                        "--bootstrap-server",
                        bootstrap(),
                        "--topic",
                        topic,
                        "--group",
                        group,
                        "--from-beginning",
                        "--max-messages",
                        "10",
                        "--timeout-ms",
                        "30000")
                .expectSuccess();
        assertThat(groups("--list")).contains(group);
        assertThat(groups("--describe", "--group", group)).containsPattern(topic + "\\s+0\\s+10\\s+10\\s+0");
        assertThat(groups("--describe", "--group", group, "--state")).contains("Empty");
        assertThat(groups("--group", group, "--topic", topic, "--reset-offsets", "--to-offset", "4", "--execute"))
                .containsPattern(topic + "\\s+0\\s+4");
        assertThat(groups("--describe", "--group", group)).containsPattern(topic + "\\s+0\\s+4\\s+10\\s+6");
        groups("--delete", "--group", group);
        assertThat(groups("--list")).doesNotContain(group);
    }

    @Test
    void configsAreDescribedAndAltered() {
        String topic = RawKafka.uniqueName("tool-configs");
        createTopic(topic, 1);
        assertThat(configs("--describe", "--all", "--topic", topic))
                .contains("retention.ms=604800000", "min.insync.replicas=", "cleanup.policy=delete");
        configs("--alter", "--topic", topic, "--add-config", "retention.ms=1000000,cleanup.policy=[compact,delete]");
        assertThat(configs("--describe", "--topic", topic))
                .contains("retention.ms=1000000", "cleanup.policy=compact,delete");
        configs("--alter", "--topic", topic, "--delete-config", "retention.ms");
        assertThat(configs("--describe", "--topic", topic)).doesNotContain("retention.ms=1000000");
        assertThat(configs("--describe", "--all", "--broker", "1")).contains("node.id=1", "log.retention.hours=168");
    }

    @Test
    void offsetsAreShownAndRecordsDeleted() throws IOException {
        String topic = RawKafka.uniqueName("tool-offsets");
        createTopic(topic, 1);
        produce(topic, lines(10));
        Path json = directory.resolve("delete.json");
        Files.writeString(
                json, "{\"partitions\":[{\"topic\":\"" + topic + "\",\"partition\":0,\"offset\":7}],\"version\":1}");
        assertThat(offsets(topic, "latest")).contains(topic + ":0:10");
        assertThat(withBootstrap("org.apache.kafka.tools.DeleteRecordsCommand", "--offset-json-file", json.toString()))
                .contains("low_watermark: 7");
        assertThat(offsets(topic, "earliest")).contains(topic + ":0:7");
        assertThat(offsets(topic, "max-timestamp")).contains(topic + ":0:");
    }

    private String offsets(String topic, String time) {
        return withBootstrap("org.apache.kafka.tools.GetOffsetShell", "--topic", topic, "--time", time);
    }

    @Test
    void logDirsShowSizes() {
        String topic = RawKafka.uniqueName("tool-dirs");
        createTopic(topic, 1);
        produce(topic, lines(10));
        assertThat(withBootstrap("org.apache.kafka.tools.LogDirsCommand", "--describe", "--topic-list", topic))
                .containsPattern("\"partition\":\"" + topic + "-0\",\"size\":[1-9]");
    }

    @Test
    void segmentFilesAreReadByKafkasDumpTool() throws IOException {
        String topic = RawKafka.uniqueName("tool-dump");
        createTopic(topic, 1);
        produce(topic, lines(25));
        Path segment = segmentOf(topic);
        String dump = tool(
                        "org.apache.kafka.tools.DumpLogSegments",
                        "--deep-iteration",
                        "--print-data-log",
                        "--files",
                        segment.toString())
                .expectSuccess()
                .out();
        assertThat(dump).contains("value 24", "isvalid: true", "offset: 24").doesNotContain("isvalid: false");
    }

    /// The directory is named by the topic's id; the name is in a file beside the segments.
    private Path segmentOf(String topic) throws IOException {
        try (var files = Files.walk(node.dataDir())) {
            return files.filter(file -> file.getFileName().toString().equals("00000000000000000000.log"))
                    .filter(file -> isOf(topic, file))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean isOf(String topic, Path segment) {
        Path parent = java.util.Objects.requireNonNull(segment.getParent());
        if (parent.getFileName().toString().equals(topic + "-0")) {
            return true;
        }
        try {
            Path name = parent.resolve("partition.metadata");
            return Files.exists(name) && Files.readString(name).contains(topic);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void thePerformanceToolsReportThroughput() {
        String topic = RawKafka.uniqueName("tool-perf");
        createTopic(topic, 2);
        String produced = tool(
                        "org.apache.kafka.tools.ProducerPerformance",
                        "--bootstrap-server",
                        bootstrap(),
                        "--topic",
                        topic,
                        "--num-records",
                        "20000",
                        "--record-size",
                        "500",
                        "--throughput",
                        "-1",
                        "--command-property",
                        "acks=all")
                .expectSuccess()
                .out();
        assertThat(produced).contains("20000 records sent", "99th");
        String consumed =
                withBootstrap("org.apache.kafka.tools.ConsumerPerformance", "--topic", topic, "--num-records", "20000");
        assertThat(consumed).contains(", 20000, ");
    }

    @Test
    void theVerifiableProducerAndConsumerAgree() {
        String topic = RawKafka.uniqueName("tool-verifiable");
        createTopic(topic, 1);
        String produced = withBootstrap(
                "org.apache.kafka.tools.VerifiableProducer", "--topic", topic, "--max-messages", "500", "--acks", "-1");
        assertThat(produced.lines().filter(line -> line.contains("producer_send_success")))
                .hasSize(500);
        for (String protocol : List.of("classic", "consumer")) {
            String consumed = withBootstrap(
                    "org.apache.kafka.tools.VerifiableConsumer",
                    "--topic",
                    topic,
                    "--group-id",
                    topic + protocol,
                    "--group-protocol",
                    protocol,
                    "--max-messages",
                    "500",
                    "--reset-policy",
                    "earliest");
            assertThat(consumed).contains("records_consumed", "offsets_committed", "shutdown_complete");
        }
    }

    @Test
    void versionsClusterFeaturesAndGroupsAreShown() {
        assertThat(withBootstrap("org.apache.kafka.tools.BrokerApiVersionsCommand"))
                .contains("Produce(0): 0 to 13", "ConsumerGroupHeartbeat(68): 0 to 1");
        assertThat(tool("org.apache.kafka.tools.ClusterTool", "cluster-id", "--bootstrap-server", bootstrap())
                        .expectSuccess()
                        .out())
                .contains("Cluster ID: ");
        assertThat(withBootstrap("org.apache.kafka.tools.FeatureCommand", "describe"))
                .contains("group.version");
        assertThat(withBootstrap("org.apache.kafka.tools.GroupsCommand", "--list"))
                .contains("GROUP");
    }
}
