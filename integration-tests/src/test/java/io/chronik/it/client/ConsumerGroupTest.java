package io.chronik.it.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("node")
class ConsumerGroupTest {
    private static final Node NODE = Nodes.shared();
    private static final Duration TURN = Duration.ofMillis(50);

    private static Topic topic(int partitions) {
        try (RawKafka kafka = new RawKafka(NODE.port())) {
            Topic topic = kafka.createTopic("group", partitions);
            for (int partition = 0; partition < partitions; partition++) {
                kafka.append(topic, partition, "a", "b", "c");
            }
            return topic;
        }
    }

    private static void pollUntil(
            String what, List<KafkaConsumer<String, String>> consumers, java.util.function.BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    consumers.forEach(consumer -> consumer.poll(TURN));
                    return condition.getAsBoolean();
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    @SuppressWarnings("try") // A member that leaves is closed before its block ends.
    void aGroupSharesPartitionsAndGoesOnWhereItCommitted(String protocol) {
        // Given
        Topic topic = topic(4);
        String group = RawKafka.uniqueName("group-" + protocol);
        Object[] settings = {"group.id", group, "group.protocol", protocol};
        try (var first = Clients.consumer(NODE, settings);
                var second = Clients.consumer(NODE, settings)) {
            first.subscribe(List.of(topic.name()));
            second.subscribe(List.of(topic.name()));
            // When
            pollUntil(
                    "two partitions each",
                    List.of(first, second),
                    () -> first.assignment().size() == 2 && second.assignment().size() == 2);
            Set<TopicPartition> owned = new HashSet<>(first.assignment());
            owned.addAll(second.assignment());
            // Then
            assertThat(owned).hasSize(4);
            first.assignment().forEach(p -> first.commitSync(Map.of(p, new OffsetAndMetadata(2, "half way"))));
            second.close();
            pollUntil("all partitions", List.of(first), () -> first.assignment().size() == 4);
        }
        try (var again = Clients.consumer(NODE, settings)) {
            again.subscribe(List.of(topic.name()));
            var records = Clients.poll(again, 2 * 1 + 2 * 3);
            assertThat(records).hasSize(8);
        }
    }

    @Test
    void cooperativeRebalanceTakesOnlyWhatMoves() {
        // Given
        Topic topic = topic(4);
        String group = RawKafka.uniqueName("cooperative");
        Object[] settings = {
            "group.id", group, "partition.assignment.strategy", CooperativeStickyAssignor.class.getName()
        };
        Set<TopicPartition> revoked = new HashSet<>();
        try (var first = Clients.consumer(NODE, settings);
                var second = Clients.consumer(NODE, settings)) {
            first.subscribe(List.of(topic.name()), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                    revoked.addAll(partitions);
                }

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
            });
            pollUntil("all partitions", List.of(first), () -> first.assignment().size() == 4);
            // When
            second.subscribe(List.of(topic.name()));
            pollUntil(
                    "two partitions each",
                    List.of(first, second),
                    () -> first.assignment().size() == 2 && second.assignment().size() == 2);
            // Then
            assertThat(revoked).hasSize(2).isEqualTo(second.assignment());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aStaticMemberComesBackToItsPartitionsWithoutARebalance(String protocol) {
        // Given
        Topic topic = topic(4);
        String group = RawKafka.uniqueName("static-" + protocol);
        try (var stays = Clients.consumer(NODE, "group.id", group, "group.protocol", protocol)) {
            stays.subscribe(List.of(topic.name()));
            Set<TopicPartition> before;
            try (var leaves = staticMember(group, protocol)) {
                leaves.subscribe(List.of(topic.name()));
                pollUntil(
                        "two partitions each",
                        List.of(stays, leaves),
                        () -> stays.assignment().size() == 2
                                && leaves.assignment().size() == 2);
                before = Set.copyOf(leaves.assignment());
            }
            // When
            try (var returned = staticMember(group, protocol)) {
                returned.subscribe(List.of(topic.name()));
                pollUntil(
                        "its partitions again",
                        List.of(stays, returned),
                        () -> returned.assignment().size() == 2);
                // Then
                assertThat(returned.assignment()).isEqualTo(before);
                assertThat(stays.assignment()).hasSize(2);
            }
        }
    }

    private static KafkaConsumer<String, String> staticMember(String group, String protocol) {
        return Clients.consumer(
                NODE, "group.id", group, "group.protocol", protocol, "group.instance.id", group + "-instance");
    }

    @Test
    void aMemberThatDiesIsMissedAfterItsSession() {
        // Given
        Topic topic = topic(2);
        String group = RawKafka.uniqueName("session");
        try (var stays = Clients.consumer(NODE, "group.id", group);
                var dies = Clients.consumer(NODE, "group.id", group, "session.timeout.ms", 6_000)) {
            stays.subscribe(List.of(topic.name()));
            dies.subscribe(List.of(topic.name()));
            pollUntil(
                    "one partition each",
                    List.of(stays, dies),
                    () -> stays.assignment().size() == 1 && dies.assignment().size() == 1);
            // When: it neither leaves nor polls again.
            dies.close(org.apache.kafka.clients.consumer.CloseOptions.groupMembershipOperation(
                    org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
            // Then
            pollUntil(
                    "both partitions", List.of(stays), () -> stays.assignment().size() == 2);
        }
    }

    @Test
    @SuppressWarnings("try") // The group must be empty before its offsets are changed.
    void groupsAreDescribedResetAndDeletedByAnAdmin() {
        // Given
        Topic topic = topic(1);
        String group = RawKafka.uniqueName("admin");
        TopicPartition partition = new TopicPartition(topic.name(), 0);
        try (Admin admin = Clients.admin(NODE);
                var consumer = Clients.consumer(NODE, "group.id", group)) {
            consumer.subscribe(List.of(topic.name()));
            Clients.poll(consumer, 3);
            consumer.commitSync();
            // When
            var described =
                    Clients.get(admin.describeConsumerGroups(List.of(group)).all());
            consumer.close();
            Awaitility.await("empty group")
                    .until(() -> Objects.requireNonNull(Clients.get(admin.describeConsumerGroups(List.of(group))
                                                    .all())
                                            .get(group))
                                    .groupState()
                            == GroupState.EMPTY);
            Clients.get(admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(1)))
                    .all());
            var offsets = Clients.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
            Clients.get(
                    admin.deleteConsumerGroupOffsets(group, Set.of(partition)).all());
            Clients.get(admin.deleteConsumerGroups(List.of(group)).all());
            // Then
            assertThat(Objects.requireNonNull(described.get(group)).members()).hasSize(1);
            assertThat(Objects.requireNonNull(offsets.get(partition)).offset()).isEqualTo(1);
            assertThat(Clients.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()))
                    .isEmpty();
        }
    }

    @Test
    void committedOffsetsSurviveARestartAndAKill(@TempDir Path directory) {
        try (NodeProcess node = Nodes.quick(NodeProcess.in(directory)).start()) {
            // Given
            String name = RawKafka.uniqueName("kept");
            TopicPartition partition = new TopicPartition(name, 0);
            try (RawKafka kafka = new RawKafka(node.port())) {
                Topic topic = kafka.createTopic("kept", 1);
                partition = new TopicPartition(topic.name(), 0);
            }
            long committed = 40;
            for (Runnable end : List.<Runnable>of(node::terminate, node::kill)) {
                committed++;
                try (var consumer = Clients.consumer(node, "group.id", "keeper")) {
                    consumer.assign(List.of(partition));
                    consumer.commitSync(Map.of(partition, new OffsetAndMetadata(committed, "note")));
                }
                // When
                end.run();
                node.start();
                // Then
                try (var consumer = Clients.consumer(node, "group.id", "keeper")) {
                    OffsetAndMetadata kept = Objects.requireNonNull(
                            consumer.committed(Set.of(partition)).get(partition));
                    assertThat(kept.offset()).isEqualTo(committed);
                    assertThat(kept.metadata()).isEqualTo("note");
                }
            }
        }
    }
}
