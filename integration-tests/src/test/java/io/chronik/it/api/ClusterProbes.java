package io.chronik.it.api;

import static io.chronik.it.api.Probe.error;
import static io.chronik.it.api.Probe.shows;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitionsCollection;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKeyCollection;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// What operators ask of the cluster as a whole. A single node can show only part of it; what changes a cluster is
/// shown with three nodes, by the tests of the stage `cluster`.
final class ClusterProbes {
    private static final int NOBODY = 4711;
    private static final short FIRST_UPDATE_FEATURES_WITHOUT_RESULTS = 2;

    private ClusterProbes() {}

    static List<Probe> all() {
        return List.of(
                new Probe(
                        ApiKeys.ELECT_LEADERS,
                        shows("the preferred replica leads: ELECTION_NOT_NEEDED", ClusterProbes::elects),
                        shows("unknown topic: UNKNOWN_TOPIC_OR_PARTITION", ClusterProbes::refusesElection)),
                new Probe(
                        ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                        shows("replicas that a partition has already", ClusterProbes::reassigns),
                        shows("unknown node: INVALID_REPLICA_ASSIGNMENT", ClusterProbes::refusesReassignment)),
                new Probe(
                        ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                        shows("none under way", ClusterProbes::listsReassignments),
                        shows("an unknown topic is left out", ClusterProbes::leavesOutUnknownTopic)),
                new Probe(
                        ApiKeys.DESCRIBE_QUORUM,
                        shows("leader, epoch and voters of the metadata", ClusterProbes::describesQuorum),
                        shows("another topic: UNKNOWN_TOPIC_OR_PARTITION", ClusterProbes::refusesOtherQuorum)),
                new Probe(
                        ApiKeys.UPDATE_FEATURES,
                        shows("a level that is in force already", ClusterProbes::updatesFeatures),
                        shows("an unknown feature: INVALID_UPDATE_VERSION", ClusterProbes::refusesFeature)),
                new Probe(
                        ApiKeys.UNREGISTER_BROKER,
                        shows("a node that is not registered: BROKER_ID_NOT_REGISTERED", ClusterProbes::unregisters),
                        shows("a node that runs: INVALID_REQUEST", ClusterProbes::refusesUnregistration)),
                new Probe(
                        ApiKeys.ADD_RAFT_VOTER,
                        shows("a node that votes already: DUPLICATE_VOTER", ClusterProbes::addsVoter),
                        shows("another cluster: INCONSISTENT_CLUSTER_ID", ClusterProbes::refusesVoter)),
                new Probe(
                        ApiKeys.REMOVE_RAFT_VOTER,
                        shows("a node that does not vote: VOTER_NOT_FOUND", ClusterProbes::removesVoter),
                        shows("another cluster: INCONSISTENT_CLUSTER_ID", ClusterProbes::refusesRemoval)));
    }

    private static Errors elect(RawKafka kafka, short version, String topic) {
        var topics = new TopicPartitionsCollection();
        topics.add(new TopicPartitions().setTopic(topic).setPartitions(List.of(0)));
        return error(kafka.wire()
                .call(
                        ApiKeys.ELECT_LEADERS,
                        version,
                        new ElectLeadersRequestData().setTopicPartitions(topics).setTimeoutMs(10_000),
                        ElectLeadersResponseData.class)
                .replicaElectionResults()
                .getFirst()
                .partitionResult()
                .getFirst()
                .errorCode());
    }

    private static void elects(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("elect-v" + version, 1);
        assertThat(elect(kafka, version, topic.name())).isEqualTo(Errors.ELECTION_NOT_NEEDED);
    }

    private static void refusesElection(RawKafka kafka, short version) {
        assertThat(elect(kafka, version, RawKafka.uniqueName("nowhere"))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private static Errors reassign(RawKafka kafka, short version, Topic topic, int node) {
        var request = new AlterPartitionReassignmentsRequestData()
                .setTimeoutMs(10_000)
                .setTopics(List.of(new ReassignableTopic()
                        .setName(topic.name())
                        .setPartitions(List.of(
                                new ReassignablePartition().setPartitionIndex(0).setReplicas(List.of(node))))));
        return error(kafka.wire()
                .call(
                        ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                        version,
                        request,
                        AlterPartitionReassignmentsResponseData.class)
                .responses()
                .getFirst()
                .partitions()
                .getFirst()
                .errorCode());
    }

    private static void reassigns(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("reassign-v" + version, 1);
        assertThat(reassign(kafka, version, topic, leaderOfQuorum(kafka))).isEqualTo(Errors.NONE);
    }

    private static void refusesReassignment(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("reassign-v" + version, 1);
        assertThat(reassign(kafka, version, topic, NOBODY)).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
    }

    private static ListPartitionReassignmentsResponseData reassignments(RawKafka kafka, short version, String topic) {
        var request = new ListPartitionReassignmentsRequestData()
                .setTopics(List.of(
                        new ListPartitionReassignmentsTopics().setName(topic).setPartitionIndexes(List.of(0))));
        return kafka.wire()
                .call(
                        ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                        version,
                        request,
                        ListPartitionReassignmentsResponseData.class);
    }

    private static void listsReassignments(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("list-reassign-v" + version, 1);
        var response = reassignments(kafka, version, topic.name());
        assertThat(error(response.errorCode())).isEqualTo(Errors.NONE);
        assertThat(response.topics()).isEmpty();
    }

    private static void leavesOutUnknownTopic(RawKafka kafka, short version) {
        var response = reassignments(kafka, version, RawKafka.uniqueName("nowhere"));
        assertThat(error(response.errorCode())).isEqualTo(Errors.NONE);
        assertThat(response.topics()).isEmpty();
    }

    private static DescribeQuorumResponseData.PartitionData quorum(RawKafka kafka, short version, String topic) {
        return kafka.wire()
                .call(
                        ApiKeys.DESCRIBE_QUORUM,
                        version,
                        new DescribeQuorumRequestData()
                                .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                                        .setTopicName(topic)
                                        .setPartitions(List.of(
                                                new DescribeQuorumRequestData.PartitionData().setPartitionIndex(0))))),
                        DescribeQuorumResponseData.class)
                .topics()
                .getFirst()
                .partitions()
                .getFirst();
    }

