package io.chronik.coordinators;

import static io.chronik.coordinators.GroupNode.await;
import static io.chronik.coordinators.GroupNode.context;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chronik.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;

/// Groups whose members the coordinator assigns (KIP-848).
class ConsumerGroupsTest {
    private final VirtualTime time = new VirtualTime();
    private final InMemoryCoordinatorLog log = new InMemoryCoordinatorLog();
    private GroupNode node = new GroupNode(log, Map.of(), time);

    @BeforeEach
    void start() {
        node.started();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void twoMembersShareThePartitions() {
        // Given
        node.addTopic("t", 4);
        Member first = new Member("t");
        Member second = new Member("t");

        // When
        await().until(() -> {
            first.beat();
            second.beat();
            time.advanceClock(1_000);
            return first.owned.size() == 2 && second.owned.size() == 2;
        });

        // Then
        assertThat(first.owned).doesNotContainAnyElementsOf(second.owned);
    }

    @Test
    void aTopicThatComesLaterIsAssigned() {
        // Given
        Member member = new Member("late");
        member.beat();
        assertThat(member.owned).isEmpty();

        // When
        node.addTopic("late", 3);

        // Then
        await().until(() -> {
            time.advanceClock(1_000);
            member.beat();
            return member.owned.size() == 3;
        });
    }

    @Test
    void aPatternFindsTopics() {
        // Given
        node.addTopic("orders-1", 1);
        node.addTopic("orders-2", 1);
        node.addTopic("other", 1);
        Member member = new Member();
        member.pattern = "orders-.*";

        // When
        await().until(() -> {
            member.beat();
            time.advanceClock(1_000);
            return member.owned.size() == 2;
        });

        // Then
        assertThat(member.error).isEqualTo(Errors.NONE);
    }

    @Test
    void aMemberThatFallsSilentIsFenced() {
        // Given
        node.addTopic("t", 1);
        Member member = new Member("t");
        member.beat();

        // When
        await().until(() -> {
            time.advanceClock(45_001);
            member.beat();
            return member.error != Errors.NONE;
        });

        // Then
        assertThat(member.error).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aGroupsOwnSettingsCountForItsMembers() {
        // Given
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "g");
        ClusterImage image = node.image;
        node.publish(new ClusterImage(
                image.appliedIndex() + 1,
                image.topicsByName(),
                image.topicsById(),
                image.nodes(),
                image.configs().plus(group, HashTreePMap.singleton("consumer.heartbeat.interval.ms", "9000")),
                0));
        Member member = new Member("t");

        // When
        await().until(() -> {
            member.beat();
            return member.intervalMs == 9_000;
        });

        // Then
        assertThat(member.error).isEqualTo(Errors.NONE);
    }

    @Test
    void aGroupSurvivesARestartOfItsCoordinator() {
        // Given
        node.addTopic("t", 2);
        Member member = new Member("t");
        await().until(() -> {
            member.beat();
            time.advanceClock(1_000);
            return member.owned.size() == 2;
        });
        ClusterImage image = node.image;

        // When
        node.close();
        node = new GroupNode(log, Map.of(), time);
        node.publish(image);
        node.electAll();

        // Then
        member.beat();
        assertThat(member.error).isEqualTo(Errors.NONE);
        assertThat(await(node.groups.statuses()).getFirst()).satisfies(status -> {
            assertThat(status.type()).isEqualTo("consumer");
            assertThat(status.state()).isEqualTo("Stable");
            assertThat(status.memberCount()).isEqualTo(1);
        });
    }

    /// A client's side of the protocol: owns what it is told to own, and says so with the next heartbeat.
    private final class Member {
        private final String id = Uuid.randomUuid().toString();
        private final List<String> topics;
        private String pattern = "";
        private int epoch;
        private int intervalMs;
        private Errors error = Errors.NONE;
        private List<ConsumerGroupHeartbeatRequestData.TopicPartitions> assignment = List.of();
        private List<String> owned = List.of();

        Member(String... topics) {
            this.topics = List.of(topics);
        }

        void beat() {
            ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                    .setGroupId("g")
                    .setMemberId(id)
                    .setMemberEpoch(epoch)
                    .setRebalanceTimeoutMs(60_000)
                    .setTopicPartitions(assignment);
            if (pattern.isEmpty()) request.setSubscribedTopicNames(topics);
            else request.setSubscribedTopicRegex(pattern);
            ConsumerGroupHeartbeatResponseData answer =
                    await(node.groups.consumerGroupHeartbeat(context(ApiKeys.CONSUMER_GROUP_HEARTBEAT), request));
            error = Errors.forCode(answer.errorCode());
            if (error != Errors.NONE) return;
            epoch = answer.memberEpoch();
            intervalMs = answer.heartbeatIntervalMs();
            if (answer.assignment() != null) take(answer.assignment());
        }

        private void take(ConsumerGroupHeartbeatResponseData.Assignment told) {
            List<String> names = new ArrayList<>();
            List<ConsumerGroupHeartbeatRequestData.TopicPartitions> confirmed = new ArrayList<>();
            told.topicPartitions().forEach(topic -> {
                topic.partitions().forEach(partition -> names.add(topic.topicId() + "-" + partition));
                confirmed.add(new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                        .setTopicId(topic.topicId())
                        .setPartitions(topic.partitions()));
            });
            owned = names;
            assignment = confirmed;
        }
    }
}
