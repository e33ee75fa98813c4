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
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Nodes 1 to 4, whose epochs are their ids; node 4 is fenced. Partition 0 of the topic is on 1, 2, 3 and 4, led by
/// 1 in epoch 3, at partition epoch 7, with 1 and 2 in sync.
class AlterPartitionsTest {
    private static final Uuid TOPIC = new Uuid(9, 9);
    private static final PartitionImage STATE = new PartitionImage(List.of(1, 2, 3, 4), List.of(1, 2), 1, 3, 7);
    private static final ClusterImage IMAGE = image(STATE);

    @Test
    void aReplicaJoins() {
        // When
        Decision<AlterPartitionResponseData> decision = decide(IMAGE, 1, 1, partition(3, 7, "2:2 1:1 3:3"));

        // Then
        PartitionImage after = state(applied(IMAGE, decision));
        assertThat(after).isEqualTo(new PartitionImage(List.of(1, 2, 3, 4), List.of(1, 2, 3), 1, 3, 8));
        AlterPartitionResponseData.PartitionData answer = answer(decision);
        assertThat(answer.errorCode()).isZero();
        assertThat(answer.isr()).containsExactly(1, 2, 3);
        assertThat(answer.partitionEpoch()).isEqualTo(8);
        assertThat(answer.leaderEpoch()).isEqualTo(3);
        assertThat(answer.leaderId()).isEqualTo(1);
    }

    @Test
    void aReplicaLeaves() {
        // When
        Decision<AlterPartitionResponseData> decision = decide(IMAGE, 1, 1, partition(3, 7, "1:1"));

        // Then
        assertThat(state(applied(IMAGE, decision)).isr()).containsExactly(1);
    }

