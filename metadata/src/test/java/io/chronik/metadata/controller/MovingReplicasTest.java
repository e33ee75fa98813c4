package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.disk;
import static io.chronik.metadata.controller.Images.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the controller moves by itself: replicas off a drained node, internal topics to more nodes, leadership back.
class MovingReplicasTest {
    private static final Uuid TOPIC = new Uuid(9, 9);

    @Test
    void aDrainedNodeIsEmptiedAFewPartitionsAtATime() {
        // Given
        ClusterImage image = topic(drained(1, image("a", "b", "c", "c")), "orders", 5, List.of(1, 2));

        // When
        List<Command> first = DrainPlan.next(image, 2);
        ClusterImage moving = applied(image, first);
        List<Command> more = DrainPlan.next(moving, 3);

        // Then
        assertThat(first).hasSize(2);
        assertThat(more).hasSize(1);
        assertThat(moving.topic(TOPIC).orElseThrow().partitions().subList(0, 2))
                .allSatisfy(state -> assertThat(state.removing()).containsExactly(1));
        assertThat(moving.topic(TOPIC).orElseThrow().partitions().subList(2, 5))
                .allSatisfy(state -> assertThat(state.moving()).isFalse());
    }

    @Test
    void itsReplicasGoToRacksWithoutACopyAndThereToTheEmptiestNode() {
        // Given: node 2 in rack b stays; 3 is in rack b too, 4 and 5 are in rack c.
        ClusterImage image = topic(drained(1, image("a", "b", "b", "c", "c")), "orders", 4, List.of(1, 2));

        // When
        ClusterImage moving = applied(image, DrainPlan.next(image, 10));

        // Then
        assertThat(moving.topic(TOPIC).orElseThrow().partitions())
                .extracting(PartitionImage::adding)
                .containsExactly(List.of(4), List.of(5), List.of(4), List.of(5));
    }

    @Test
    void whoHasNoOtherPlaceStays() {
        // Given
        ClusterImage image = topic(drained(1, image(null, null)), "orders", 1, List.of(1, 2));

        // Then
        assertThat(DrainPlan.next(image, 10)).isEmpty();
    }

    @Test
    void whatNobodyLeadsWaits() {
        // Given
        ClusterImage image = topic(drained(1, image(null, null, null)), "orders", 1, List.of(1))
                .apply(new Command.FenceNode(1, 1))
                .apply(new Command.SetPartitionLeader(List.of(new Command.SetPartitionLeader.TopicElections(
                        TOPIC, List.of(new Command.Election(0, -1, List.of(1), 1, 1, false))))));

        // Then
        assertThat(DrainPlan.next(image, 10)).isEmpty();
    }

    @Test
    void internalTopicsGrowWithTheCluster() {
        // Given
        ClusterImage image = topic(image(null, null, null, null), "__consumer_offsets", 3, List.of(1));

        // When
        ClusterImage moving = applied(image, InternalTopicGrowth.next(image, 3, 2));

        // Then
        List<PartitionImage> partitions = moving.topic(TOPIC).orElseThrow().partitions();
        assertThat(partitions.get(0).replicas()).containsExactly(2, 1, 3);
        assertThat(partitions.get(0).adding()).containsExactly(2, 3);
        assertThat(partitions.get(0).leader()).isEqualTo(1);
        assertThat(partitions.get(1).replicas()).containsExactly(4, 1, 2);
        assertThat(partitions.get(2).moving()).isFalse();
        assertThat(InternalTopicGrowth.next(moving, 3, 2)).isEmpty();
    }

    @Test
    void allReplicasOfATopicThatHasGrownGetTheirShareOfLeading() {
        // Given
        ClusterImage image = topic(image(null, null, null), "__consumer_offsets", 50, List.of(1));

        // When
        for (List<Command> next = InternalTopicGrowth.next(image, 3, 20);
                !next.isEmpty();
                next = InternalTopicGrowth.next(image, 3, 20)) {
            image = joined(applied(image, next));
        }
        LeaderBalance balance = new LeaderBalance();
        List<Integer> before = leaders(image);
        balance.next(image, 1_000);
        ClusterImage balanced = applied(image, balance.next(image, 1_000));

        // Then
        assertThat(before).containsOnly(1);
        for (int node = 1; node <= 3; node++) {
            assertThat(Collections.frequency(leaders(balanced), node)).isBetween(16, 17);
        }
    }

