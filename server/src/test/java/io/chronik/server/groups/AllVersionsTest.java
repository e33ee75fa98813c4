package io.chronik.server.groups;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every API that groups serve, in every version that Kafka 4.4 has, does its ordinary work.
class AllVersionsTest {
    private static final byte[] SUBSCRIPTION = ConsumerProtocol.serializeSubscription(new Subscription(List.of("t")))
            .array();

    private static GroupServer server;
    private static Uuid topicId;

    @BeforeAll
    static void start() {
        server = new GroupServer();
        topicId = server.metadata.addTopic("t", 2).id();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static IntStream versions(ApiKeys api) {
        return IntStream.rangeClosed(api.oldestVersion(), api.latestVersion());
    }

    static Stream<Arguments> served() {
        return server.apis.handlers().keySet().stream()
                .sorted()
                .flatMap(api -> versions(api).mapToObj(version -> Arguments.of(api, version)));
    }

    @ParameterizedTest
    @MethodSource("served")
    void servesEveryVersion(ApiKeys api, int version) {
        switch (api) {
            case FIND_COORDINATOR -> findCoordinator(version);
            case OFFSET_COMMIT -> commitsAt(version, 5);
            case OFFSET_FETCH -> offsetFetch(version);
            case OFFSET_DELETE -> offsetDelete(version);
            case JOIN_GROUP -> join(version);
            case SYNC_GROUP -> sync(version);
            case HEARTBEAT -> heartbeat(version);
            case LEAVE_GROUP -> leave(version);
            case LIST_GROUPS -> list(version);
            case DESCRIBE_GROUPS -> describe(version);
            case DELETE_GROUPS -> delete(version);
            case CONSUMER_GROUP_HEARTBEAT -> consumerHeartbeat(version);
            case CONSUMER_GROUP_DESCRIBE -> consumerDescribe(version);
            default -> throw new AssertionError("no scenario for " + api);
        }
    }

    private void findCoordinator(int version) {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData();
        if (version < 4) request.setKey("g");
        else request.setCoordinatorKeys(List.of("g", "h"));
        FindCoordinatorResponseData found =
                server.ask(ApiKeys.FIND_COORDINATOR, version, request, FindCoordinatorResponseData.class);
        if (version < 4) {
            assertThat(found.errorCode()).isZero();
            assertThat(found.host()).isEqualTo("127.0.0.1");
            assertThat(found.port()).isEqualTo(9001);
        } else {
            assertThat(found.coordinators()).hasSize(2).allSatisfy(coordinator -> {
                assertThat(coordinator.errorCode()).isZero();
                assertThat(coordinator.nodeId()).isEqualTo(1);
            });
        }
    }

    private void commitsAt(int version, long offset) {
        OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic()
                .setPartitions(List.of(
                        new OffsetCommitRequestPartition().setPartitionIndex(1).setCommittedOffset(offset)));
        if (version >= 10) topic.setTopicId(topicId);
        else topic.setName("t");
        OffsetCommitResponseData committed = server.ask(
                ApiKeys.OFFSET_COMMIT,
                version,
                new OffsetCommitRequestData().setGroupId("simple").setTopics(List.of(topic)),
                OffsetCommitResponseData.class);
        assertThat(committed.topics()).singleElement().satisfies(result -> {
            assertThat(result.partitions())
                    .singleElement()
                    .satisfies(partition -> assertThat(partition.errorCode()).isZero());
            if (version >= 10) assertThat(result.topicId()).isEqualTo(topicId);
            else assertThat(result.name()).isEqualTo("t");
        });
    }

    private void offsetFetch(int version) {
        commitsAt(9, 7);
        OffsetFetchRequestData request = new OffsetFetchRequestData().setRequireStable(version >= 7);
        if (version < 8) {
            request.setGroupId("simple")
                    .setTopics(
                            List.of(new OffsetFetchRequestTopic().setName("t").setPartitionIndexes(List.of(0, 1))));
        } else {
            OffsetFetchRequestTopics topic = new OffsetFetchRequestTopics().setPartitionIndexes(List.of(0, 1));
            if (version >= 10) topic.setTopicId(topicId);
            else topic.setName("t");
            request.setGroups(List.of(
                    new OffsetFetchRequestGroup().setGroupId("simple").setTopics(List.of(topic)),
                    new OffsetFetchRequestGroup().setGroupId("simple").setTopics(null)));
        }
        OffsetFetchResponseData fetched =
                server.ask(ApiKeys.OFFSET_FETCH, version, request, OffsetFetchResponseData.class);
        if (version < 8) {
            assertThat(fetched.topics().getFirst().partitions())
                    .extracting(partition -> partition.committedOffset())
                    .containsExactly(-1L, 7L);
        } else {
            assertThat(fetched.groups().getFirst().topics().getFirst().partitions())
                    .extracting(partition -> partition.committedOffset())
                    .containsExactly(-1L, 7L);
            assertThat(fetched.groups().getLast().topics()).singleElement().satisfies(topic -> {
                assertThat(topic.partitions())
                        .extracting(partition -> partition.committedOffset())
                        .containsExactly(7L);
                if (version >= 10) assertThat(topic.topicId()).isEqualTo(topicId);
            });
        }
    }

    private void offsetDelete(int version) {
        commitsAt(9, 7);
        OffsetDeleteRequestTopicCollection topics = new OffsetDeleteRequestTopicCollection();
        topics.add(new OffsetDeleteRequestTopic()
                .setName("t")
                .setPartitions(List.of(
                        new OffsetDeleteRequestPartition().setPartitionIndex(1),
                        new OffsetDeleteRequestPartition().setPartitionIndex(2))));
        OffsetDeleteResponseData deleted = server.ask(
                ApiKeys.OFFSET_DELETE,
                version,
                new OffsetDeleteRequestData().setGroupId("simple").setTopics(topics),
                OffsetDeleteResponseData.class);
        assertThat(deleted.errorCode()).isZero();
        assertThat(deleted.topics().find("t").partitions().find(1).errorCode()).isZero();
        assertThat(deleted.topics().find("t").partitions().find(2).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private record Member(String group, String id, int generation) {}

    private Member join(int version) {
        String group = "classic-" + Uuid.randomUuid();
        JoinGroupResponseData joined = askToJoin(group, "", version);
        if (version >= 4) {
            assertThat(joined.errorCode()).isEqualTo(Errors.MEMBER_ID_REQUIRED.code());
            joined = askToJoin(group, joined.memberId(), version);
        }
        assertThat(joined.errorCode()).isZero();
        assertThat(joined.leader()).isEqualTo(joined.memberId());
        assertThat(joined.protocolName()).isEqualTo("range");
        return new Member(group, joined.memberId(), joined.generationId());
    }

    private JoinGroupResponseData askToJoin(String group, String memberId, int version) {
        JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(SUBSCRIPTION));
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setSessionTimeoutMs(30_000)
                .setProtocolType("consumer")
                .setProtocols(protocols);
        if (version >= 1) request.setRebalanceTimeoutMs(30_000);
        return server.ask(ApiKeys.JOIN_GROUP, version, request, JoinGroupResponseData.class);
    }

    private Member sync(int version) {
        Member member = join(3);
        SyncGroupRequestData request = new SyncGroupRequestData()
                .setGroupId(member.group())
                .setMemberId(member.id())
                .setGenerationId(member.generation())
                .setAssignments(List.of(new SyncGroupRequestData.SyncGroupRequestAssignment()
                        .setMemberId(member.id())
                        .setAssignment(new byte[] {1, 2})));
        if (version >= 5) request.setProtocolType("consumer").setProtocolName("range");
        SyncGroupResponseData synced = server.ask(ApiKeys.SYNC_GROUP, version, request, SyncGroupResponseData.class);
        assertThat(synced.errorCode()).isZero();
        assertThat(synced.assignment()).containsExactly(1, 2);
        return member;
    }

    private void heartbeat(int version) {
        Member member = sync(3);
        HeartbeatResponseData alive = server.ask(
                ApiKeys.HEARTBEAT,
                version,
                new HeartbeatRequestData()
                        .setGroupId(member.group())
                        .setMemberId(member.id())
                        .setGenerationId(member.generation()),
                HeartbeatResponseData.class);
        assertThat(alive.errorCode()).isZero();
    }

    private void leave(int version) {
        Member member = sync(3);
        LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(member.group());
        if (version < 3) request.setMemberId(member.id());
        else request.setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId(member.id())));
        LeaveGroupResponseData left = server.ask(ApiKeys.LEAVE_GROUP, version, request, LeaveGroupResponseData.class);
        assertThat(left.errorCode()).isZero();
        if (version >= 3) {
            assertThat(left.members())
                    .singleElement()
                    .satisfies(result -> assertThat(result.errorCode()).isZero());
        }
    }