    @Test
    void theSameSetAgainIsGrantedAndChangesNothing() {
        // When
        Decision<AlterPartitionResponseData> decision = decide(IMAGE, 1, 1, partition(3, 7, "1:1 2:2"));

        // Then
        assertThat(decision.commands()).isEmpty();
        assertThat(answer(decision).errorCode()).isZero();
        assertThat(answer(decision).partitionEpoch()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({
        "2, 1:1, FENCED_LEADER_EPOCH, 7",
        "4, 1:1, NOT_CONTROLLER, 7",
        "3, 1:1, INVALID_UPDATE_VERSION, 6",
        "3, 1:1, NOT_CONTROLLER, 8",
        "3, 2:2, INVALID_REQUEST, 7",
        "3, '', INVALID_REQUEST, 7",
        "3, 1:1 5:5, INVALID_REQUEST, 7",
        "3, 1:1 4:4, INELIGIBLE_REPLICA, 7",
        "3, 1:1 3:2, INELIGIBLE_REPLICA, 7",
        "3, 1:1 3:4, INELIGIBLE_REPLICA, 7",
        "3, 1:1 3:-1, INELIGIBLE_REPLICA, 7",
        "3, 1:1 2:1, INELIGIBLE_REPLICA, 7",
        "3, 1:1 2:-1 3:3, NONE, 7",
    })
    void whatDoesNotFitIsRefused(int leaderEpoch, String isr, Errors expected, int partitionEpoch) {
        // When
        Decision<AlterPartitionResponseData> decision =
                decide(IMAGE, 1, 1, partition(leaderEpoch, partitionEpoch, isr));

        // Then
        assertThat(Errors.forCode(answer(decision).errorCode())).isEqualTo(expected);
        assertThat(decision.commands().isEmpty()).isEqualTo(expected != Errors.NONE);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "1, 2", "4, 4", "9, 9"})
    void aSenderThatIsNotPresentIsStale(int sender, long epoch) {
        // When
        Decision<AlterPartitionResponseData> decision = decide(IMAGE, sender, epoch, partition(3, 7, "1:1"));

        // Then
        assertThat(decision.reply().errorCode()).isEqualTo(Errors.STALE_BROKER_EPOCH.code());
        assertThat(decision.commands()).isEmpty();
    }

    @Test
    void whoDoesNotLeadMayNotChangeTheSet() {
        // When
        Decision<AlterPartitionResponseData> decision = decide(IMAGE, 2, 2, partition(3, 7, "1:1 2:2"));

        // Then
        assertThat(answer(decision).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void aReplicaThatStopsDoesNotJoin() {
        // Given
        ClusterImage image = IMAGE.apply(new Command.BeginShutdown(3, 3));

        // When
        Decision<AlterPartitionResponseData> decision = decide(image, 1, 1, partition(3, 7, "1:1 2:2 3:3"));

        // Then
        assertThat(answer(decision).errorCode()).isEqualTo(Errors.INELIGIBLE_REPLICA.code());
    }

    @Test
    void unknownTopicsAndPartitionsAreNamed() {
        // Given
        AlterPartitionRequestData request =
                new AlterPartitionRequestData().setBrokerId(1).setBrokerEpoch(1);
        request.topics()
                .add(new AlterPartitionRequestData.TopicData()
                        .setTopicId(TOPIC)
                        .setPartitions(List.of(partition(3, 7, "1:1").setPartitionIndex(1))));
        request.topics()
                .add(new AlterPartitionRequestData.TopicData()
                        .setTopicId(new Uuid(1, 2))
                        .setPartitions(List.of(partition(3, 7, "1:1"))));

        // When
        AlterPartitionResponseData response =
                AlterPartitions.decide(request, IMAGE).reply();

        // Then
        assertThat(response.topics())
                .extracting(topic -> topic.partitions().getFirst().errorCode())
                .containsExactly(Errors.UNKNOWN_TOPIC_OR_PARTITION.code(), Errors.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void whenTheLastNewReplicaJoinsThePartitionHasMoved() {
        // Given: it moves from 1 and 2 to 2 and 3.
        ClusterImage image =
                image(new PartitionImage(List.of(2, 3, 1), List.of(3), List.of(1), List.of(2, 1), 2, 3, 7, -1));

        // When
        Decision<AlterPartitionResponseData> decision = decide(image, 2, 2, partition(3, 7, "1:1 2:2 3:3"));

        // Then
        assertThat(state(applied(image, decision)))
                .isEqualTo(new PartitionImage(List.of(2, 3), List.of(2, 3), 2, 4, 9));
        assertThat(answer(decision).errorCode()).isZero();
        assertThat(answer(decision).partitionEpoch()).isEqualTo(9);
        assertThat(answer(decision).leaderEpoch()).isEqualTo(4);
    }

    @Test
    void whenTheLeaderMovesAwayAnotherIsElected() {
        // Given
        ClusterImage image =
                image(new PartitionImage(List.of(2, 3, 1), List.of(2, 3), List.of(1), List.of(1, 2), 1, 3, 7, -1));

        // When
        Decision<AlterPartitionResponseData> decision = decide(image, 1, 1, partition(3, 7, "1:1 2:2 3:3"));

        // Then
        assertThat(state(applied(image, decision)))
                .isEqualTo(new PartitionImage(List.of(2, 3), List.of(2, 3), 2, 4, 9));
        assertThat(answer(decision).errorCode()).isEqualTo(Errors.NEW_LEADER_ELECTED.code());
    }

    @Test
    void theOldReplicasStayUntilAllNewOnesAreInSync() {
        // Given
        ClusterImage image =
                image(new PartitionImage(List.of(2, 3, 1), List.of(2, 3), List.of(1), List.of(1), 1, 3, 7, -1));

        // When
        Decision<AlterPartitionResponseData> decision = decide(image, 1, 1, partition(3, 7, "1:1 2:2"));

        // Then
        PartitionImage after = state(applied(image, decision));
        assertThat(after.replicas()).containsExactly(2, 3, 1);
        assertThat(after.leader()).isEqualTo(1);
        assertThat(after.isr()).containsExactly(2, 1);
    }

    @Test
    void aLeaderThatStopsHandsOverToTheFirstThatJoins() {
        // Given
        ClusterImage image = image(new PartitionImage(List.of(1, 2, 3, 4), List.of(1), 1, 3, 7))
                .apply(new Command.BeginShutdown(1, 1));

        // When
        Decision<AlterPartitionResponseData> decision = decide(image, 1, 1, partition(3, 7, "1:1 3:3"));

        // Then
        assertThat(answer(decision).errorCode()).isEqualTo(Errors.NEW_LEADER_ELECTED.code());
        assertThat(state(applied(image, decision)).leader()).isEqualTo(3);
    }

    private static ClusterImage image(PartitionImage state) {
        return nodes(4).apply(new Command.FenceNode(4, 4))
                .apply(new Command.CreateTopic("orders", TOPIC, List.of(state), new TreeMap<>()));
    }

    private static Decision<AlterPartitionResponseData> decide(
            ClusterImage image, int sender, long epoch, AlterPartitionRequestData.PartitionData partition) {
        AlterPartitionRequestData request =
                new AlterPartitionRequestData().setBrokerId(sender).setBrokerEpoch(epoch);
        request.topics()
                .add(new AlterPartitionRequestData.TopicData().setTopicId(TOPIC).setPartitions(List.of(partition)));
        return AlterPartitions.decide(request, image);
    }

    /// `isr`: "node:epoch" of each member.
    private static AlterPartitionRequestData.PartitionData partition(int leaderEpoch, int partitionEpoch, String isr) {
        List<BrokerState> members = isr.isEmpty()
                ? List.of()
                : Arrays.stream(isr.split(" "))
                        .map(member -> member.split(":"))
                        .map(member -> new BrokerState()
                                .setBrokerId(Integer.parseInt(member[0]))
                                .setBrokerEpoch(Long.parseLong(member[1])))
                        .toList();
        return new AlterPartitionRequestData.PartitionData()
                .setPartitionIndex(0)
                .setLeaderEpoch(leaderEpoch)
                .setPartitionEpoch(partitionEpoch)
                .setNewIsrWithEpochs(members);
    }

    private static AlterPartitionResponseData.PartitionData answer(Decision<AlterPartitionResponseData> decision) {
        return decision.reply().topics().getFirst().partitions().getFirst();
    }

    private static PartitionImage state(ClusterImage image) {
        return image.topic(TOPIC).orElseThrow().partitions().getFirst();
    }
}
