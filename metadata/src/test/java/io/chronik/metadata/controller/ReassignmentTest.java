package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.applied;
import static io.chronik.metadata.controller.Images.nodes;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.PartitionImage;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Nodes 1 to 5. Partition 0 of "orders" is on 1 and 2, led by 1, both in sync, at epochs 3 and 7.
class ReassignmentTest {
    private static final Uuid TOPIC = new Uuid(9, 9);
    private static final PartitionImage STATE = new PartitionImage(List.of(1, 2), List.of(1, 2), 1, 3, 7);
    private final ClusterImage image = image(STATE);

    @Test
    void newReplicasAreAddedAndTheOldOnesStayMeanwhile() {
        // When
        PartitionImage after = alter(image, List.of(3, 2));

        // Then
        assertThat(after)
                .isEqualTo(new PartitionImage(
                        List.of(3, 2, 1), List.of(3), List.of(1), List.of(2, 1), 1, 3, 8, PartitionImage.NEVER));
    }

    @Test
    void whoOnlyReducesIsThereAtOnceAndBeginsANewEpoch() {
        // When
        PartitionImage after = alter(image, List.of(2));

        // Then
        assertThat(after).isEqualTo(new PartitionImage(List.of(2), List.of(2), 2, 4, 8));
    }

    @Test
    void anotherOrderOfPreferenceIsAChangeOfItsOwn() {
        // When
        PartitionImage after = alter(image, List.of(2, 1));

        // Then
        assertThat(after).isEqualTo(new PartitionImage(List.of(2, 1), List.of(2, 1), 1, 3, 8));
    }

    @Test
    void whereItAlreadyIsNothingChanges() {
        // When
        Decision<AlterPartitionReassignmentsResponseData> decision = decide(image, true, List.of(1, 2));

        // Then
        assertThat(error(decision)).isEqualTo(Errors.NONE);
        assertThat(decision.commands()).isEmpty();
    }

    @Test
    void aRunningMoveTakesAnotherTargetAndForgetsTheFirst() {
        // Given
        ClusterImage moving = applied(image, decide(image, true, List.of(3, 4)));

        // When
        PartitionImage after = alter(moving, List.of(4, 5));

        // Then
        assertThat(after.replicas()).containsExactly(4, 5, 1, 2);
        assertThat(after.adding()).containsExactly(4, 5);
        assertThat(after.removing()).containsExactly(1, 2);
        assertThat(after.leader()).isEqualTo(1);
        assertThat(after.leaderEpoch()).isEqualTo(3);
    }

    @Test
    void whatWasAddedAndLeadsAlreadyGivesWayToAnotherTarget() {
        // Given
        ClusterImage moving = image(new PartitionImage(
                List.of(3, 4, 1, 2), List.of(3, 4), List.of(1, 2), List.of(3, 1), 3, 5, 9, PartitionImage.NEVER));

        // When
        PartitionImage after = alter(moving, List.of(4, 5));

        // Then
        assertThat(after.isr()).containsExactly(1);
        assertThat(after.leader()).isEqualTo(1);
        assertThat(after.leaderEpoch()).isEqualTo(6);
    }

    @Test
    void aCancelledMoveGoesBack() {
        // Given
        ClusterImage moving = applied(image, decide(image, true, List.of(3, 4)));

        // When
        PartitionImage after = alter(moving, null);

        // Then
        assertThat(after).isEqualTo(new PartitionImage(List.of(1, 2), List.of(1, 2), 1, 4, 9));
    }

    @Test
    void aMoveIsNotCancelledWhenNobodyCouldLead() {
        // Given
        ClusterImage moving = image(new PartitionImage(
                List.of(3, 4, 1, 2), List.of(3, 4), List.of(1, 2), List.of(3), 3, 5, 9, PartitionImage.NEVER));

        // When
        Decision<AlterPartitionReassignmentsResponseData> decision = decide(moving, true, null);

        // Then
        assertThat(error(decision)).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(decision.commands()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', INVALID_REPLICA_ASSIGNMENT",
        "1 1, INVALID_REPLICA_ASSIGNMENT",
        "1 9, INVALID_REPLICA_ASSIGNMENT",
        "1 -1, INVALID_REPLICA_ASSIGNMENT",
        "1 2 3, INVALID_REPLICATION_FACTOR",
        "3, INVALID_REPLICATION_FACTOR",
        "3 4, NONE",
    })
    void impossibleTargetsAreRefused(String replicas, Errors expected) {
        // Given
        List<Integer> target = replicas.isEmpty()
                ? List.of()
                : Arrays.stream(replicas.split(" ")).map(Integer::parseInt).toList();

        // When
        Decision<AlterPartitionReassignmentsResponseData> decision = decide(image, false, target);

        // Then
        assertThat(error(decision)).isEqualTo(expected);
        assertThat(decision.commands().isEmpty()).isEqualTo(expected != Errors.NONE);
    }