    private static DescribeQuorumResponseData.PartitionData metadataQuorum(RawKafka kafka, short version) {
        return quorum(kafka, version, "__cluster_metadata");
    }

    private static int leaderOfQuorum(RawKafka kafka) {
        return metadataQuorum(kafka, ApiKeys.DESCRIBE_QUORUM.latestVersion()).leaderId();
    }

    private static void describesQuorum(RawKafka kafka, short version) {
        var quorum = metadataQuorum(kafka, version);
        assertThat(error(quorum.errorCode())).isEqualTo(Errors.NONE);
        assertThat(quorum.leaderEpoch()).isPositive();
        assertThat(quorum.highWatermark()).isPositive();
        assertThat(quorum.currentVoters()).extracting(ReplicaState::replicaId).contains(quorum.leaderId());
    }

    private static void refusesOtherQuorum(RawKafka kafka, short version) {
        assertThat(error(quorum(kafka, version, "another").errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private static UpdateFeaturesResponseData update(RawKafka kafka, short version, String feature, int level) {
        var updates = new FeatureUpdateKeyCollection();
        updates.add(new FeatureUpdateKey().setFeature(feature).setMaxVersionLevel((short) level));
        return kafka.wire()
                .call(
                        ApiKeys.UPDATE_FEATURES,
                        version,
                        new UpdateFeaturesRequestData()
                                .setFeatureUpdates(updates)
                                .setTimeoutMs(10_000),
                        UpdateFeaturesResponseData.class);
    }

    private static Errors firstError(UpdateFeaturesResponseData response, short version) {
        // Until version 1 each feature has an error of its own.
        return error(
                version >= FIRST_UPDATE_FEATURES_WITHOUT_RESULTS
                        ? response.errorCode()
                        : response.results().iterator().next().errorCode());
    }

    private static void updatesFeatures(RawKafka kafka, short version) {
        assertThat(firstError(update(kafka, version, "group.version", 1), version))
                .isEqualTo(Errors.NONE);
    }

    private static void refusesFeature(RawKafka kafka, short version) {
        assertThat(firstError(update(kafka, version, "nowhere.version", 1), version))
                .isEqualTo(Errors.INVALID_UPDATE_VERSION);
    }

    private static Errors unregister(RawKafka kafka, short version, int node) {
        return error(kafka.wire()
                .call(
                        ApiKeys.UNREGISTER_BROKER,
                        version,
                        new UnregisterBrokerRequestData().setBrokerId(node),
                        UnregisterBrokerResponseData.class)
                .errorCode());
    }

    private static void unregisters(RawKafka kafka, short version) {
        assertThat(unregister(kafka, version, NOBODY)).isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
    }

    private static void refusesUnregistration(RawKafka kafka, short version) {
        assertThat(unregister(kafka, version, leaderOfQuorum(kafka))).isEqualTo(Errors.INVALID_REQUEST);
    }

    private static Errors addVoter(RawKafka kafka, short version, String clusterId, ReplicaState voter) {
        var request = new AddRaftVoterRequestData()
                .setClusterId(clusterId)
                .setVoterId(voter.replicaId())
                .setVoterDirectoryId(voter.replicaDirectoryId())
                .setTimeoutMs(10_000);
        request.listeners()
                .add(new AddRaftVoterRequestData.Listener()
                        .setName("CONTROLLER")
                        .setHost("127.0.0.1")
                        .setPort(1));
        return error(kafka.wire()
                .call(ApiKeys.ADD_RAFT_VOTER, version, request, AddRaftVoterResponseData.class)
                .errorCode());
    }

    private static ReplicaState voter(RawKafka kafka) {
        return metadataQuorum(kafka, ApiKeys.DESCRIBE_QUORUM.latestVersion())
                .currentVoters()
                .getFirst();
    }

    private static void addsVoter(RawKafka kafka, short version) {
        assertThat(addVoter(kafka, version, kafka.clusterId(), voter(kafka))).isEqualTo(Errors.DUPLICATE_VOTER);
    }

    private static void refusesVoter(RawKafka kafka, short version) {
        assertThat(addVoter(kafka, version, "another", voter(kafka))).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
    }

    private static Errors removeVoter(RawKafka kafka, short version, String clusterId) {
        return error(kafka.wire()
                .call(
                        ApiKeys.REMOVE_RAFT_VOTER,
                        version,
                        new RemoveRaftVoterRequestData()
                                .setClusterId(clusterId)
                                .setVoterId(NOBODY)
                                .setVoterDirectoryId(Uuid.ONE_UUID),
                        RemoveRaftVoterResponseData.class)
                .errorCode());
    }

    private static void removesVoter(RawKafka kafka, short version) {
        assertThat(removeVoter(kafka, version, kafka.clusterId())).isEqualTo(Errors.VOTER_NOT_FOUND);
    }

    private static void refusesRemoval(RawKafka kafka, short version) {
        assertThat(removeVoter(kafka, version, "another")).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
    }
}