    /// What was being added is in sync.
    private static ClusterImage joined(ClusterImage image) {
        ClusterImage next = image;
        int partition = 0;
        for (PartitionImage state : image.topic(TOPIC).orElseThrow().partitions()) {
            int index = partition++;
            if (!state.moving()) continue;
            PartitionImage inSync = new PartitionImage(
                    state.replicas(),
                    state.adding(),
                    state.removing(),
                    state.replicas(),
                    state.leader(),
                    state.leaderEpoch(),
                    state.partitionEpoch(),
                    state.uncleanEpoch());
            PartitionImage done = Reassignments.next(inSync, _ -> true).orElseThrow();
            next = next.apply(new Command.AssignPartition(TOPIC, index, done));
        }
        return next;
    }

    @Test
    void otherTopicsAndTopicsThatAreLargeEnoughDoNot() {
        // Given
        ClusterImage other = topic(image(null, null, null), "orders", 3, List.of(1));
        ClusterImage large = topic(image(null, null), "__consumer_offsets", 3, List.of(1, 2));

        // Then
        assertThat(InternalTopicGrowth.next(other, 3, 10)).isEmpty();
        assertThat(InternalTopicGrowth.next(large, 3, 10)).isEmpty();
    }

    @Test
    void leadershipGoesBackWhenNothingHasChangedSinceTheLastLook() {
        // Given
        LeaderBalance balance = new LeaderBalance();
        ClusterImage image = image(null, null)
                .apply(new Command.CreateTopic(
                        "orders",
                        TOPIC,
                        Collections.nCopies(3, new PartitionImage(List.of(1, 2), List.of(1, 2), 2, 1, 1)),
                        new TreeMap<>()));

        // When
        List<Command> first = balance.next(image, 2);
        ClusterImage changed = image.apply(new Command.UpdateIsr(TOPIC, 0, List.of(2, 1), 1, 2));
        ClusterImage after = applied(changed, balance.next(changed, 1));
        ClusterImage later = applied(after, balance.next(after, 5));

        // Then
        assertThat(first).isEmpty();
        assertThat(leaders(after)).containsExactly(2, 1, 2);
        assertThat(leaders(later)).containsExactly(1, 1, 1);
        assertThat(balance.next(later, 5)).isEmpty();
    }

    @Test
    void whoIsOutOfSyncOrFencedGetsNothingBack() {
        // Given
        LeaderBalance balance = new LeaderBalance();
        ClusterImage image = image(null, null, null)
                .apply(new Command.FenceNode(3, 3))
                .apply(new Command.CreateTopic(
                        "orders",
                        TOPIC,
                        List.of(
                                new PartitionImage(List.of(1, 2), List.of(2), 2, 1, 1),
                                new PartitionImage(List.of(3, 2), List.of(2), 2, 1, 1)),
                        new TreeMap<>()));

        // When
        balance.next(image, 10);
        List<Command> commands = balance.next(image, 10);

        // Then
        assertThat(commands).isEmpty();
    }

    private static List<Integer> leaders(ClusterImage image) {
        return image.topic(TOPIC).orElseThrow().partitions().stream()
                .map(PartitionImage::leader)
                .toList();
    }

    private static ClusterImage image(@Nullable String... racks) {
        ClusterImage image = ClusterImage.EMPTY;
        for (int id = 1; id <= racks.length; id++) image = image.apply(new Command.AddNode(node(id, racks[id - 1])));
        return image;
    }

    private static ClusterImage drained(int node, ClusterImage image) {
        NodeImage present = image.node(node).orElseThrow();
        assertThat(present.directoryId()).isEqualTo(disk(node));
        return image.apply(new Command.DrainNode(node, true));
    }

    private static ClusterImage topic(ClusterImage image, String name, int partitions, List<Integer> replicas) {
        List<PartitionImage> states = new ArrayList<>();
        for (int i = 0; i < partitions; i++) states.add(PartitionImage.fresh(replicas, replicas));
        return image.apply(new Command.CreateTopic(name, TOPIC, states, new TreeMap<>()));
    }

    private static ClusterImage applied(ClusterImage image, List<Command> commands) {
        return Images.applied(image, new Decision<>(commands, true));
    }
}