    private void list(int version) {
        Member member = sync(3);
        ListGroupsRequestData request = new ListGroupsRequestData();
        if (version >= 4) request.setStatesFilter(List.of("Stable"));
        if (version >= 5) request.setTypesFilter(List.of("classic"));
        ListGroupsResponseData listed = server.ask(ApiKeys.LIST_GROUPS, version, request, ListGroupsResponseData.class);
        assertThat(listed.groups())
                .filteredOn(group -> group.groupId().equals(member.group()))
                .singleElement()
                .satisfies(group -> {
                    assertThat(group.protocolType()).isEqualTo("consumer");
                    if (version >= 4) assertThat(group.groupState()).isEqualTo("Stable");
                    if (version >= 5) assertThat(group.groupType()).isEqualToIgnoringCase("classic");
                });
    }

    private void describe(int version) {
        Member member = sync(3);
        DescribeGroupsResponseData described = server.ask(
                ApiKeys.DESCRIBE_GROUPS,
                version,
                new DescribeGroupsRequestData()
                        .setGroups(List.of(member.group(), "none"))
                        .setIncludeAuthorizedOperations(version >= 3),
                DescribeGroupsResponseData.class);
        assertThat(described.groups().getFirst().groupState()).isEqualTo("Stable");
        assertThat(described.groups().getFirst().members()).hasSize(1);
        if (version >= 3) {
            assertThat(described.groups().getFirst().authorizedOperations()).isPositive();
        }
        assertThat(described.groups().getLast().groupState()).isEqualTo("Dead");
        assertThat(described.groups().getLast().errorCode())
                .isEqualTo(version >= 6 ? Errors.GROUP_ID_NOT_FOUND.code() : Errors.NONE.code());
    }

