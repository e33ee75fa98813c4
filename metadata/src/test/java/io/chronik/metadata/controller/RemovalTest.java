package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.CATALOG;
import static io.chronik.metadata.controller.Images.SETTINGS;
import static io.chronik.metadata.controller.Images.applied;
import static io.chronik.metadata.controller.Images.nodes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.PartitionImage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.junit.jupiter.api.Test;

/// Nodes 1 to 4; node 3 is fenced and is to go.
class RemovalTest {
    private static final Uuid TOPIC = new Uuid(9, 9);

    @Test
    void whatOthersHaveIsLeftToThem() {
        // Given
        ClusterImage image = image("2", new PartitionImage(List.of(3, 1, 2), List.of(1, 2), 1, 3, 7));

        // When
        ClusterImage after = applied(image, decide(3, image));

        // Then
        assertThat(after.node(3)).isEmpty();
        assertThat(partition(after)).isEqualTo(new PartitionImage(List.of(1, 2), List.of(1, 2), 1, 4, 8));
    }

    @Test
    void aTopicThatWouldHaveTooFewReplicasInSyncIsNamed() {
        // Given
        ClusterImage image = image("2", new PartitionImage(List.of(3, 1, 2), List.of(1), 1, 3, 7));

        // Then
        assertThatThrownBy(() -> decide(3, image))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("orders")
                .hasMessageContaining("min.insync.replicas");
    }

    @Test
    void whatOnlyTheNodeHasKeepsIt() {
        // Given
        ClusterImage image = image("1", new PartitionImage(List.of(3), List.of(3), -1, 3, 7));

        // Then
        assertThatThrownBy(() -> decide(3, image))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("orders");
    }

    @Test
    void aTopicThatWantsMoreThanWouldBeLeftIsContentWithAll() {
        // Given
        ClusterImage image = image("3", new PartitionImage(List.of(3, 1, 2), List.of(1, 2), 1, 3, 7));

        // When
        ClusterImage after = applied(image, decide(3, image));

        // Then
        assertThat(partition(after).replicas()).containsExactly(1, 2);
    }

    @Test
    void aMoveToTheNodeEndsWithIt() {
        // Given
        ClusterImage image =
                image("1", new PartitionImage(List.of(3, 2, 1), List.of(3, 2), List.of(1), List.of(2, 1), 1, 3, 7, -1));

        // When
        ClusterImage after = applied(image, decide(3, image));

        // Then
        assertThat(partition(after)).isEqualTo(new PartitionImage(List.of(2), List.of(2), 2, 5, 9));
    }

    @Test
    void whatWasMovingToTheNodeAloneStaysWhereItIs() {
        // Given
        ClusterImage image =
                image("1", new PartitionImage(List.of(3, 1), List.of(3), List.of(1), List.of(1), 1, 3, 7, -1));

        // When
        ClusterImage after = applied(image, decide(3, image));

        // Then
        assertThat(partition(after)).isEqualTo(new PartitionImage(List.of(1), List.of(1), 1, 4, 8));
    }

    @Test
    void aNodeThatRunsAndOneThatIsUnknownAreRefused() {
        // Given
        ClusterImage image = image("1", new PartitionImage(List.of(1), List.of(1), 1, 3, 7));

        // Then
        assertThatThrownBy(() -> decide(4, image)).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> decide(9, image)).isInstanceOf(BrokerIdNotRegisteredException.class);
    }

    private static Decision<Boolean> decide(int node, ClusterImage image) {
        return Removal.decide(node, image, SETTINGS, CATALOG);
    }

    private static ClusterImage image(String minInSync, PartitionImage state) {
        return nodes(4).apply(new Command.FenceNode(3, 3))
                .apply(new Command.CreateTopic(
                        "orders", TOPIC, List.of(state), new TreeMap<>(Map.of("min.insync.replicas", minInSync))));
    }

    private static PartitionImage partition(ClusterImage image) {
        return image.topic(TOPIC).orElseThrow().partitions().getFirst();
    }
}
