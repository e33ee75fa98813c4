package io.chronik.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

class PartitionHealthTest {
    private static final Node ONE = new Node(1, "a", 1);
    private static final Node TWO = new Node(2, "b", 1);
    private static final Node THREE = new Node(3, "c", 1);

    @Test
    void eachPartitionIsCountedUnderItsTrouble() {
        // Given
        TopicPartitionInfo well = new TopicPartitionInfo(0, ONE, List.of(ONE, TWO, THREE), List.of(ONE, TWO, THREE));
        TopicPartitionInfo lagging = new TopicPartitionInfo(1, ONE, List.of(ONE, TWO, THREE), List.of(ONE, TWO));
        TopicPartitionInfo tooFew = new TopicPartitionInfo(2, ONE, List.of(ONE, TWO, THREE), List.of(ONE));
        TopicPartitionInfo offline = new TopicPartitionInfo(3, Node.noNode(), List.of(ONE, TWO, THREE), List.of(THREE));
        TopicDescription topic = new TopicDescription("t", false, List.of(well, lagging, tooFew, offline));

        // When
        PartitionHealth health = PartitionHealth.of(List.of(topic), name -> 2);

        // Then
        assertThat(health.partitions()).isEqualTo(4);
        assertThat(health.leaderless()).containsExactly("t-3");
        assertThat(health.underReplicated()).containsExactly("t-1", "t-2", "t-3");
        assertThat(health.underMinInSync()).containsExactly("t-2", "t-3");
    }

    @Test
    void whatRefusesIsAProblemAndWhatLagsIsNot() {
        // Given
        Members members = new Members("c", 1, List.of(ONE, TWO, THREE));
        PartitionHealth lagging = new PartitionHealth(1, 1, List.of(), List.of("t-1"), List.of());
        PartitionHealth tooFew = new PartitionHealth(1, 1, List.of(), List.of("t-1"), List.of("t-1"));

        // Then
        assertThat(HealthCommand.problems(members, lagging)).isEmpty();
        assertThat(HealthCommand.problems(members, tooFew))
                .singleElement()
                .asString()
                .contains("t-1", "acks=all");
        assertThat(HealthCommand.problems(new Members("c", null, List.of()), lagging))
                .hasSize(2);
    }

    @Test
    void aFencedNodeOrALaggingReplicaIsAWarningThatOnlyTheStrictFailFor() {
        // Given
        Node fenced = new Node(3, "c", 1, null, true);
        PartitionHealth fine = new PartitionHealth(1, 2, List.of(), List.of(), List.of());
        PartitionHealth lagging = new PartitionHealth(1, 2, List.of(), List.of("t-1"), List.of());
        PartitionHealth tooFew = new PartitionHealth(1, 2, List.of(), List.of("t-1"), List.of("t-1"));

        // When
        var well = HealthCommand.health(new Members("c", 1, List.of(ONE, TWO)), fine);
        var dead = HealthCommand.health(new Members("c", 1, List.of(ONE, TWO, fenced)), fine);
        var behind = HealthCommand.health(new Members("c", 1, List.of(ONE, TWO)), lagging);
        var refusing = HealthCommand.health(new Members("c", 1, List.of(ONE, TWO, fenced)), tooFew);

        // Then
        assertThat(well.status()).isEqualTo("healthy");
        assertThat(well.warnings()).isEmpty();
        assertThat(dead.status()).isEqualTo("degraded");
        assertThat(dead.healthy()).isTrue();
        assertThat(dead.warnings()).singleElement().asString().contains("node 3", "fenced");
        assertThat(behind.warnings()).containsExactly("1 partition has replicas that are not in sync");
        assertThat(refusing.status()).isEqualTo("unhealthy");
        assertThat(List.of(HealthCommand.exitCode(well, true), HealthCommand.exitCode(dead, true)))
                .containsExactly(0, 1);
        assertThat(List.of(HealthCommand.exitCode(dead, false), HealthCommand.exitCode(refusing, false)))
                .containsExactly(0, 1);
    }

    @Test
    void fencedNodesDoNotCountAsAlive() {
        Node fenced = new Node(4, "d", 1, null, true);
        assertThat(new Members("c", 1, List.of(ONE, fenced)).active()).containsExactly(ONE);
    }

    @Test
    void longListsAreCutForPeople() {
        List<String> many = IntStream.range(0, 100).mapToObj(i -> "t-" + i).toList();
        assertThat(ClusterStatus.counted(many)).startsWith("100  t-0, ").endsWith("and 80 more");
        assertThat(ClusterStatus.counted(List.of())).isEqualTo("0");
    }
}
