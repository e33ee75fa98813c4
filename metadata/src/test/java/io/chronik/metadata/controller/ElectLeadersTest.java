package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.applied;
import static io.chronik.metadata.controller.Images.nodes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.PartitionImage;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Nodes 1 to 4, of which 4 is fenced, and a topic whose partitions are each in another state.
class ElectLeadersTest {
    private static final Uuid TOPIC = new Uuid(9, 9);
    private static final int LED_BY_PREFERRED = 0;
    private static final int LED_BY_ANOTHER = 1;
    private static final int PREFERRED_OUT_OF_SYNC = 2;
    private static final int PREFERRED_FENCED = 3;
    private static final int OUT_OF_SYNC_REPLICA_LIVES = 4;
    private static final int NO_REPLICA_LIVES = 5;

    private final ClusterImage image = nodes(4).apply(new Command.FenceNode(4, 4))
            .apply(new Command.CreateTopic(
                    "orders",
                    TOPIC,
                    List.of(
                            new PartitionImage(List.of(1, 2), List.of(1, 2), 1, 3, 7),
                            new PartitionImage(List.of(1, 2), List.of(1, 2), 2, 3, 7),
                            new PartitionImage(List.of(1, 2), List.of(2), 2, 3, 7),
                            new PartitionImage(List.of(4, 2), List.of(2), 2, 3, 7),
                            new PartitionImage(List.of(4, 2), List.of(4), -1, 3, 7),
                            new PartitionImage(List.of(4), List.of(4), -1, 3, 7)),
                    new TreeMap<>()));

    @ParameterizedTest
    @CsvSource({
        "PREFERRED, 0, ELECTION_NOT_NEEDED",
        "PREFERRED, 1, NONE",
        "PREFERRED, 2, PREFERRED_LEADER_NOT_AVAILABLE",
        "PREFERRED, 3, PREFERRED_LEADER_NOT_AVAILABLE",
        "PREFERRED, 4, PREFERRED_LEADER_NOT_AVAILABLE",
        "PREFERRED, 6, UNKNOWN_TOPIC_OR_PARTITION",
        "PREFERRED, -1, UNKNOWN_TOPIC_OR_PARTITION",
        "UNCLEAN, 0, ELECTION_NOT_NEEDED",
        "UNCLEAN, 4, NONE",
        "UNCLEAN, 5, ELIGIBLE_LEADERS_NOT_AVAILABLE",
    })
    void everyStateHasItsAnswer(ElectionType type, int partition, Errors expected) {
        // When
        Decision<ElectLeadersResponseData> decision = decide(type, "orders", partition);

        // Then
        assertThat(error(decision)).isEqualTo(expected);
        assertThat(decision.commands().isEmpty()).isEqualTo(expected != Errors.NONE);
    }

    @Test
    void thePreferredReplicaLeads() {
        // When
        ClusterImage after = applied(image, decide(ElectionType.PREFERRED, "orders", LED_BY_ANOTHER));

        // Then
        assertThat(partition(after, LED_BY_ANOTHER))
                .isEqualTo(new PartitionImage(List.of(1, 2), List.of(1, 2), 1, 4, 8));
    }

    @Test
    void anUncleanLeaderIsAloneInSyncAndTheEpochOfTheLossIsKept() {
        // When
        ClusterImage after = applied(image, decide(ElectionType.UNCLEAN, "orders", OUT_OF_SYNC_REPLICA_LIVES));

        // Then
        assertThat(partition(after, OUT_OF_SYNC_REPLICA_LIVES))
                .isEqualTo(new PartitionImage(List.of(4, 2), List.of(), List.of(), List.of(2), 2, 4, 8, 4));
    }

    @Test
    void whoAsksForAllHearsOfWhatWasToBeDone() {
        // When
        Decision<ElectLeadersResponseData> decision = ElectLeaders.decide(
                new ElectLeadersRequestData()
                        .setElectionType(ElectionType.PREFERRED.value)
                        .setTopicPartitions(null),
                image);

        // Then
        assertThat(decision.reply().replicaElectionResults().getFirst().partitionResult())
                .extracting(ElectLeadersResponseData.PartitionResult::partitionId)
                .containsExactly(
                        LED_BY_ANOTHER,
                        PREFERRED_OUT_OF_SYNC,
                        PREFERRED_FENCED,
                        OUT_OF_SYNC_REPLICA_LIVES,
                        NO_REPLICA_LIVES);
        assertThat(partition(applied(image, decision), LED_BY_PREFERRED)).isEqualTo(partition(image, LED_BY_PREFERRED));
    }

    @Test
    void unknownTopicsAndKindsAreRefused() {
        assertThat(error(decide(ElectionType.PREFERRED, "nobody", 0))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThatThrownBy(() -> ElectLeaders.decide(new ElectLeadersRequestData().setElectionType((byte) 2), image))
                .isInstanceOf(InvalidRequestException.class);
    }

    private Decision<ElectLeadersResponseData> decide(ElectionType type, String topic, int partition) {
        ElectLeadersRequestData request = new ElectLeadersRequestData().setElectionType(type.value);
        request.topicPartitions().add(new TopicPartitions().setTopic(topic).setPartitions(List.of(partition)));
        return ElectLeaders.decide(request, image);
    }

    private static PartitionImage partition(ClusterImage image, int index) {
        return image.topic(TOPIC).orElseThrow().partitions().get(index);
    }

    private static Errors error(Decision<ElectLeadersResponseData> decision) {
        return Errors.forCode(decision.reply()
                .replicaElectionResults()
                .getFirst()
                .partitionResult()
                .getFirst()
                .errorCode());
    }
}
