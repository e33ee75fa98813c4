package io.chronik.metadata.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicaPlacerTest {
    @ParameterizedTest
    @CsvSource({"1,1", "3,1", "3,3", "4,3", "5,2", "6,3", "7,3"})
    void leadersAndReplicasAreSpreadEvenly(int nodes, int replicationFactor) {
        // When
        List<List<Integer>> placed =
                new ReplicaPlacer(Images.nodes(nodes), 12345).place(0, nodes * 60, replicationFactor);

        // Then
        Map<Integer, Integer> leaders = new HashMap<>();
        Map<Integer, Integer> replicas = new HashMap<>();
        for (List<Integer> partition : placed) {
            assertThat(new HashSet<>(partition)).hasSize(replicationFactor);
            leaders.merge(partition.getFirst(), 1, Integer::sum);
            partition.forEach(replica -> replicas.merge(replica, 1, Integer::sum));
        }
        assertThat(leaders.values()).hasSize(nodes).containsOnly(60);
        assertThat(replicas.values()).allMatch(count -> Math.abs(count - 60 * replicationFactor) <= nodes);
    }

    @Test
    void copiesAreInDifferentRacksWhileThereAreAny() {
        // Given
        ClusterImage image = ClusterImage.EMPTY;
        for (int id = 1; id <= 6; id++) image = image.apply(new Command.AddNode(Images.node(id, "rack-" + id % 3)));

        // When
        List<List<Integer>> placed = new ReplicaPlacer(image, 7).place(0, 100, 3);

        // Then
        assertThat(placed)
                .allSatisfy(partition -> assertThat(
                                partition.stream().map(id -> id % 3).distinct())
                        .hasSize(3));
    }

    @Test
    void fencedNodesLeadNothingAndHoldCopiesOnlyWhenNeeded() {
        // Given
        ClusterImage image = Images.nodes(3).apply(new Command.FenceNode(2, 2));

        // When
        List<List<Integer>> two = new ReplicaPlacer(image, 0).place(0, 10, 2);
        List<List<Integer>> three = new ReplicaPlacer(image, 0).place(0, 10, 3);

        // Then
        assertThat(two).allSatisfy(partition -> assertThat(partition).doesNotContain(2));
        assertThat(three).allSatisfy(partition -> assertThat(partition).endsWith(2));
    }

    @Test
    void theSameSeedGivesTheSamePlaces() {
        // Given
        ClusterImage image = Images.nodes(5);

        // When
        List<List<Integer>> once = new ReplicaPlacer(image, -9).place(3, 50, 3);
        List<List<Integer>> again = new ReplicaPlacer(image, -9).place(3, 50, 3);

        // Then
        assertThat(once).isEqualTo(again);
    }
}
