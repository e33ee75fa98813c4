package io.chronik.it.api;

import static io.chronik.it.api.Probe.error;
import static io.chronik.it.api.Probe.shows;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import java.util.List;
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
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.awaitility.Awaitility;

/// Groups seen from outside: coordinator, committed offsets, lists, descriptions; and the KIP-848 heartbeat.
final class GroupProbes {
    private GroupProbes() {}

    static List<Probe> all() {
        return List.of(
                new Probe(
                        ApiKeys.FIND_COORDINATOR,
                        shows("names the node", GroupProbes::findsCoordinator),
                        shows("an unknown key type: INVALID_REQUEST", GroupProbes::refusesKeyType)),
                new Probe(
                        ApiKeys.OFFSET_COMMIT,
                        shows("a commit without membership is kept", GroupProbes::commits),
                        shows(
                                "an unknown member: UNKNOWN_MEMBER_ID or ILLEGAL_GENERATION",
                                GroupProbes::refusesCommit)),
                new Probe(
                        ApiKeys.OFFSET_FETCH,
                        shows("the committed offset and metadata", GroupProbes::fetchesOffset),
                        shows("nothing committed: -1", GroupProbes::fetchesNothing)),
                new Probe(
                        ApiKeys.DESCRIBE_GROUPS,
                        shows("an empty classic group", GroupProbes::describesGroup),
                        shows("unknown: Dead, from v6 GROUP_ID_NOT_FOUND", GroupProbes::describesDead)),
                new Probe(
                        ApiKeys.LIST_GROUPS,
                        shows("the group is listed", GroupProbes::listsGroups),
                        shows("a state filter that fits nothing: empty", GroupProbes::filtersGroups)),
                new Probe(
                        ApiKeys.DELETE_GROUPS,
                        shows("an empty group is gone", GroupProbes::deletesGroup),
                        shows("unknown: GROUP_ID_NOT_FOUND", GroupProbes::refusesDeleteGroup)),
                new Probe(
                        ApiKeys.OFFSET_DELETE,
                        shows("one committed offset is gone", GroupProbes::deletesOffset),
                        shows("unknown group: GROUP_ID_NOT_FOUND", GroupProbes::refusesDeleteOffset)),
                new Probe(
                        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                        shows("a member joins and is assigned all partitions", GroupProbes::heartbeats),
                        shows("an unknown member: UNKNOWN_MEMBER_ID", GroupProbes::refusesHeartbeat)),
                new Probe(
                        ApiKeys.CONSUMER_GROUP_DESCRIBE,
                        shows("a KIP-848 group with its member", GroupProbes::describesConsumerGroup),
                        shows("unknown: GROUP_ID_NOT_FOUND", GroupProbes::refusesConsumerGroupDescribe)));
    }

    // What others need to set a scene.

    static String committedGroup(RawKafka kafka, Topic topic, long offset) {
        String group = RawKafka.uniqueName("group");
        assertThat(commit(kafka, (short) 9, group, topic, offset, -1, "")).isEqualTo(Errors.NONE);
        return group;
    }

    private static Errors commit(
            RawKafka kafka, short version, String group, Topic topic, long offset, int generation, String member) {
        OffsetCommitRequestTopic commits = new OffsetCommitRequestTopic()
                .setPartitions(List.of(new OffsetCommitRequestPartition()
                        .setPartitionIndex(0)
                        .setCommittedOffset(offset)
                        .setCommittedMetadata("note")));
        if (version >= 10) {
            commits.setTopicId(topic.id());
        } else {
            commits.setName(topic.name());
        }
        var request = new OffsetCommitRequestData()
                .setGroupId(group)
                .setGenerationIdOrMemberEpoch(generation)
                .setMemberId(member)
                .setTopics(List.of(commits));
        return waitForCoordinator(() -> error(kafka.wire()
                .call(ApiKeys.OFFSET_COMMIT, version, request, OffsetCommitResponseData.class)
                .topics()
                .get(0)
                .partitions()
                .get(0)
                .errorCode()));
    }

