package io.chronik.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.config.NodeConfigLoader;
import io.chronik.server.config.StartFlags;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes in one process: they find each other, agree, and replicate.
@Timeout(180)
class ThreeNodesTest {
    private final Queue<Throwable> fatal = new ConcurrentLinkedQueue<>();
    private final List<Node> nodes = new ArrayList<>();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        nodes.parallelStream().forEach(Node::close);
        assertThat(fatal).isEmpty();
    }

    private static List<Integer> freePorts(int count) throws Exception {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) socket.close();
        }
    }

    private NodeConfig config(int id, List<Integer> internalPorts) {
        String founders = IntStream.rangeClosed(1, internalPorts.size())
                .mapToObj(node -> node + "@127.0.0.1:" + internalPorts.get(node - 1))
                .collect(Collectors.joining(","));
        List<String> settings = List.of(
                "node.id=" + id,
                "log.dirs=" + directory.resolve("node-" + id),
                "listeners=PLAINTEXT://127.0.0.1:0",
                "chronik.internal.listener=127.0.0.1:" + internalPorts.get(id - 1),
                "chronik.http.listener=off",
                "chronik.sentinel.enable=false", // The process is the tests', not a node's.
                "controller.quorum.voters=" + founders);
        return new NodeConfigLoader(new KafkaConfigCatalog()).load(null, Map.of(), settings, StartFlags.NONE);
    }

    private void start(List<NodeConfig> configs) {
        List<CompletableFuture<Node>> starting = new ArrayList<>();
        for (NodeConfig config : configs)
            starting.add(CompletableFuture.supplyAsync(
                    () -> Node.start(config, fatal::add),
                    task -> Thread.ofPlatform().start(task)));
        for (CompletableFuture<Node> node : starting)
            nodes.add(node.orTimeout(60, TimeUnit.SECONDS).join());
    }

    private static Admin admin(Node node) {
        return Admin.create(
                Map.of("bootstrap.servers", "127.0.0.1:" + node.ports().get("PLAINTEXT")));
    }

    @Test
    void aNodeThatStopsHandsOverFirstAndOneThatComesBackIsInSyncAgain() throws Exception {
        List<Integer> ports = freePorts(3);
        List<NodeConfig> configs = List.of(config(1, ports), config(2, ports), config(3, ports));
        start(configs);
        try (Admin admin = admin(nodes.get(0))) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(admin.describeCluster().nodes().get()).hasSize(3));
            admin.createTopics(List.of(new NewTopic("t", 6, (short) 3))).all().get();
            awaitVoters(admin);
            // When
            nodes.remove(2).close();
            // Then
            assertThat(partitions(admin, "t"))
                    .allMatch(partition ->
                            partition.leader() != null && partition.leader().id() != 3);
            write();
            // When
            start(List.of(configs.get(2)));
            // Then
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(partitions(admin, "t"))
                            .allMatch(partition -> partition.isr().size() == 3));
        }
    }

    @Test
    void eachNodesOwnSettingsChangeWhoeverControls() throws Exception {
        List<Integer> ports = freePorts(3);
        start(List.of(config(1, ports), config(2, ports), config(3, ports)));
        try (Admin admin = admin(nodes.get(0))) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(admin.describeCluster().nodes().get()).hasSize(3));
            for (String node : List.of("1", "2", "3")) {
                ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, node);
                ConfigEntry drain = new ConfigEntry("chronik.node.drain", "true");
                // When
                admin.incrementalAlterConfigs(
                                Map.of(resource, List.of(new AlterConfigOp(drain, AlterConfigOp.OpType.SET))))
                        .all()
                        .get(20, TimeUnit.SECONDS);
                // Then
                assertThat(admin.describeConfigs(List.of(resource)).all().get().values())
                        .singleElement()
                        .extracting(config -> config.get("chronik.node.drain").value())
                        .isEqualTo("true");
            }
        }
    }

    /// The quorum grows after the cluster has formed: of two voters none may be missing.
    private static void awaitVoters(Admin admin) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> admin.describeMetadataQuorum()
                                .quorumInfo()
                                .get()
                                .voters()
                                .size()
                        == 3);
    }

    private static List<TopicPartitionInfo> partitions(Admin admin, String topic) throws Exception {
        TopicDescription known =
                admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
        if (known == null) throw new AssertionError("no topic " + topic);
        return known.partitions();
    }

    private void write() throws Exception {
        Map<String, Object> producing =
                Map.of("bootstrap.servers", "127.0.0.1:" + nodes.get(0).ports().get("PLAINTEXT"), "acks", "all");
        try (var producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 12; i++) {
                producer.send(new ProducerRecord<>("t", i % 6, null, ("v" + i).getBytes(UTF_8)))
                        .get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void theyFormAClusterAndWhatOneIsAskedAllKnow() throws Exception {
        List<Integer> ports = freePorts(3);
        start(List.of(config(1, ports), config(2, ports), config(3, ports)));
        for (Node node : nodes) {
            try (Admin admin = admin(node)) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .untilAsserted(
                                () -> assertThat(admin.describeCluster().nodes().get())
                                        .hasSize(3));
            }
        }
        // When each node is asked to make a topic
        for (int i = 0; i < 3; i++) {
            try (Admin admin = admin(nodes.get(i))) {
                String topic = "t" + i;
                admin.createTopics(List.of(new NewTopic(topic, 3, (short) 3)))
                        .all()
                        .get();
                // Then it knows it
                assertThat(partitions(admin, topic))
                        .allMatch(partition -> partition.isr().size() == 3);
            }
        }
        // When records are written
        Map<String, Object> producing =
                Map.of("bootstrap.servers", "127.0.0.1:" + nodes.get(0).ports().get("PLAINTEXT"), "acks", "all");
        try (var producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 30; i++) {
                producer.send(new ProducerRecord<>("t" + i % 3, i % 3, null, ("v" + i).getBytes(UTF_8)))
                        .get(20, TimeUnit.SECONDS);
            }
        }
    }
}