    private void delete(int version) {
        commitsAt(9, 3);
        Member member = sync(3);
        DeleteGroupsResponseData deleted = server.ask(
                ApiKeys.DELETE_GROUPS,
                version,
                new DeleteGroupsRequestData().setGroupsNames(List.of("simple", "none", member.group(), "simple")),
                DeleteGroupsResponseData.class);
        assertThat(deleted.results().find("simple").errorCode()).isZero();
        assertThat(deleted.results().find("none").errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
        assertThat(deleted.results().find(member.group()).errorCode()).isEqualTo(Errors.NON_EMPTY_GROUP.code());
    }

    private Member consumerHeartbeat(int version) {
        String group = "new-" + Uuid.randomUuid();
        ConsumerGroupHeartbeatResponseData joined = server.ask(
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                version,
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId(group)
                        .setMemberId(version >= 1 ? Uuid.randomUuid().toString() : "")
                        .setMemberEpoch(0)
                        .setRebalanceTimeoutMs(30_000)
                        .setSubscribedTopicNames(List.of("t"))
                        .setTopicPartitions(List.of()),
                ConsumerGroupHeartbeatResponseData.class);
        assertThat(Errors.forCode(joined.errorCode())).isEqualTo(Errors.NONE);
        assertThat(joined.memberEpoch()).isPositive();
        assertThat(joined.assignment()).isNotNull();
        return new Member(group, joined.memberId(), joined.memberEpoch());
    }

    private void consumerDescribe(int version) {
        Member member = consumerHeartbeat(1);
        ConsumerGroupDescribeResponseData described = server.ask(
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                version,
                new ConsumerGroupDescribeRequestData()
                        .setGroupIds(List.of(member.group(), "none"))
                        .setIncludeAuthorizedOperations(true),
                ConsumerGroupDescribeResponseData.class);
        assertThat(described.groups().getFirst().members()).hasSize(1);
        assertThat(described.groups().getFirst().authorizedOperations()).isPositive();
        assertThat(described.groups().getLast().errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }
}
