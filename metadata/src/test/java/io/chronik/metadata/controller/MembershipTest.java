package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.CATALOG;
import static io.chronik.metadata.controller.Images.SETTINGS;
import static io.chronik.metadata.controller.Images.applied;
import static io.chronik.metadata.controller.Images.disk;
import static io.chronik.metadata.controller.Images.nodes;
import static io.chronik.metadata.controller.Images.withTopic;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.controller.Membership.Registered;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private static final Uuid ANOTHER_DISK = new Uuid(1, 1);

    @Test
    void aReturningLeaderStartsANewEpoch() {
        // Given
        ClusterImage image = withTopic(nodes(1), "orders", 2, 1);

        // When
        Decision<Registered> decision = register(image, 1, disk(1));

        // Then
        ClusterImage after = applied(image, decision);
        assertThat(decision.reply().epoch())
                .isGreaterThan(image.node(1).orElseThrow().epoch());
        assertThat(after.node(1).orElseThrow().epoch())
                .isEqualTo(decision.reply().epoch());
        assertThat(after.topic("orders").orElseThrow().partitions()).containsOnly(state(List.of(1), 1, 1, 1));
    }

    @Test
    void everyRegistrationHasALargerEpochEvenAfterTheNodeWasRemoved() {
        // Given
        ClusterImage image = nodes(1);
        Decision<Registered> first = register(image, 1, disk(1));
        ClusterImage removed = applied(image, first)
                .apply(new Command.RemoveNode(1, first.reply().epoch()));

        // When
        Decision<Registered> second = register(removed, 1, disk(1));

        // Then
        assertThat(second.reply().epoch()).isGreaterThan(first.reply().epoch());
    }

    @Test
    void withAnotherDiskANodeIsInNoIsr() {
        // Given
        ClusterImage image = withTopic(nodes(3), "orders", 3, 3);

        // When
        ClusterImage after = applied(image, register(image, 1, ANOTHER_DISK));

        // Then
        assertThat(after.topic("orders").orElseThrow().partitions()).allSatisfy(partition -> {
            assertThat(partition.isr()).hasSize(2).doesNotContain(1);
            assertThat(partition.leader()).isIn(2, 3);
            assertThat(partition.replicas()).contains(1);
        });
    }

    @Test
    void whatOnlyTheLostDiskHadHasNoLeader() {
        // Given
        ClusterImage image = withTopic(nodes(1), "orders", 1, 1);

        // When
        ClusterImage after = applied(image, register(image, 1, ANOTHER_DISK));
        ClusterImage afterAnotherStart = applied(after, register(after, 1, ANOTHER_DISK));

        // Then
        assertThat(partition(after)).isEqualTo(state(List.of(), PartitionImage.NO_LEADER, 1, 1));
        assertThat(partition(afterAnotherStart)).isEqualTo(partition(after));
    }

    @Test
    void anOperatorMayAllowAnUncleanElection() {
        // Given
        ClusterImage image = withTopic(nodes(1), "orders", 1, 1);
        ClusterImage lost = applied(image, register(image, 1, ANOTHER_DISK));
        AlterConfigsResource resource = new AlterConfigsResource()
                .setResourceType(ConfigResource.Type.TOPIC.id())
                .setResourceName("orders");
        resource.configs()
                .mustAdd(new AlterableConfig()
                        .setName("unclean.leader.election.enable")
                        .setValue("true"));
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().mustAdd(resource);

        // When
        ClusterImage after = applied(lost, IncrementalAlterConfigs.decide(request, lost, SETTINGS, CATALOG));

        // Then
        assertThat(partition(after)).isEqualTo(unclean(2, 2));
    }

    @Test
    void aTopicThatAllowsUncleanElectionsGetsALeaderAtOnce() {
        // Given
        ClusterImage image = withTopic(nodes(1), "orders", 1, 1)
                .apply(new Command.SetConfig(
                        new ConfigResource(ConfigResource.Type.TOPIC, "orders"),
                        new TreeMap<>(Map.of("unclean.leader.election.enable", "true")),
                        List.of()));

        // When
        ClusterImage after = applied(image, register(image, 1, ANOTHER_DISK));

        // Then
        assertThat(partition(after)).isEqualTo(unclean(1, 1));
    }

    @Test
    void aFencedNodesLeadershipsMoveInsideTheIsr() {
        // Given
        ClusterImage image = withTopic(nodes(3), "orders", 3, 3);

        // When
        ClusterImage after = applied(image, membership(image).fence(2, 2));

        // Then
        assertThat(after.node(2).orElseThrow().fenced()).isTrue();
        assertThat(after.topic("orders").orElseThrow().partitions()).allSatisfy(partition -> {
            assertThat(partition.isr()).hasSize(2).doesNotContain(2).contains(partition.leader());
        });
    }

    @Test
    void theLastReplicaInSyncStaysSoWhileItIsFenced() {
        // Given
        ClusterImage image = withTopic(nodes(1), "orders", 1, 1);

        // When
        ClusterImage fenced = applied(image, membership(image).fence(1, 1));
        ClusterImage back = applied(fenced, membership(fenced).unfence(1, 1));

        // Then
        assertThat(partition(fenced)).isEqualTo(state(List.of(1), PartitionImage.NO_LEADER, 1, 1));
        assertThat(partition(back)).isEqualTo(state(List.of(1), 1, 2, 2));
    }

    @Test
    void anOldRegistrationCanNotBeFenced() {
        // Given
        ClusterImage image = nodes(1);

        // When
        Decision<Boolean> decision = membership(image).fence(1, 0);

        // Then
        assertThat(decision).isEqualTo(new Decision<>(List.of(), false));
    }

    private static Membership membership(ClusterImage image) {
        return new Membership(image, SETTINGS, CATALOG);
    }

    /// As a node that is alone.
    private static Decision<Registered> register(ClusterImage image, int nodeId, Uuid directoryId) {
        return membership(image).registerAlone(process(nodeId, directoryId, 1));
    }

    private static Registration process(int nodeId, Uuid directoryId, int incarnation) {
        return new Registration(nodeId, directoryId, new Uuid(77, incarnation), List.of(), null, Registration.UNKNOWN);
    }

    private static PartitionImage partition(ClusterImage image) {
        return image.topic("orders").orElseThrow().partitions().getFirst();
    }

    private static PartitionImage state(List<Integer> isr, int leader, int leaderEpoch, int partitionEpoch) {
        return new PartitionImage(List.of(1), isr, leader, leaderEpoch, partitionEpoch);
    }

    private static PartitionImage unclean(int leaderEpoch, int partitionEpoch) {
        return new PartitionImage(
                List.of(1), List.of(), List.of(), List.of(1), 1, leaderEpoch, partitionEpoch, leaderEpoch);
    }
}
