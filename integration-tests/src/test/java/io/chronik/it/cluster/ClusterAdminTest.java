package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.it.node.Clients;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.QuorumInfo.ReplicaState;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.DuplicateVoterException;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.VoterNotFoundException;
import org.junit.jupiter.api.Test;

/// What the official admin client asks of a cluster: 43, 45, 46, 55, 57, 60, 64, 80 and 81.
class ClusterAdminTest extends ClusterTestBase {
    @Test
    void preferredLeaderIsElected() {
        String topic = cluster.createTopic("preferred", 1, 3);
        TopicPartition partition = new TopicPartition(topic, 0);
        int preferred = cluster.partition(topic, 0).replicas().getFirst().id();
        cluster.node(preferred).terminate();
        assertThat(cluster.leaderOf(topic, 0)).isNotEqualTo(preferred);
        cluster.start();
        cluster.awaitInSync(topic);

        elect(partition);

        ClusterProcess.await("preferred leader").until(() -> cluster.leaderOf(topic, 0) == preferred);
        assertThatThrownBy(() -> Clients.get(cluster.admin()
                        .electLeaders(ElectionType.PREFERRED, Set.of(partition))
                        .all()))
                .isInstanceOf(ElectionNotNeededException.class);
    }

    private void elect(TopicPartition partition) {
        try {
            Clients.get(cluster.admin()
                    .electLeaders(ElectionType.PREFERRED, Set.of(partition))
                    .all());
        } catch (ElectionNotNeededException ledAlready) {
            // The cluster's own balancing was first.
        }
    }

    @Test
    void reassignmentIsListedAndCancelled() {
        String topic = cluster.createTopic("reassigned", 1, 2);
        TopicPartition partition = new TopicPartition(topic, 0);
        List<Integer> before = cluster.inSync(topic, 0);
        int newcomer = cluster.ids().stream()
                .filter(id -> !before.contains(id))
                .findFirst()
                .orElseThrow();
        // A replica on a node that stands still never comes into sync.
        cluster.node(newcomer).suspend();
        try {
            Clients.get(cluster.admin()
                    .alterPartitionReassignments(Map.of(
                            partition, Optional.of(new NewPartitionReassignment(List.of(newcomer, before.getFirst())))))
                    .all());
            var running =
                    Clients.get(cluster.admin().listPartitionReassignments().reassignments());
            assertThat(running).containsOnlyKeys(partition);
            assertThat(running.values().iterator().next().addingReplicas()).containsExactly(newcomer);
            assertThat(running.values().iterator().next().removingReplicas()).containsExactly(before.getLast());

            Clients.get(cluster.admin()
                    .alterPartitionReassignments(Map.of(partition, Optional.empty()))
                    .all());
            ClusterProcess.await("the old replicas")
                    .untilAsserted(() -> assertThat(cluster.partition(topic, 0).replicas().stream()
                                    .map(Node::id))
                            .containsExactlyInAnyOrderElementsOf(before));
            assertThat(Clients.get(cluster.admin().listPartitionReassignments().reassignments()))
                    .isEmpty();
        } finally {
            cluster.node(newcomer).resume();
        }
        assertThatThrownBy(() -> Clients.get(cluster.admin()
                        .alterPartitionReassignments(Map.of(partition, Optional.empty()))
                        .all()))
                .isInstanceOf(NoReassignmentInProgressException.class);
        assertThatThrownBy(() -> Clients.get(cluster.admin()
                        .alterPartitionReassignments(
                                Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(99)))))
                        .all()))
                .isInstanceOf(InvalidReplicaAssignmentException.class);
    }

    @Test
    void quorumIsDescribed() {
        QuorumInfo quorum = cluster.quorum();
        assertThat(quorum.voters()).extracting(ReplicaState::replicaId).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(quorum.leaderId()).isIn(1, 2, 3);
        assertThat(quorum.highWatermark()).isPositive();
        assertThat(quorum.leaderEpoch()).isPositive();
    }

    /// A fourth one, because the controller itself sees to it that three vote.
    @Test
    void voterIsAddedAndRemoved() {
        cluster.join(4, 2).start();
        Uuid directory = ClusterProcess.await("an observer")
                .until(() -> directoryOf(4), Optional::isPresent)
                .orElseThrow();
        RaftVoterEndpoint endpoint = new RaftVoterEndpoint(
                "CONTROLLER", cluster.node(4).host(), cluster.node(4).port() + 1);

        Clients.get(cluster.admin().addRaftVoter(4, directory, Set.of(endpoint)).all());
        assertThat(cluster.voters()).containsExactly(1, 2, 3, 4);
        assertThatThrownBy(() -> Clients.get(cluster.admin()
                        .addRaftVoter(4, directory, Set.of(endpoint))
                        .all()))
                .isInstanceOf(DuplicateVoterException.class);

        Clients.get(cluster.admin().removeRaftVoter(4, directory).all());
        assertThat(cluster.voters()).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> Clients.get(
                        cluster.admin().removeRaftVoter(4, directory).all()))
                .isInstanceOf(VoterNotFoundException.class);
    }

    private Optional<Uuid> directoryOf(int observer) {
        return cluster.quorum().observers().stream()
                .filter(replica -> replica.replicaId() == observer)
                .map(ReplicaState::replicaDirectoryId)
                .findFirst();
    }

    @Test
    void featuresAreDescribedAndChecked() {
        var features = Clients.get(cluster.admin().describeFeatures().featureMetadata());
        assertThat(features.finalizedFeatures()).isNotEmpty();
        var first = features.finalizedFeatures().entrySet().iterator().next();
        String feature = first.getKey();
        short level = first.getValue().maxVersionLevel();
        Clients.get(cluster.admin()
                .updateFeatures(
                        Map.of(feature, new FeatureUpdate(level, FeatureUpdate.UpgradeType.UPGRADE)),
                        new UpdateFeaturesOptions().validateOnly(true))
                .all());
        assertThatThrownBy(() -> Clients.get(cluster.admin()
                        .updateFeatures(
                                Map.of(feature, new FeatureUpdate((short) 999, FeatureUpdate.UpgradeType.UPGRADE)),
                                new UpdateFeaturesOptions())
                        .all()))
                .isInstanceOf(org.apache.kafka.common.KafkaException.class);
    }

    @Test
    void deadNodeIsFencedAndUnregistered() {
        cluster.join(4, 1).start();
        ClusterProcess.await("four nodes").until(() -> cluster.active().size() == 4);
        cluster.node(4).kill();
        ClusterProcess.await("node 4 fenced")
                .untilAsserted(() -> assertThat(Clients.get(cluster.admin()
                                .describeCluster(new DescribeClusterOptions().includeFencedBrokers(true))
                                .nodes()))
                        .filteredOn(node -> node.id() == 4)
                        .singleElement()
                        .matches(Node::isFenced));

        Clients.get(cluster.admin().unregisterBroker(4).all());

        ClusterProcess.await("three nodes")
                .untilAsserted(() -> assertThat(Clients.get(cluster.admin()
                                .describeCluster(new DescribeClusterOptions().includeFencedBrokers(true))
                                .nodes()))
                        .hasSize(3));
    }
}
