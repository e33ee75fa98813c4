package io.chronik.it.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("node")
class TopicAdminTest {
    private static final Node NODE = Nodes.shared();

    @Test
    void aThousandTopicsAreCreatedUsedKeptAndDeleted(@TempDir Path directory) {
        try (NodeProcess node = Nodes.quick(NodeProcess.in(directory)).start()) {
            List<String> names =
                    IntStream.range(0, 1_000).mapToObj(i -> "thousand-" + i).toList();
            try (Admin admin = Clients.admin(node);
                    var producer = Clients.producer(node)) {
                // When
                Clients.get(admin.createTopics(names.stream()
                                .map(name -> new NewTopic(name, 1, (short) 1))
                                .toList())
                        .all());
                for (String name : names) {
                    var _ = producer.send(new ProducerRecord<>(name, "k", name));
                }
                producer.flush();
            }
            node.terminate();
            node.start();
            // Then
            try (Admin admin = Clients.admin(node);
                    var consumer = Clients.consumer(node)) {
                assertThat(Clients.get(admin.listTopics().names())).containsAll(names);
                consumer.assign(
                        names.stream().map(name -> new TopicPartition(name, 0)).toList());
                assertThat(Clients.poll(consumer, 1_000))
                        .allSatisfy(record -> assertThat(record.value()).isEqualTo(record.topic()));
                Clients.get(admin.deleteTopics(names).all());
                assertThat(Clients.get(admin.listTopics().names())).doesNotContainAnyElementsOf(names);
            }
        }
    }

