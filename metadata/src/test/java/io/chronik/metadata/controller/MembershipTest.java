package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.CATALOG;
import static io.chronik.metadata.controller.Images.SETTINGS;
import static io.chronik.metadata.controller.Images.applied;
import static io.chronik.metadata.controller.Images.disk;
import static io.chronik.metadata.controller.Images.nodes;
import static io.chronik.metadata.controller.Images.withTopic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.Command.RecordNodeIndexes.NodeIndex;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.controller.Membership.Registered;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.DuplicateBrokerRegistrationException;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.Errors;
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
    void theLeadershipsOfADeadNodeGoToAllOthers() {
        // Given
        ClusterImage image = withTopic(nodes(5), "orders", 60, 3);

        // When
        ClusterImage after = applied(image, membership(image).fence(2, 2));

        // Then
        Map<Integer, Long> leaders = after.topic("orders").orElseThrow().partitions().stream()
                .collect(Collectors.groupingBy(PartitionImage::leader, Collectors.counting()));
        assertThat(leaders).containsOnlyKeys(1, 3, 4, 5);
        assertThat(leaders.values()).allSatisfy(count -> assertThat(count).isBetween(12L, 18L));
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

    @Test
    void aProcessIsFencedAtFirstAndLeadsNothingOfBefore() {
        // Given
        ClusterImage image = withTopic(nodes(3), "orders", 3, 3);

        // When
        Decision<Registered> decision = membership(image).register(process(2, disk(2), 1), MembershipTest::known);

        // Then
        ClusterImage after = applied(image, decision);
        assertThat(decision.reply().lostData()).isFalse();
        assertThat(after.node(2).orElseThrow().state()).isEqualTo(NodeImage.State.FENCED);
        assertThat(after.topic("orders").orElseThrow().partitions()).allSatisfy(partition -> {
            assertThat(partition.isr()).hasSize(2).doesNotContain(2);
            assertThat(partition.leader()).isNotEqualTo(2);
        });
    }

    @Test
    void whatOnlyItHasItLeadsAgainInANewEpoch() {
        // Given
        ClusterImage image = withTopic(nodes(1), "orders", 1, 1);

        // When
        ClusterImage fenced = applied(image, membership(image).register(process(1, disk(1), 1), MembershipTest::known));
        long epoch = fenced.node(1).orElseThrow().epoch();
        ClusterImage back = applied(fenced, membership(fenced).unfence(1, epoch));

        // Then
        assertThat(partition(fenced)).isEqualTo(state(List.of(1), PartitionImage.NO_LEADER, 1, 1));
        assertThat(partition(back)).isEqualTo(state(List.of(1), 1, 2, 2));
    }

    @Test
    void theSameProcessGetsTheSameAnswer() {
        // Given
        ClusterImage image = nodes(3);
        ClusterImage registered =
                applied(image, membership(image).register(process(2, disk(2), 1), MembershipTest::known));

        // When
        Decision<Registered> again = membership(registered).register(process(2, disk(2), 1), MembershipTest::known);

        // Then
        assertThat(again.commands()).isEmpty();
        assertThat(again.reply().epoch())
                .isEqualTo(registered.node(2).orElseThrow().epoch());
    }

    @Test
    void anotherDiskDoesNotTakeThePlaceOfANodeThatLives() {
        // Given
        ClusterImage image = nodes(3);
        ClusterImage fenced = applied(image, membership(image).fence(2, 2));

        // Then
        assertThatThrownBy(() -> membership(image).register(process(2, ANOTHER_DISK, 1), MembershipTest::known))
                .isInstanceOf(DuplicateBrokerRegistrationException.class);
        assertThat(membership(fenced)
                        .register(process(2, ANOTHER_DISK, 1), MembershipTest::known)
                        .reply()
                        .lostData())
                .isTrue();
    }

    @Test
    void aDiskThatIsOlderThanItWasHasLostItsData() {
        // Given
        ClusterImage image = withTopic(nodes(2), "orders", 1, 1);
        int owner = partition(image).leader();
        ClusterImage reported = applied(
                image,
                new Decision<>(membership(image).recordIndexes(List.of(new NodeIndex(owner, owner, 500))), true));

        // When
        Decision<Registered> older =
                membership(reported).register(process(owner, disk(owner), 1, 499), MembershipTest::known);
        Decision<Registered> same =
                membership(reported).register(process(owner, disk(owner), 1, 500), MembershipTest::known);

        // Then
        assertThat(older.reply().lostData()).isTrue();
        assertThat(partition(applied(reported, older)).isr()).isEmpty();
        assertThat(same.reply().lostData()).isFalse();
        assertThat(partition(applied(reported, same)).isr()).containsExactly(owner);
    }

    @Test
    void indexesAreWrittenDownWhenTheyAreNewsOfAPresentRegistration() {
        // Given
        ClusterImage image = nodes(3);
        List<NodeIndex> reported = List.of(
                new NodeIndex(3, 3, 20), new NodeIndex(1, 1, 10), new NodeIndex(2, 1, 30), new NodeIndex(9, 9, 5));

        // When
        List<Command> commands = membership(image).recordIndexes(reported);
        ClusterImage after = applied(image, new Decision<>(commands, true));

        // Then
        assertThat(commands)
                .containsExactly(
                        new Command.RecordNodeIndexes(List.of(new NodeIndex(1, 1, 10), new NodeIndex(3, 3, 20))));
        assertThat(membership(after).recordIndexes(reported)).isEmpty();
        assertThat(after.node(3).orElseThrow().reportedIndex()).isEqualTo(20);
    }

    @Test
    void aNodeThatStopsLeavesToOthersWhatTheyCanLead() {
        // Given
        ClusterImage image = withTopic(withTopic(nodes(3), "orders", 3, 3), "alone", 3, 1);

        // When
        ClusterImage stopping = applied(image, membership(image).beginShutdown(2, 2));

        // Then
        assertThat(stopping.node(2).orElseThrow().state()).isEqualTo(NodeImage.State.SHUTTING_DOWN);
        assertThat(stopping.topic("orders").orElseThrow().partitions())
                .noneSatisfy(partition -> assertThat(partition.leader()).isEqualTo(2));
        assertThat(stopping.topic("alone").orElseThrow().partitions())
                .isEqualTo(image.topic("alone").orElseThrow().partitions());
        assertThat(membership(stopping).mayStop(2)).isTrue();
        assertThat(membership(image).mayStop(2)).isFalse();
        assertThat(membership(stopping).beginShutdown(2, 2).commands()).isEmpty();
        assertThat(membership(image).beginShutdown(2, 1).commands()).isEmpty();
    }

    @Test
    void whenAllStartAgainAllThatWereInSyncStayUntilOneLeads() {
        // Given
        ClusterImage image = withTopic(nodes(3), "orders", 1, 3);

        // When
        ClusterImage twoAreBack = restarted(restarted(image, 1), 2);
        ClusterImage thirdIsGone = applied(twoAreBack, membership(twoAreBack).fence(3, 3));
        ClusterImage oneLeads = unfenced(thirdIsGone, 2);
        ClusterImage bothLive = unfenced(oneLeads, 1);

        // Then
        assertThat(partition(twoAreBack).isr()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(partition(thirdIsGone).isr()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(partition(thirdIsGone).leader()).isEqualTo(PartitionImage.NO_LEADER);
        assertThat(partition(oneLeads).leader()).isEqualTo(2);
        assertThat(partition(oneLeads).isr()).containsExactly(2);
        assertThat(partition(bothLive).leader()).isEqualTo(2);
    }

    /// All other nodes are known to live.
    private static boolean known(int node) {
        return node > 0;
    }

    private static ClusterImage restarted(ClusterImage image, int node) {
        return applied(image, membership(image).register(process(node, disk(node), 10 + node), other -> !known(other)));
    }

    private static ClusterImage unfenced(ClusterImage image, int node) {
        return applied(
                image,
                membership(image).unfence(node, image.node(node).orElseThrow().epoch()));
    }

    @Test
    void whoStaysInSyncAndIsNotUnfencedInTimeLeavesToWhoLives() {
        // Given
        ClusterImage image = withTopic(nodes(3), "orders", 1, 3);
        ClusterImage back = restarted(image, 2);
        long epoch = back.node(2).orElseThrow().epoch();

        // When
        ClusterImage late = applied(back, membership(back).fence(2, epoch));

        // Then
        assertThat(partition(back).isr()).contains(2);
        assertThat(partition(late).isr()).containsExactlyInAnyOrder(1, 3);
    }

    @Test
    void aLostReplicaLeavesTheIsrAndItsLeadershipMoves() {
        // Given
        ClusterImage image = withTopic(nodes(3), "orders", 3, 3);
        int leader = partition(image).leader();

        // When
        ClusterImage after = applied(image, lose(image, leader, "orders", 0));

        // Then
        assertThat(partition(after).isr()).hasSize(2).doesNotContain(leader);
        assertThat(partition(after).leader()).isIn(partition(after).isr());
        assertThat(partition(after).replicas()).isEqualTo(partition(image).replicas());
        assertThat(after.topic("orders").orElseThrow().partitions().subList(1, 3))
                .isEqualTo(image.topic("orders").orElseThrow().partitions().subList(1, 3));
        assertThat(lose(after, leader, "orders", 0).commands()).isEmpty();
    }

    @Test
    void whatOnlyTheLostReplicaHadHasNoLeaderRatherThanOneThatHasNothing() {
        // Given
        ClusterImage image = withTopic(nodes(1), "orders", 1, 1);

        // When
        ClusterImage after = applied(image, lose(image, 1, "orders", 0));

        // Then
        assertThat(partition(after)).isEqualTo(state(List.of(), PartitionImage.NO_LEADER, 1, 1));
    }

    @Test
    void anUncleanElectionDoesNotTakeTheReplicaThatIsLost() {
        // Given
        ClusterImage three = withTopic(nodes(3), "orders", 1, 3)
                .apply(new Command.SetConfig(
                        new ConfigResource(ConfigResource.Type.TOPIC, "orders"),
                        new TreeMap<>(Map.of("unclean.leader.election.enable", "true")),
                        List.of()));
        int preferred = partition(three).replicas().getFirst();
        ClusterImage image = three.apply(
                new Command.UpdateIsr(three.topic("orders").orElseThrow().id(), 0, List.of(preferred), 0, 1));

        // When
        ClusterImage after = applied(image, lose(image, preferred, "orders", 0));

        // Then
        assertThat(partition(after).leader())
                .isNotEqualTo(PartitionImage.NO_LEADER)
                .isNotEqualTo(preferred);
        assertThat(partition(after).uncleanEpoch()).isEqualTo(partition(after).leaderEpoch());
    }

    @Test
    void lossesAreHeardOnlyFromThePresentRegistrationAndOnlyAsSuch() {
        // Given
        ClusterImage image = withTopic(nodes(3), "orders", 1, 3);
        AssignReplicasToDirsRequestData old = losing(image, 1, "orders", 0).setBrokerEpoch(0);
        AssignReplicasToDirsRequestData moved = losing(image, 1, "orders", 0);
        moved.directories().getFirst().setId(disk(1));

        // When
        var ofOld = membership(image).loseReplicas(old);
        var ofMoved = membership(image).loseReplicas(moved);
        var ofUnknown = lose(image, 1, "orders", 7);

        // Then
        assertThat(ofOld.commands()).isEmpty();
        assertThat(ofOld.reply().errorCode()).isEqualTo(Errors.STALE_BROKER_EPOCH.code());
        assertThat(ofMoved.commands()).isEmpty();
        assertThat(error(ofMoved)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(ofUnknown)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private static Errors error(Decision<AssignReplicasToDirsResponseData> decision) {
        return Errors.forCode(decision.reply()
                .directories()
                .getFirst()
                .topics()
                .getFirst()
                .partitions()
                .getFirst()
                .errorCode());
    }

    private static Decision<AssignReplicasToDirsResponseData> lose(
            ClusterImage image, int node, String topic, int partition) {
        return membership(image).loseReplicas(losing(image, node, topic, partition));
    }

    private static AssignReplicasToDirsRequestData losing(ClusterImage image, int node, String topic, int partition) {
        return new AssignReplicasToDirsRequestData()
                .setBrokerId(node)
                .setBrokerEpoch(image.node(node).orElseThrow().epoch())
                .setDirectories(List.of(new AssignReplicasToDirsRequestData.DirectoryData()
                        .setId(LostReplicas.LOST)
                        .setTopics(List.of(new AssignReplicasToDirsRequestData.TopicData()
                                .setTopicId(image.topic(topic).orElseThrow().id())
                                .setPartitions(List.of(new AssignReplicasToDirsRequestData.PartitionData()
                                        .setPartitionIndex(partition)))))));
    }

    @Test
    void electionsThatAreOverdueAreMade() {
        // Given
        ClusterImage image = withTopic(nodes(3), "orders", 3, 3).apply(new Command.FenceNode(2, 2));

        // When
        ClusterImage after = applied(image, new Decision<>(membership(image).overdue(), true));

        // Then
        assertThat(after.topic("orders").orElseThrow().partitions())
                .allSatisfy(partition ->
                        assertThat(partition.isr()).doesNotContain(2).contains(partition.leader()));
        assertThat(membership(after).overdue()).isEmpty();
    }

    /// As a node that is alone.
    private static Decision<Registered> register(ClusterImage image, int nodeId, Uuid directoryId) {
        return membership(image).registerAlone(process(nodeId, directoryId, 1));
    }

    private static Registration process(int nodeId, Uuid directoryId, int incarnation) {
        return process(nodeId, directoryId, incarnation, Registration.UNKNOWN);
    }

    private static Registration process(int nodeId, Uuid directoryId, int incarnation, long previousIndex) {
        return new Registration(nodeId, directoryId, new Uuid(77, incarnation), List.of(), null, previousIndex);
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