    @Test
    void whereNothingMovesThereIsNothingToCancel() {
        assertThat(error(decide(image, true, null))).isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS);
    }

    @ParameterizedTest
    @CsvSource({"orders, 1", "orders, -1", "nobody, 0"})
    void unknownPartitionsAreNamed(String topic, int partition) {
        // When
        Decision<AlterPartitionReassignmentsResponseData> decision =
                AlterReassignments.decide(request(topic, partition, List.of(3, 4)), image);

        // Then
        assertThat(error(decision)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void theOldReplicasGoWhenAllNewOnesAreInSyncAndNotBefore() {
        // Given
        PartitionImage early = new PartitionImage(
                List.of(3, 4, 1, 2), List.of(3, 4), List.of(1, 2), List.of(3, 1, 2), 1, 3, 8, PartitionImage.NEVER);
        PartitionImage ready = new PartitionImage(
                List.of(3, 4, 1, 2), List.of(3, 4), List.of(1, 2), List.of(3, 4, 1), 1, 3, 9, PartitionImage.NEVER);

        // Then
        assertThat(Reassignments.next(early, _ -> true)).isEmpty();
        assertThat(Reassignments.next(ready, _ -> true))
                .contains(new PartitionImage(List.of(3, 4), List.of(3, 4), 3, 4, 10));
        assertThat(Reassignments.next(ready, node -> node == 4))
                .contains(new PartitionImage(List.of(3, 4), List.of(3, 4), 4, 4, 10));
        assertThat(Reassignments.next(ready, node -> node < 3)).isEmpty();
        assertThat(Reassignments.next(STATE, _ -> true)).isEmpty();
    }

    @Test
    void whatMovesIsListed() {
        // Given
        ClusterImage moving = applied(image, decide(image, true, List.of(3, 2)));

        // When
        ListPartitionReassignmentsResponseData all =
                ListReassignments.answer(new ListPartitionReassignmentsRequestData().setTopics(null), moving);
        ListPartitionReassignmentsResponseData some = ListReassignments.answer(
                new ListPartitionReassignmentsRequestData()
                        .setTopics(List.of(asked("orders", List.of(0, 7, -1)), asked("nobody", List.of(0)))),
                moving);
        ListPartitionReassignmentsResponseData none =
                ListReassignments.answer(new ListPartitionReassignmentsRequestData().setTopics(null), image);

        // Then
        assertThat(all).isEqualTo(some);
        var partition = all.topics().getFirst().partitions().getFirst();
        assertThat(partition.replicas()).containsExactly(3, 2, 1);
        assertThat(partition.addingReplicas()).containsExactly(3);
        assertThat(partition.removingReplicas()).containsExactly(1);
        assertThat(none.topics()).isEmpty();
    }

    private static ListPartitionReassignmentsTopics asked(String name, List<Integer> partitions) {
        return new ListPartitionReassignmentsTopics().setName(name).setPartitionIndexes(partitions);
    }

    private static ClusterImage image(PartitionImage state) {
        return nodes(5).apply(new Command.CreateTopic("orders", TOPIC, List.of(state), new TreeMap<>()));
    }

    private static PartitionImage alter(ClusterImage image, @Nullable List<Integer> target) {
        Decision<AlterPartitionReassignmentsResponseData> decision = decide(image, true, target);
        assertThat(error(decision)).isEqualTo(Errors.NONE);
        return applied(image, decision).topic(TOPIC).orElseThrow().partitions().getFirst();
    }

    private static Decision<AlterPartitionReassignmentsResponseData> decide(
            ClusterImage image, boolean mayChangeFactor, @Nullable List<Integer> target) {
        return AlterReassignments.decide(
                request("orders", 0, target).setAllowReplicationFactorChange(mayChangeFactor), image);
    }

    private static AlterPartitionReassignmentsRequestData request(
            String topic, int partition, @Nullable List<Integer> target) {
        return new AlterPartitionReassignmentsRequestData()
                .setTopics(List.of(new ReassignableTopic()
                        .setName(topic)
                        .setPartitions(List.of(new ReassignablePartition()
                                .setPartitionIndex(partition)
                                .setReplicas(target)))));
    }

    private static Errors error(Decision<AlterPartitionReassignmentsResponseData> decision) {
        return Errors.forCode(
                decision.reply().responses().getFirst().partitions().getFirst().errorCode());
    }
}