    /// A coordinator that has just been asked for the first time may still be loading: that is retriable in Kafka.
    static Errors waitForCoordinator(java.util.function.Supplier<Errors> call) {
        return Awaitility.await("coordinator")
                .until(
                        call::get,
                        error -> error != Errors.COORDINATOR_LOAD_IN_PROGRESS
                                && error != Errors.NOT_COORDINATOR
                                && error != Errors.COORDINATOR_NOT_AVAILABLE);
    }

    private static void findsCoordinator(RawKafka kafka, short version) {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData();
        if (version >= 4) {
            request.setCoordinatorKeys(List.of("probe-group"));
        } else {
            request.setKey("probe-group");
        }
        int[] port = new int[1];
        Errors found = waitForCoordinator(() -> {
            var response =
                    kafka.wire().call(ApiKeys.FIND_COORDINATOR, version, request, FindCoordinatorResponseData.class);
            if (version >= 4) {
                var coordinator = response.coordinators().get(0);
                port[0] = coordinator.port();
                return error(coordinator.errorCode());
            }
            port[0] = response.port();
            return error(response.errorCode());
        });
        assertThat(found).isEqualTo(Errors.NONE);
        assertThat(port[0]).isEqualTo(io.chronik.it.node.Nodes.shared().port());
    }

    private static void refusesKeyType(RawKafka kafka, short version) {
        if (version < 1) {
            return; // Version 0 asks for groups only.
        }
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKeyType((byte) 77);
        if (version >= 4) {
            request.setCoordinatorKeys(List.of("probe"));
        } else {
            request.setKey("probe");
        }
        var response = kafka.wire().call(ApiKeys.FIND_COORDINATOR, version, request, FindCoordinatorResponseData.class);
        short code = version >= 4 ? response.coordinators().get(0).errorCode() : response.errorCode();
        assertThat(error(code)).isEqualTo(Errors.INVALID_REQUEST);
    }

    private static void commits(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("commit-v" + version, 1);
        String group = RawKafka.uniqueName("group");
        assertThat(commit(kafka, version, group, topic, 17, -1, "")).isEqualTo(Errors.NONE);
        assertThat(committed(kafka, (short) 9, group, topic)).isEqualTo(17);
    }

    private static void refusesCommit(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("commit-v" + version, 1);
        assertThat(commit(kafka, version, RawKafka.uniqueName("group"), topic, 17, 5, "nobody"))
                .isIn(Errors.UNKNOWN_MEMBER_ID, Errors.ILLEGAL_GENERATION, Errors.GROUP_ID_NOT_FOUND);
    }

    private static long committed(RawKafka kafka, short version, String group, Topic topic) {
        OffsetFetchRequestData request = new OffsetFetchRequestData();
        if (version < 8) {
            request.setGroupId(group)
                    .setTopics(List.of(
                            new OffsetFetchRequestTopic().setName(topic.name()).setPartitionIndexes(List.of(0))));
            var partition = kafka.wire()
                    .call(ApiKeys.OFFSET_FETCH, version, request, OffsetFetchResponseData.class)
                    .topics()
                    .get(0)
                    .partitions()
                    .get(0);
            assertThat(error(partition.errorCode())).isEqualTo(Errors.NONE);
            return partition.committedOffset();
        }
        OffsetFetchRequestTopics wanted = new OffsetFetchRequestTopics().setPartitionIndexes(List.of(0));
        if (version >= 10) {
            wanted.setTopicId(topic.id());
        } else {
            wanted.setName(topic.name());
        }
        request.setGroups(
                List.of(new OffsetFetchRequestGroup().setGroupId(group).setTopics(List.of(wanted))));
        var answer = kafka.wire()
                .call(ApiKeys.OFFSET_FETCH, version, request, OffsetFetchResponseData.class)
                .groups()
                .get(0);
        assertThat(error(answer.errorCode())).isEqualTo(Errors.NONE);
        var partition = answer.topics().get(0).partitions().get(0);
        assertThat(error(partition.errorCode())).isEqualTo(Errors.NONE);
        return partition.committedOffset();
    }

    private static void fetchesOffset(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("offset-v" + version, 1);
        String group = committedGroup(kafka, topic, 23);
        assertThat(committed(kafka, version, group, topic)).isEqualTo(23);
    }

