package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.ImageDigest;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.metadata.controller.ControllerSettings;
import io.chronik.server.metadata.MetadataService.ProducerIdBlock;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataQuorumTest {
    private static final RaftSettings SETTINGS =
            RaftSettings.defaults("INTERNAL", InetSocketAddress.createUnresolved("127.0.0.1", 9093));

    @TempDir
    Path dataDir;

    @Test
    void whoGotTheAnswerReadsHisOwnWrite() {
        try (Node node = new Node(dataDir)) {
            // Given
            node.register();

            // When
            CreateTopicsResponseData answer = node.create("orders", 3).join();

            // Then
            assertThat(answer.topics().find("orders").errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(node.image().topic("orders").orElseThrow().partitions()).hasSize(3);
        }
    }

    @Test
    void topicsIdsConfigsAndProducerIdsComeBackAfterRestart() {
        // Given
        ClusterImage before;
        ProducerIdBlock blockBefore;
        try (Node node = new Node(dataDir)) {
            node.register();
            node.create("orders", 3).join();
            node.create("gone", 1).join();
            node.delete("gone");
            node.setConfig("orders", "retention.ms", "1000");
            blockBefore = node.controller().allocateProducerIds().join();
            before = node.image();
        }

        // When
        try (Node node = new Node(dataDir)) {
            ProducerIdBlock block =
                    node.afterRegistration().controller().allocateProducerIds().join();

            // Then
            ClusterImage after = node.image();
            assertThat(after.topicsByName().keySet()).containsExactly("orders");
            assertThat(after.topic("orders").orElseThrow().id())
                    .isEqualTo(before.topic("orders").orElseThrow().id());
            assertThat(after.configOf(new ConfigResource(ConfigResource.Type.TOPIC, "orders")))
                    .isEqualTo(Map.of("retention.ms", "1000"));
            assertThat(block.firstId()).isEqualTo(blockBefore.firstId() + blockBefore.count());
        }
    }

    @Test
    void everyStartBeginsANewNodeEpochAndNewLeaderEpochs() {
        // Given
        long firstEpoch;
        PartitionImage first;
        try (Node node = new Node(dataDir)) {
            firstEpoch = node.register();
            node.create("orders", 1).join();
            first = node.partition("orders", 0);
        }

        // When
        try (Node node = new Node(dataDir)) {
            long epoch = node.register();

            // Then
            PartitionImage second = node.partition("orders", 0);
            assertThat(epoch).isGreaterThan(firstEpoch);
            assertThat(second.leader()).isEqualTo(1);
            assertThat(second.leaderEpoch()).isGreaterThan(first.leaderEpoch());
        }
    }

    @Test
    void aKilledNodeLosesNothingThatWasAnswered() throws Exception {
        // Given
        Path copy = dataDir.resolveSibling(dataDir.getFileName() + "-after-power-cut");
        ClusterImage before;
        try (Node node = new Node(dataDir)) {
            node.register();
            for (int i = 0; i < 20; i++) node.create("topic-" + i, 2).join();
            before = node.image();
            copyDirectory(dataDir, copy);
        }

        // When
        try (Node node = new Node(copy)) {
            node.awaitLeader();

            // Then
            assertThat(node.image().topicsById()).isEqualTo(before.topicsById());
            assertThat(ImageDigest.of(node.image())).isEqualTo(ImageDigest.of(before));
        }
    }

    @Test
    void aSnapshotIsWrittenWhileRunningAndTheNextStartLoadsIt() throws Exception {
        // Given
        RaftSettings settings = SETTINGS.withSizes(new RaftSettings.Sizes(10, 64 << 10, 64 << 10));
        String digest;
        try (Node node = new Node(dataDir, settings)) {
            node.register();
            for (int i = 0; i < 30; i++) node.create("topic-" + i, 500).join();
            digest = ImageDigest.of(node.image());
            await().until(() -> !logFiles(dataDir).contains("00000000000000000000.log"));
        }

        // When
        try (Node node = new Node(dataDir, settings)) {
            node.awaitLeader();

            // Then
            assertThat(ImageDigest.of(node.image())).isEqualTo(digest);
        }
    }

    @Test
    void decisionsSeeThoseBeforeThemEvenUncommitted() {
        try (Node node = new Node(dataDir)) {
            // Given
            node.register();

            // When
            CompletableFuture<CreateTopicsResponseData> first = node.create("orders", 1);
            CompletableFuture<CreateTopicsResponseData> second = node.create("orders", 1);

            // Then
            assertThat(first.join().topics().find("orders").errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(second.join().topics().find("orders").errorCode()).isEqualTo(Errors.TOPIC_ALREADY_EXISTS.code());
        }
    }

    @Test
    void listenersAreToldTheImageTheyBeginWithAndEachChangeInOrder() {
        try (Node node = new Node(dataDir)) {
            // Given
            node.register();
            List<ClusterImage> befores = new ArrayList<>();
            List<ClusterImage> afters = new ArrayList<>();
            node.controller().addListener(delta -> {
                befores.add(delta.before());
                afters.add(delta.after());
            });

            // When
            for (int i = 0; i < 10; i++) node.create("topic-" + i, 1).join();

            // Then
            assertThat(befores.getFirst()).isEqualTo(ClusterImage.EMPTY);
            assertThat(befores.subList(1, befores.size())).isEqualTo(afters.subList(0, afters.size() - 1));
            assertThat(afters.getLast().topicsByName()).hasSize(10);
        }
    }

    @Test
    void aDirectoryOfAnotherNodeIsRefusedAndUntouched() throws Exception {
        // Given
        try (Node node = new Node(dataDir)) {
            node.register();
        }
        List<String> before = tree(dataDir);

        // When
        MetadataDirectory directory = new MetadataDirectory(dataDir);

        // Then
        assertThatThrownBy(() -> directory.open(2, "another", SETTINGS))
                .isInstanceOf(DataDirectoryRefused.class)
                .hasMessageContaining("belongs to node 1, not to node 2");
        assertThat(tree(dataDir)).isEqualTo(before);
    }

    private static List<String> tree(Path root) throws Exception {
        try (var files = Files.walk(root)) {
            return files.map(file -> file + " " + file.toFile().length() + " "
                            + file.toFile().lastModified())
                    .sorted()
                    .toList();
        }
    }

    private static List<String> logFiles(Path dataDir) throws Exception {
        try (var files = Files.list(new MetadataDirectory(dataDir).log())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static void copyDirectory(Path from, Path to) throws Exception {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList())
                Files.copy(file, to.resolve(from.relativize(file).toString()));
        }
    }

    /// A node's metadata and nothing else.
    private static final class Node implements AutoCloseable {
        private final TestLane lane = new TestLane();
        private final TestLane images = new TestLane();
        private final AtomicReference<Throwable> fatal = new AtomicReference<>();
        private final MetadataQuorum quorum;

        Node(Path dataDir) {
            this(dataDir, SETTINGS);
        }

        Node(Path dataDir, RaftSettings settings) {
            MetadataDirectory directory = new MetadataDirectory(dataDir);
            quorum = MetadataQuorum.start(
                    directory.open(1, "a-cluster", settings),
                    directory,
                    settings,
                    ControllerSettings.defaults(),
                    new TestCatalog(),
                    lane,
                    images,
                    fatal::set);
        }

        ControllerService controller() {
            return quorum.controller();
        }

        ClusterImage image() {
            return controller().image();
        }

        PartitionImage partition(String topic, int partition) {
            TopicImage image = image().topic(topic).orElseThrow();
            return image.partitions().get(partition);
        }

        long register() {
            return controller()
                    .registerNode(
                            List.of(new NodeImage.Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 9092)),
                            null,
                            quorum.identity().directoryId())
                    .join();
        }

        Node afterRegistration() {
            register();
            return this;
        }

        /// Nothing to decide, so the answer comes with the leader.
        void awaitLeader() {
            controller().createTopics(new CreateTopicsRequestData()).join();
        }

        CompletableFuture<CreateTopicsResponseData> create(String name, int partitions) {
            CreateTopicsRequestData request = new CreateTopicsRequestData();
            request.topics()
                    .add(new CreatableTopic()
                            .setName(name)
                            .setNumPartitions(partitions)
                            .setReplicationFactor((short) -1));
            return controller().createTopics(request);
        }

        void delete(String name) {
            controller()
                    .deleteTopics(new DeleteTopicsRequestData().setTopicNames(List.of(name)))
                    .join();
        }

        void setConfig(String topic, String key, String value) {
            IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
                    new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                            .setResourceType(ConfigResource.Type.TOPIC.id())
                            .setResourceName(topic);
            resource.configs()
                    .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                            .setName(key)
                            .setValue(value));
            IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
            request.resources().add(resource);
            controller().incrementalAlterConfigs(request).join();
        }

        @Override
        public void close() {
            quorum.close();
            lane.close();
            images.close();
            assertThat(fatal.get()).isNull();
        }
    }
}
