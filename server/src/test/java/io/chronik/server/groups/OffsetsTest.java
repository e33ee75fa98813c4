package io.chronik.server.groups;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OffsetsTest {
    private final GroupServer server = new GroupServer();
    private Uuid topicId = Uuid.ZERO_UUID;

    @BeforeEach
    void addTopic() {
        topicId = server.metadata.addTopic("t", 2).id();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whatDoesNotExistIsRefusedPartitionByPartition() {
        // When
        OffsetCommitResponseData committed = commit(9, byName("t", 0, 1, 2, -1), byName("none", 0), byName("empty"));

        // Then
        assertThat(errorsOf(committed))
                .containsExactlyInAnyOrder(
                        "t-0 NONE",
                        "t-1 NONE",
                        "t-2 UNKNOWN_TOPIC_OR_PARTITION",
                        "t--1 UNKNOWN_TOPIC_OR_PARTITION",
                        "none-0 UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(fetch(9, new OffsetFetchRequestTopics().setName("t").setPartitionIndexes(List.of(0, 1, 2))))
                .isEqualTo("t-0 5 NONE, t-1 5 NONE, t-2 -1 NONE");
    }

    @Test
    void aCommitWithNothingValidNeedsNoGroup() {
        // When
        OffsetCommitResponseData committed = commit(9, byName("none", 0));

        // Then
        assertThat(errorsOf(committed)).containsExactly("none-0 UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(server.metadata.created).isEmpty();
    }

    @Test
    void anUnknownTopicIdIsRefused() {
        // Given
        Uuid unknown = Uuid.randomUuid();

        // When
        OffsetCommitResponseData committed = commit(10, byId(topicId, 0, 7), byId(unknown, 0), byId(Uuid.ZERO_UUID, 0));

        // Then
        assertThat(errorsOf(committed))
                .containsExactlyInAnyOrder(
                        topicId + "-0 NONE",
                        topicId + "-7 UNKNOWN_TOPIC_OR_PARTITION",
                        unknown + "-0 UNKNOWN_TOPIC_ID",
                        Uuid.ZERO_UUID + "-0 UNKNOWN_TOPIC_ID");
        assertThat(fetch(
                        10,
                        new OffsetFetchRequestTopics().setTopicId(unknown).setPartitionIndexes(List.of(3)),
                        new OffsetFetchRequestTopics().setTopicId(topicId).setPartitionIndexes(List.of(0))))
                .isEqualTo(topicId + "-0 5 NONE, " + unknown + "-3 -1 UNKNOWN_TOPIC_ID");
    }

    @Test
    void aTopicCreatedAnewStartsWithoutOffsets() {
        // Given
        commit(10, byId(topicId, 0));

        // When
        server.metadata.removeTopic("t");
        Uuid fresh = server.metadata.addTopic("t", 2).id();

        // Then
        assertThat(fetch(10, new OffsetFetchRequestTopics().setTopicId(fresh).setPartitionIndexes(List.of(0))))
                .isEqualTo(fresh + "-0 -1 NONE");
    }

    @Test
    void severalGroupsAreFetchedAtOnceAndFailOneByOne() {
        // Given
        commit(9, byName("t", 0));
        ConsumerGroupHeartbeatRequestData join = new ConsumerGroupHeartbeatRequestData()
                .setGroupId("new")
                .setMemberId("known")
                .setRebalanceTimeoutMs(1_000)
                .setSubscribedTopicNames(List.of("t"))
                .setTopicPartitions(List.of());
        server.ask(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 1, join, ConsumerGroupHeartbeatResponseData.class);

        // When
        OffsetFetchResponseData fetched = server.ask(
                ApiKeys.OFFSET_FETCH,
                9,
                new OffsetFetchRequestData()
                        .setGroups(List.of(
                                new OffsetFetchRequestGroup().setGroupId("g").setTopics(null),
                                new OffsetFetchRequestGroup()
                                        .setGroupId("new")
                                        .setMemberId("stranger")
                                        .setMemberEpoch(7)
                                        .setTopics(null),
                                new OffsetFetchRequestGroup().setGroupId("none").setTopics(null))),
                OffsetFetchResponseData.class);

        // Then
        assertThat(fetched.groups())
                .extracting(group -> group.groupId() + " " + Errors.forCode(group.errorCode()) + " "
                        + group.topics().size())
                .containsExactly("g NONE 1", "new UNKNOWN_MEMBER_ID 0", "none NONE 0");
    }

    @Test
    void aCommitOfAnUnknownMemberIsRefused() {
        // When
        OffsetCommitResponseData committed = server.ask(
                ApiKeys.OFFSET_COMMIT,
                9,
                new OffsetCommitRequestData()
                        .setGroupId("g")
                        .setMemberId("stranger")
                        .setGenerationIdOrMemberEpoch(7)
                        .setTopics(List.of(byName("t", 0))),
                OffsetCommitResponseData.class);

        // Then
        assertThat(errorsOf(committed)).containsExactly("t-0 GROUP_ID_NOT_FOUND");
    }

    @Test
    void deletingOffsetsOfAnUnknownGroupIsAnErrorOfTheWhole() {
        // Given
        OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection topics =
                new OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection();
        topics.add(new OffsetDeleteRequestData.OffsetDeleteRequestTopic()
                .setName("t")
                .setPartitions(List.of(
                        new OffsetDeleteRequestData.OffsetDeleteRequestPartition().setPartitionIndex(0),
                        new OffsetDeleteRequestData.OffsetDeleteRequestPartition().setPartitionIndex(9))));

        // When
        OffsetDeleteResponseData deleted = server.ask(
                ApiKeys.OFFSET_DELETE,
                0,
                new OffsetDeleteRequestData().setGroupId("none").setTopics(topics),
                OffsetDeleteResponseData.class);

        // Then
        assertThat(Errors.forCode(deleted.errorCode())).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    @Test
    void aWaitingCommitIsAnsweredWhenItsRecordIsCommitted() {
        // Given
        commit(9, byName("t", 0));
        server.log.holdHighWatermarks();

        // When
        CompletableFuture<AbstractResponse> second = server.send(ApiKeys.OFFSET_COMMIT, 9, commitOf(byName("t", 1)));
        assertThat(fetch(9, new OffsetFetchRequestTopics().setName("t").setPartitionIndexes(List.of(1))))
                .isEqualTo("t-1 -1 NONE");

        // Then
        assertThat(second).isNotDone();
        server.log.releaseHighWatermarks();
        assertThat(errorsOf((OffsetCommitResponseData) GroupServer.await(second).data()))
                .containsExactly("t-1 NONE");
    }

    private static OffsetCommitRequestTopic byName(String name, int... partitions) {
        return partitionsOf(new OffsetCommitRequestTopic().setName(name), partitions);
    }

    private static OffsetCommitRequestTopic byId(Uuid id, int... partitions) {
        return partitionsOf(new OffsetCommitRequestTopic().setTopicId(id), partitions);
    }

    private static OffsetCommitRequestTopic partitionsOf(OffsetCommitRequestTopic topic, int... partitions) {
        for (int partition : partitions) {
            topic.partitions()
                    .add(new OffsetCommitRequestPartition()
                            .setPartitionIndex(partition)
                            .setCommittedOffset(5));
        }
        return topic;
    }

    private static OffsetCommitRequestData commitOf(OffsetCommitRequestTopic... topics) {
        return new OffsetCommitRequestData().setGroupId("g").setTopics(List.of(topics));
    }

    private OffsetCommitResponseData commit(int version, OffsetCommitRequestTopic... topics) {
        return server.ask(ApiKeys.OFFSET_COMMIT, version, commitOf(topics), OffsetCommitResponseData.class);
    }

    private static List<String> errorsOf(OffsetCommitResponseData response) {
        List<String> errors = new ArrayList<>();
        response.topics()
                .forEach(topic -> topic.partitions().forEach(partition -> {
                    String name = topic.name().isEmpty() ? topic.topicId().toString() : topic.name();
                    errors.add(name + "-" + partition.partitionIndex() + " " + Errors.forCode(partition.errorCode()));
                }));
        return errors;
    }

    private String fetch(int version, OffsetFetchRequestTopics... topics) {
        OffsetFetchResponseGroup group = server.ask(
                        ApiKeys.OFFSET_FETCH,
                        version,
                        new OffsetFetchRequestData()
                                .setGroups(List.of(new OffsetFetchRequestGroup()
                                        .setGroupId("g")
                                        .setTopics(List.of(topics)))),
                        OffsetFetchResponseData.class)
                .groups()
                .getFirst();
        List<String> offsets = new ArrayList<>();
        group.topics()
                .forEach(topic -> topic.partitions().forEach(partition -> {
                    String name = topic.name().isEmpty() ? topic.topicId().toString() : topic.name();
                    offsets.add(name + "-" + partition.partitionIndex() + " " + partition.committedOffset() + " "
                            + Errors.forCode(partition.errorCode()));
                }));
        return String.join(", ", offsets);
    }
}
