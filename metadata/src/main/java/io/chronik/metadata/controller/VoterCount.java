package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;

/// How many nodes vote in the metadata quorum: as many as are wanted and there are, but an odd number, since two
/// voters can lose less than one can. Voters are added, never removed.
public final class VoterCount {
    /// How far behind an observer may be when it becomes a voter.
    private static final long MAX_LAG_ENTRIES = 1_000;

    private VoterCount() {}

    /// The next voter to add to the quorum `present`, if there are too few and a node that follows closely is there.
    /// `listener` is that of the nodes among themselves.
    public static Optional<AddRaftVoterRequestData> next(
            DescribeQuorumResponseData.PartitionData present,
            ClusterImage image,
            int wanted,
            String listener,
            String clusterId,
            int timeoutMs) {
        Set<Integer> voters = new HashSet<>();
        for (ReplicaState voter : present.currentVoters()) voters.add(voter.replicaId());
        List<NodeImage> candidates = image.nodes().values().stream()
                .filter(NodeImage::takesReplicas)
                .filter(node -> !voters.contains(node.id()))
                .filter(node -> endpoint(node, listener).isPresent())
                .toList();
        if (voters.size() >= odd(Math.min(wanted, voters.size() + candidates.size()))) return Optional.empty();
        return candidates.stream()
                .filter(node -> follows(node, present))
                .min(Comparator.comparingInt(NodeImage::id))
                .map(node -> request(node, endpoint(node, listener).orElseThrow(), clusterId, timeoutMs));
    }

    private static int odd(int count) {
        return count % 2 == 0 ? count - 1 : count;
    }

    private static boolean follows(NodeImage node, DescribeQuorumResponseData.PartitionData present) {
        return present.observers().stream()
                .anyMatch(observer -> observer.replicaId() == node.id()
                        && observer.replicaDirectoryId().equals(node.directoryId())
                        && observer.logEndOffset() >= present.highWatermark() - MAX_LAG_ENTRIES);
    }

    private static Optional<NodeImage.Endpoint> endpoint(NodeImage node, String listener) {
        return node.endpoints().stream()
                .filter(endpoint -> endpoint.listener().equals(listener))
                .findFirst();
    }

    private static AddRaftVoterRequestData request(
            NodeImage node, NodeImage.Endpoint endpoint, String clusterId, int timeoutMs) {
        AddRaftVoterRequestData request = new AddRaftVoterRequestData()
                .setClusterId(clusterId)
                .setTimeoutMs(timeoutMs)
                .setVoterId(node.id())
                .setVoterDirectoryId(node.directoryId());
        request.listeners()
                .add(new AddRaftVoterRequestData.Listener()
                        .setName(endpoint.listener())
                        .setHost(endpoint.host())
                        .setPort(endpoint.port()));
        return request;
    }
}
