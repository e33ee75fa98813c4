package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.applied;
import static io.chronik.metadata.controller.Images.nodes;
import static io.chronik.metadata.controller.Images.withTopic;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import java.util.List;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreatePartitionsTest {
    private final ClusterImage image = withTopic(nodes(3), "orders", 2, 2);

    @Test
    void aTopicGrowsAndKeepsWhatItHas() {
        // When
        ClusterImage after = applied(image, CreatePartitions.decide(request(topic("orders", 5)), image));

        // Then
        assertThat(after.topic("orders").orElseThrow().partitions())
                .hasSize(5)
                .startsWith(
                        image.topic("orders").orElseThrow().partitions().get(0),
                        image.topic("orders").orElseThrow().partitions().get(1))
                .allSatisfy(partition -> assertThat(partition.replicas()).hasSize(2));
    }

    @Test
    void validateOnlyChangesNothing() {
        // When
        Decision<CreatePartitionsResponseData> decision =
                CreatePartitions.decide(request(topic("orders", 5)).setValidateOnly(true), image);

        // Then
        assertThat(error(decision)).isEqualTo(Errors.NONE);
        assertThat(decision.commands()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "orders,2,INVALID_PARTITIONS",
        "orders,1,INVALID_PARTITIONS",
        "orders,-1,INVALID_PARTITIONS",
        "orders,100003,POLICY_VIOLATION",
        "nobody,3,UNKNOWN_TOPIC_OR_PARTITION"
    })
    void otherCountsAreRefused(String name, int count, Errors expected) {
        // When
        Decision<CreatePartitionsResponseData> decision = CreatePartitions.decide(request(topic(name, count)), image);

        // Then
        assertThat(error(decision)).isEqualTo(expected);
        assertThat(decision.commands()).isEmpty();
    }

    @Test
    void assignmentsAreTakenOrRefused() {
        // When
        Decision<CreatePartitionsResponseData> taken =
                CreatePartitions.decide(request(assigned(topic("orders", 3), List.of(3, 1))), image);
        Decision<CreatePartitionsResponseData> tooFew =
                CreatePartitions.decide(request(assigned(topic("orders", 4), List.of(3, 1))), image);
        Decision<CreatePartitionsResponseData> uneven =
                CreatePartitions.decide(request(assigned(topic("orders", 3), List.of(3))), image);

        // Then
        assertThat(applied(image, taken)
                        .topic("orders")
                        .orElseThrow()
                        .partitions()
                        .get(2)
                        .replicas())
                .containsExactly(3, 1);
        assertThat(error(tooFew)).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(error(uneven)).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
    }

    private static CreatePartitionsRequestData request(CreatePartitionsTopic topic) {
        CreatePartitionsRequestData request = new CreatePartitionsRequestData();
        request.topics().mustAdd(topic);
        return request;
    }

    private static CreatePartitionsTopic topic(String name, int count) {
        return new CreatePartitionsTopic().setName(name).setCount(count).setAssignments(null);
    }

    private static CreatePartitionsTopic assigned(CreatePartitionsTopic topic, List<Integer> replicas) {
        return topic.setAssignments(List.of(new CreatePartitionsAssignment().setBrokerIds(replicas)));
    }

    private static Errors error(Decision<CreatePartitionsResponseData> decision) {
        return Errors.forCode(decision.reply().results().getFirst().errorCode());
    }
}
