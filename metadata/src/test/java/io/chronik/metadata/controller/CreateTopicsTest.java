package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.applied;
import static io.chronik.metadata.controller.Images.createTopics;
import static io.chronik.metadata.controller.Images.nodes;
import static io.chronik.metadata.controller.Images.topic;
import static io.chronik.metadata.controller.Images.withTopic;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.PartitionImage;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreateTopicsTest {
    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,3", "5,3"})
    void withoutNumbersATopicGetsOnePartitionOnUpToThreeNodes(int nodeCount, int replicas) {
        // Given
        ClusterImage image = nodes(nodeCount);

        // When
        Decision<CreateTopicsResponseData> decision = createTopics(image, topic("orders", -1, -1));

        // Then
        CreatableTopicResult result = only(decision);
        assertThat(result.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(result.numPartitions()).isEqualTo(1);
        assertThat(result.replicationFactor()).isEqualTo((short) replicas);
        PartitionImage partition = applied(image, decision)
                .topic("orders")
                .orElseThrow()
                .partitions()
                .getFirst();
        assertThat(partition.isr()).isEqualTo(partition.replicas()).hasSize(replicas);
        assertThat(partition.leader()).isEqualTo(partition.replicas().getFirst());
    }

    @Test
    void theAnswerHasEverySettingWithItsSource() {
        // Given
        CreatableTopic topic = withConfig(topic("orders", 1, 1), "retention.ms", "1000");

        // When
        CreatableTopicResult result = only(createTopics(nodes(1), topic));

        // Then
        assertThat(result.configs())
                .extracting(CreatableTopicConfigs::name)
                .isSorted()
                .contains("cleanup.policy");
        assertThat(config(result, "retention.ms").value()).isEqualTo("1000");
        assertThat(config(result, "retention.ms").configSource()).isEqualTo((byte) 1);
        assertThat(config(result, "segment.bytes").configSource()).isEqualTo((byte) 5);
    }

    @Test
    void initialConfigsAreTheTopicsOwn() {
        // Given
        ClusterImage image = nodes(1);

        // When
        ClusterImage after =
                applied(image, createTopics(image, withConfig(topic("orders", 1, 1), "retention.ms", "1000")));

        // Then
        assertThat(after.configOf(new ConfigResource(ConfigResource.Type.TOPIC, "orders")))
                .isEqualTo(Map.of("retention.ms", "1000"));
    }

    @Test
    void validateOnlyAnswersTheSameAndChangesNothing() {
        // When
        Decision<CreateTopicsResponseData> decision = createTopics(nodes(1), true, topic("orders", 4, 1));

        // Then
        assertThat(only(decision).numPartitions()).isEqualTo(4);
        assertThat(decision.commands()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "../etc", "a b", "ä", "a\u0000", "a\n"})
    void badNamesAreRefused(String name) {
        // When
        Decision<CreateTopicsResponseData> decision = createTopics(nodes(1), topic(name, 1, 1));

        // Then
        assertThat(only(decision).errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
        assertThat(decision.commands()).isEmpty();
    }

    @Test
    void namesOf249CharactersAreTheLongest() {
        // When
        CreatableTopicResult longest = only(createTopics(nodes(1), topic("a".repeat(249), 1, 1)));
        CreatableTopicResult tooLong = only(createTopics(nodes(1), topic("a".repeat(250), 1, 1)));

        // Then
        assertThat(longest.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(tooLong.errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
    }

    @Test
    void namesThatDifferInDotAndUnderscoreCollide() {
        // Given
        ClusterImage image = withTopic(nodes(1), "a.b", 1, 1);

        // When
        Decision<CreateTopicsResponseData> decision =
                createTopics(image, topic("a_b", 1, 1), topic("c.d", 1, 1), topic("c_d", 1, 1));

        // Then
        assertThat(error(decision, "a_b")).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(error(decision, "c.d")).isEqualTo(Errors.NONE);
        assertThat(error(decision, "c_d")).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void anExistingTopicIsKept() {
        // Given
        ClusterImage image = withTopic(nodes(1), "orders", 1, 1);

        // When
        Decision<CreateTopicsResponseData> decision = createTopics(image, topic("orders", 2, 1));

        // Then
        assertThat(only(decision).errorCode()).isEqualTo(Errors.TOPIC_ALREADY_EXISTS.code());
        assertThat(only(decision).errorMessage()).isEqualTo("Topic 'orders' already exists.");
        assertThat(decision.commands()).isEmpty();
    }

    @Test
    void aNameTwiceInARequestIsAnsweredOnceAndNotCreated() {
        // When
        Decision<CreateTopicsResponseData> decision =
                createTopics(nodes(1), topic("twice", 1, 1), topic("twice", 2, 1), topic("once", 1, 1));

        // Then
        assertThat(decision.reply().topics()).hasSize(2);
        assertThat(error(decision, "twice")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(decision, "once")).isEqualTo(Errors.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "0,1,INVALID_PARTITIONS",
        "-2,1,INVALID_PARTITIONS",
        "1,0,INVALID_REPLICATION_FACTOR",
        "1,-2,INVALID_REPLICATION_FACTOR",
        "1,2,INVALID_REPLICATION_FACTOR",
        "100001,1,POLICY_VIOLATION",
        "2147483647,1,POLICY_VIOLATION",
        "10000,1,NONE"
    })
    void numbersAreChecked(int partitions, int replicationFactor, Errors expected) {
        // When
        CreatableTopicResult result = only(createTopics(nodes(1), topic("orders", partitions, replicationFactor)));

        // Then
        assertThat(Errors.forCode(result.errorCode())).isEqualTo(expected);
    }

    @Test
    void withoutLiveNodesNothingCanBePlaced() {
        // Given
        ClusterImage fenced = nodes(1).apply(new Command.FenceNode(1, 1));

        // When
        CreatableTopicResult result = only(createTopics(fenced, topic("orders", 1, 1)));

        // Then
        assertThat(Errors.forCode(result.errorCode())).isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
    }

    @Test
    void badSettingsAreRefused() {
        // When
        Decision<CreateTopicsResponseData> decision = createTopics(
                nodes(1),
                withConfig(topic("unknown", 1, 1), "no.such.setting", "1"),
                withConfig(topic("bad", 1, 1), "retention.ms", "soon"),
                withConfig(topic("null", 1, 1), "retention.ms", null));

        // Then
        assertThat(error(decision, "unknown")).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(error(decision, "bad")).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(error(decision, "null")).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(decision.reply().topics().find("null").errorMessage())
                .isEqualTo("Null value not supported for topic configs: retention.ms");
        assertThat(decision.commands()).isEmpty();
    }

    @Test
    void aManualAssignmentIsTakenAsItIs() {
        // Given
        ClusterImage image = nodes(3);
        CreatableTopic topic = assigned(topic("orders", -1, -1), Map.of(0, List.of(3, 1), 1, List.of(2, 3)));

        // When
        ClusterImage after = applied(image, createTopics(image, topic));

        // Then
        assertThat(after.topic("orders").orElseThrow().partitions())
                .extracting(PartitionImage::replicas)
                .containsExactly(List.of(3, 1), List.of(2, 3));
    }

    @Test
    void impossibleAssignmentsAreRefused() {
        // When
        Decision<CreateTopicsResponseData> decision = createTopics(
                nodes(3),
                assigned(topic("stranger", -1, -1), Map.of(0, List.of(9))),
                assigned(topic("twice", -1, -1), Map.of(0, List.of(1, 1))),
                assigned(topic("gap", -1, -1), Map.of(0, List.of(1), 2, List.of(1))),
                assigned(topic("behind", -1, -1), Map.of(1, List.of(1), 2, List.of(1))),
                assigned(topic("uneven", -1, -1), Map.of(0, List.of(1), 1, List.of(1, 2))),
                assigned(topic("nobody", -1, -1), Map.of(0, List.of())),
                assigned(topic("with-count", 1, -1), Map.of(0, List.of(1))),
                assigned(topic("with-factor", -1, 1), Map.of(0, List.of(1))));

        // Then
        for (String name : List.of("stranger", "twice", "gap", "behind", "uneven", "nobody")) {
            assertThat(error(decision, name)).as(name).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        }
        assertThat(error(decision, "with-count")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(decision, "with-factor")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(decision.commands()).isEmpty();
    }

    @Test
    void onlyTheMetadataLogItselfIsReserved() {
        // When
        Decision<CreateTopicsResponseData> decision =
                createTopics(nodes(1), topic("__cluster_metadata", 1, 1), topic("__consumer_offsets", 1, 1));

        // Then
        assertThat(error(decision, "__cluster_metadata")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(error(decision, "__consumer_offsets")).isEqualTo(Errors.NONE);
    }

    private static CreatableTopicResult only(Decision<CreateTopicsResponseData> decision) {
        assertThat(decision.reply().topics()).hasSize(1);
        return decision.reply().topics().iterator().next();
    }

    private static Errors error(Decision<CreateTopicsResponseData> decision, String name) {
        return Errors.forCode(decision.reply().topics().find(name).errorCode());
    }

    private static CreatableTopicConfigs config(CreatableTopicResult result, String name) {
        return result.configs().stream()
                .filter(config -> config.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static CreatableTopic withConfig(CreatableTopic topic, String name, @Nullable String value) {
        topic.configs().mustAdd(new CreatableTopicConfig().setName(name).setValue(value));
        return topic;
    }

    private static CreatableTopic assigned(CreatableTopic topic, Map<Integer, List<Integer>> replicas) {
        replicas.forEach((partition, brokers) -> topic.assignments()
                .mustAdd(new CreatableReplicaAssignment()
                        .setPartitionIndex(partition)
                        .setBrokerIds(brokers)));
        return topic;
    }
}