    @Test
    void aTopicOfManyPartitionsTakesRecordsOnEachOfThem() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                var producer = Clients.producer(NODE);
                var consumer = Clients.consumer(NODE)) {
            // Given
            Topic topic = kafka.createTopic("wide", 200);
            // When
            for (int partition = 0; partition < 200; partition++) {
                var _ = producer.send(new ProducerRecord<>(topic.name(), partition, null, "p" + partition));
            }
            producer.flush();
            // Then
            consumer.assign(IntStream.range(0, 200)
                    .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                    .toList());
            assertThat(Clients.poll(consumer, 200))
                    .hasSize(200)
                    .allSatisfy(record -> assertThat(record.value()).isEqualTo("p" + record.partition()));
        }
    }

    @Test
    void aTopicMadeAgainIsEmptyAndHasAnotherId() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                Admin admin = Clients.admin(NODE)) {
            // Given
            Topic topic = kafka.createTopic("again", 2);
            kafka.append(topic, 0, "old");
            // When
            Clients.get(admin.deleteTopics(List.of(topic.name())).all());
            Clients.get(admin.createTopics(List.of(new NewTopic(topic.name(), 1, (short) 1)))
                    .all());
            // Then
            var described = Awaitility.await("the new topic")
                    .ignoreException(UnknownTopicOrPartitionException.class)
                    .until(
                            () -> Clients.get(admin.describeTopics(List.of(topic.name()))
                                            .allTopicNames())
                                    .get(topic.name()),
                            Objects::nonNull);
            assertThat(described.topicId()).isNotEqualTo(topic.id());
            assertThat(described.partitions()).hasSize(1);
            Topic again = new Topic(topic.name(), described.topicId());
            Awaitility.await("an empty log").until(() -> kafka.endOffset(again, 0) == 0);
            assertThat(kafka.append(again, 0, "new")).isZero();
        }
    }

    @Test
    void partitionsAreAddedWhileTheTopicIsUsed() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                Admin admin = Clients.admin(NODE);
                var producer = Clients.producer(NODE, "metadata.max.age.ms", 200)) {
            // Given
            Topic topic = kafka.createTopic("grow", 1);
            Clients.get(producer.send(new ProducerRecord<>(topic.name(), "k", "v")));
            // When
            Clients.get(admin.createPartitions(Map.of(topic.name(), NewPartitions.increaseTo(4)))
                    .all());
            // Then
            Awaitility.await("new partitions")
                    .until(() -> producer.partitionsFor(topic.name()).size() == 4);
            assertThat(Clients.get(producer.send(new ProducerRecord<>(topic.name(), 3, "k", "v")))
                            .offset())
                    .isZero();
        }
    }

    @Test
    void aChangedSettingIsSeenByDescribeAndObeyed() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                Admin admin = Clients.admin(NODE)) {
            // Given
            Topic topic = kafka.createTopic("altered", 1);
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
            // When
            alter(admin, resource, "max.message.bytes", "500");
            // Then
            ConfigEntry entry = Objects.requireNonNull(
                            Clients.get(admin.describeConfigs(List.of(resource)).all())
                                    .get(resource))
                    .get("max.message.bytes");
            assertThat(entry.value()).isEqualTo("500");
            assertThat(entry.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
            Awaitility.await("the limit")
                    .untilAsserted(() -> assertThatThrownBy(() -> kafka.append(topic, 0, "x".repeat(1_000)))
                            .hasMessageContaining("MESSAGE_TOO_LARGE"));
            assertThatThrownBy(() -> alter(admin, resource, "retention.ms", "soon"))
                    .isInstanceOf(InvalidConfigurationException.class);
            assertThatThrownBy(() -> alter(admin, resource, "no.such.setting", "1"))
                    .isInstanceOf(InvalidConfigurationException.class);
        }
    }

    private static void alter(Admin admin, ConfigResource resource, String name, String value) {
        Clients.get(admin.incrementalAlterConfigs(
                        Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(name, value), OpType.SET))))
                .all());
    }

    @Test
    void theClusterAndTheBrokersSettingsAreDescribed() {
        try (Admin admin = Clients.admin(NODE)) {
            // When
            var cluster = admin.describeCluster();
            var broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
            var config = Objects.requireNonNull(
                    Clients.get(admin.describeConfigs(List.of(broker)).all()).get(broker));
            // Then
            assertThat(Clients.get(cluster.nodes())).singleElement().satisfies(node -> {
                assertThat(node.port()).isEqualTo(NODE.port());
                assertThat(node.id()).isEqualTo(1);
            });
            assertThat(Clients.get(cluster.controller()).id()).isEqualTo(1);
            assertThat(config.entries()).hasSizeGreaterThan(200);
            assertThat(config.get("node.id").value()).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../../etc/passwd", "a/b", "a\0b", "blank name", "ü", "250"})
    void illegalNamesAreRefused(String given) {
        String name = given.equals("250") ? "x".repeat(250) : given;
        try (Admin admin = Clients.admin(NODE)) {
            assertThatThrownBy(() -> Clients.get(admin.createTopics(List.of(new NewTopic(name, 1, (short) 1)))
                            .all()))
                    .isInstanceOf(InvalidTopicException.class);
        }
    }

    @Test
    void namesThatDifferOnlyInDotAndUnderscoreCollide() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                Admin admin = Clients.admin(NODE)) {
            // Given
            Topic topic = kafka.createTopic("metric.name", 1);
            String twin = topic.name().replace('.', '_');
            // When / Then
            assertThatThrownBy(() -> Clients.get(admin.createTopics(List.of(new NewTopic(twin, 1, (short) 1)))
                            .all()))
                    .isInstanceOf(InvalidTopicException.class);
        }
    }

    @Test
    void moreReplicasThanNodesAreRefused() {
        try (Admin admin = Clients.admin(NODE)) {
            var topic = new NewTopic(RawKafka.uniqueName("replicas"), 1, (short) 3);
            assertThatThrownBy(
                            () -> Clients.get(admin.createTopics(List.of(topic)).all()))
                    .isInstanceOf(InvalidReplicationFactorException.class);
        }
    }

    @Test
    void aDeletedTopicIsUnknownToItsProducer() {
        try (RawKafka kafka = new RawKafka(NODE.port());
                Admin admin = Clients.admin(NODE)) {
            // Given
            Topic topic = kafka.createTopic("gone", 1);
            // When
            Clients.get(admin.deleteTopics(List.of(topic.name())).all());
            // Then
            Awaitility.await("the topic is unknown")
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThatThrownBy(() -> Clients.get(
                                    admin.describeTopics(List.of(topic.name())).allTopicNames()))
                            .isInstanceOf(UnknownTopicOrPartitionException.class));
        }
    }
}