    private static void fetchesNothing(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("offset-v" + version, 1);
        assertThat(committed(kafka, version, RawKafka.uniqueName("group"), topic))
                .isEqualTo(-1);
    }

    private static DescribeGroupsResponseData.DescribedGroup describe(RawKafka kafka, short version, String group) {
        return kafka.wire()
                .call(
                        ApiKeys.DESCRIBE_GROUPS,
                        version,
                        new DescribeGroupsRequestData().setGroups(List.of(group)),
                        DescribeGroupsResponseData.class)
                .groups()
                .get(0);
    }

    private static void describesGroup(RawKafka kafka, short version) {
        String group = committedGroup(kafka, kafka.createTopic("describe", 1), 1);
        var described = describe(kafka, version, group);
        assertThat(error(described.errorCode())).isEqualTo(Errors.NONE);
        assertThat(described.groupState()).isEqualTo("Empty");
    }

    private static void describesDead(RawKafka kafka, short version) {
        var described = describe(kafka, version, RawKafka.uniqueName("nobody"));
        assertThat(error(described.errorCode())).isEqualTo(version >= 6 ? Errors.GROUP_ID_NOT_FOUND : Errors.NONE);
        assertThat(described.groupState()).isEqualTo("Dead");
    }

    private static void listsGroups(RawKafka kafka, short version) {
        String group = committedGroup(kafka, kafka.createTopic("list", 1), 1);
        var response = kafka.wire()
                .call(ApiKeys.LIST_GROUPS, version, new ListGroupsRequestData(), ListGroupsResponseData.class);
        assertThat(error(response.errorCode())).isEqualTo(Errors.NONE);
        assertThat(response.groups()).anySatisfy(listed -> {
            assertThat(listed.groupId()).isEqualTo(group);
            if (version >= 4) {
                assertThat(listed.groupState()).isEqualTo("Empty");
            }
            if (version >= 5) {
                assertThat(listed.groupType()).isEqualToIgnoringCase("classic");
            }
        });
    }

    private static void filtersGroups(RawKafka kafka, short version) {
        if (version < 4) {
            return; // Older versions have no field that a client could get wrong.
        }
        committedGroup(kafka, kafka.createTopic("list", 1), 1);
        var request = new ListGroupsRequestData().setStatesFilter(List.of("NoSuchState"));
        var response = kafka.wire().call(ApiKeys.LIST_GROUPS, version, request, ListGroupsResponseData.class);
        assertThat(response.groups()).isEmpty();
    }

    private static Errors deleteGroup(RawKafka kafka, short version, String group) {
        return waitForCoordinator(() -> error(kafka.wire()
                .call(
                        ApiKeys.DELETE_GROUPS,
                        version,
                        new DeleteGroupsRequestData().setGroupsNames(List.of(group)),
                        DeleteGroupsResponseData.class)
                .results()
                .iterator()
                .next()
                .errorCode()));
    }

    private static void deletesGroup(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("delete-group", 1);
        String group = committedGroup(kafka, topic, 1);
        assertThat(deleteGroup(kafka, version, group)).isEqualTo(Errors.NONE);
        assertThat(committed(kafka, (short) 9, group, topic)).isEqualTo(-1);
    }

