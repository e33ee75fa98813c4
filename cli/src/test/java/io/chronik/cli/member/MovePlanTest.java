package io.chronik.cli.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

class MovePlanTest {
    private static final Node ONE = new Node(1, "a", 1, "r1");
    private static final Node TWO = new Node(2, "b", 1, "r2");
    private static final Node THREE = new Node(3, "c", 1, "r3");
    private static final Node FOUR = new Node(4, "d", 1, "r3");
    private static final Node FIVE = new Node(5, "e", 1, "r1");

    @Test
    void replicaGoesToWhereItsPlaceWas() {
        MovePlan plan = MovePlan.away(2, List.of(topic("a", partition(0, ONE, TWO, THREE))), List.of(FOUR));
        assertThat(plan.moves()).containsEntry(new TopicPartition("a", 0), List.of(1, 4, 3));
        assertThat(plan.shrinks()).isEmpty();
    }

    @Test
    void rackThatHasNoneOfThePartitionIsPreferred() {
        // Given: 4 is in the rack of 3, 5 in the rack of 1
        TopicDescription topic = topic("a", partition(0, ONE, TWO), partition(1, THREE, TWO));

        // When
        MovePlan plan = MovePlan.away(2, List.of(topic), List.of(FOUR, FIVE));

        // Then
        assertThat(plan.moves())
                .containsEntry(new TopicPartition("a", 0), List.of(1, 4))
                .containsEntry(new TopicPartition("a", 1), List.of(3, 5));
    }

    @Test
    void replicasAreSpread() {
        TopicDescription topic = topic("a", partition(0, TWO), partition(1, TWO), partition(2, TWO), partition(3, TWO));
        MovePlan plan = MovePlan.away(2, List.of(topic), List.of(ONE, TWO, THREE));
        assertThat(plan.moves().values()).containsExactlyInAnyOrder(List.of(1), List.of(1), List.of(3), List.of(3));
    }

    @Test
    void othersPartitionsStay() {
        MovePlan plan = MovePlan.away(2, List.of(topic("a", partition(0, ONE, THREE))), List.of(FOUR));
        assertThat(plan.size()).isZero();
    }

    @Test
    void whatEveryOtherNodeHasOnlyShrinks() {
        // Given
        List<TopicDescription> topics = List.of(topic("a", partition(0, ONE, TWO, THREE)));

        // When
        MovePlan plan = MovePlan.away(2, topics, List.of(ONE, TWO, THREE));

        // Then
        assertThat(plan.moves()).isEmpty();
        assertThat(plan.shrinks()).containsEntry(new TopicPartition("a", 0), List.of(1, 3));
        assertThat(plan.refused(topic -> 2)).isEmpty();
        assertThat(plan.refused(topic -> 3)).as("two of two").isEmpty();
    }

    @Test
    void onlyReplicaIsNeverGivenUp() {
        MovePlan plan = MovePlan.away(2, List.of(topic("a", partition(0, TWO))), List.of(TWO));
        assertThat(plan.refused(topic -> 1)).containsExactly("a");
    }

    @Test
    void replicaThatIsNotInSyncDoesNotCount() {
        // Given: 3 lags
        TopicPartitionInfo lagging = new TopicPartitionInfo(0, ONE, List.of(ONE, TWO, THREE), List.of(ONE, TWO));
        TopicDescription topic = new TopicDescription("a", false, List.of(lagging));

        // When
        MovePlan plan = MovePlan.away(2, List.of(topic), List.of(ONE, TWO, THREE));

        // Then
        assertThat(plan.refused(name -> 2)).containsExactly("a");
    }

    private static TopicDescription topic(String name, TopicPartitionInfo... partitions) {
        return new TopicDescription(name, false, List.of(partitions));
    }

    private static TopicPartitionInfo partition(int index, Node... replicas) {
        return new TopicPartitionInfo(index, replicas[0], Arrays.asList(replicas), Arrays.asList(replicas));
    }
}