    private static void refusesDeleteGroup(RawKafka kafka, short version) {
        assertThat(deleteGroup(kafka, version, RawKafka.uniqueName("nobody"))).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    private static OffsetDeleteResponseData deleteOffset(RawKafka kafka, short version, String group, String topic) {
        OffsetDeleteRequestTopicCollection topics = new OffsetDeleteRequestTopicCollection();
        topics.add(new OffsetDeleteRequestTopic()
                .setName(topic)
                .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0))));
        var request = new OffsetDeleteRequestData().setGroupId(group).setTopics(topics);
        return kafka.wire().call(ApiKeys.OFFSET_DELETE, version, request, OffsetDeleteResponseData.class);
    }

    private static void deletesOffset(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("delete-offset", 1);
        String group = committedGroup(kafka, topic, 4);
        var response = deleteOffset(kafka, version, group, topic.name());
        assertThat(error(response.errorCode())).isEqualTo(Errors.NONE);
        assertThat(error(response.topics()
                        .iterator()
                        .next()
                        .partitions()
                        .iterator()
                        .next()
                        .errorCode()))
                .isEqualTo(Errors.NONE);
        assertThat(committed(kafka, (short) 9, group, topic)).isEqualTo(-1);
    }

    private static void refusesDeleteOffset(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("delete-offset", 1);
        Errors refused =
                waitForCoordinator(() -> error(deleteOffset(kafka, version, RawKafka.uniqueName("nobody"), topic.name())
                        .errorCode()));
        assertThat(refused).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    private static ConsumerGroupHeartbeatResponseData heartbeat(
            RawKafka kafka, short version, String group, String member, int epoch, String topic) {
        var request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setMemberEpoch(epoch);
        if (epoch == 0) {
            request.setRebalanceTimeoutMs(10_000)
                    .setSubscribedTopicNames(List.of(topic))
                    .setTopicPartitions(List.of());
        }
        return kafka.wire()
                .call(ApiKeys.CONSUMER_GROUP_HEARTBEAT, version, request, ConsumerGroupHeartbeatResponseData.class);
    }

    /// Joins until partitions are assigned; the coordinator may need another heartbeat for that.
    private static ConsumerGroupHeartbeatResponseData assigned(
            RawKafka kafka, short version, String group, String member, Topic topic) {
        var state = new Object() {
            int epoch;
            String id = member;
        };
        return Awaitility.await("assignment of " + group)
                .until(
                        () -> {
                            var response = heartbeat(kafka, version, group, state.id, state.epoch, topic.name());
                            if (response.errorCode() == 0) {
                                state.epoch = response.memberEpoch();
                                state.id = response.memberId();
                            }
                            return response;
                        },
                        response -> response.errorCode() == 0
                                && response.assignment() != null
                                && !response.assignment().topicPartitions().isEmpty());
    }

    private static String newMember(short version) {
        return version >= 1 ? Uuid.randomUuid().toString() : "";
    }

    private static void heartbeats(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("heartbeat", 3);
        var response = assigned(kafka, version, RawKafka.uniqueName("group"), newMember(version), topic);
        assertThat(response.memberEpoch()).isPositive();
        var assignment = response.assignment().topicPartitions().get(0);
        assertThat(assignment.topicId()).isEqualTo(topic.id());
        assertThat(assignment.partitions()).containsExactlyInAnyOrder(0, 1, 2);
    }

    private static void refusesHeartbeat(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("heartbeat", 1);
        String group = RawKafka.uniqueName("group");
        assigned(kafka, version, group, newMember(version), topic);
        var response = heartbeat(kafka, version, group, Uuid.randomUuid().toString(), 5, topic.name());
        assertThat(error(response.errorCode())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    private static ConsumerGroupDescribeResponseData.DescribedGroup describeConsumer(
            RawKafka kafka, short version, String group) {
        return kafka.wire()
                .call(
                        ApiKeys.CONSUMER_GROUP_DESCRIBE,
                        version,
                        new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group)),
                        ConsumerGroupDescribeResponseData.class)
                .groups()
                .get(0);
    }

    private static void describesConsumerGroup(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("describe-consumer", 2);
        String group = RawKafka.uniqueName("group");
        assigned(kafka, (short) 1, group, newMember((short) 1), topic);
        var described = describeConsumer(kafka, version, group);
        assertThat(error(described.errorCode())).isEqualTo(Errors.NONE);
        assertThat(described.members()).singleElement().satisfies(member -> {
            assertThat(member.subscribedTopicNames()).containsExactly(topic.name());
            if (version >= 1) {
                assertThat(member.memberType()).isEqualTo((byte) 1);
            }
        });
    }

    private static void refusesConsumerGroupDescribe(RawKafka kafka, short version) {
        Errors refused = waitForCoordinator(() -> error(
                describeConsumer(kafka, version, RawKafka.uniqueName("nobody")).errorCode()));
        assertThat(refused).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }
}
