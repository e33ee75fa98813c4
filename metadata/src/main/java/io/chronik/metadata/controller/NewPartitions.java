package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;

/// Where new partitions go: placed by us, or as a client says.
final class NewPartitions {
    private static final String ALL_FENCED = " are fenced or in controlled shutdown.";

    private final ClusterImage image;

    NewPartitions(ClusterImage image) {
        this.image = image;
    }

    /// @throws InvalidReplicationFactorException when there are too few nodes
    List<PartitionImage> placed(int firstPartition, int count, int replicationFactor, long seed) {
        List<PartitionImage> partitions = new ArrayList<>(count);
        for (List<Integer> replicas : new ReplicaPlacer(image, seed).place(firstPartition, count, replicationFactor)) {
            partitions.add(PartitionImage.fresh(replicas, live(replicas)));
        }
        return partitions;
    }

    /// @throws InvalidReplicaAssignmentException when the client's choice is impossible
    PartitionImage assigned(int partition, List<Integer> replicas, int replicationFactor) {
        if (replicas.isEmpty()) {
            throw new InvalidReplicaAssignmentException(
                    "The manual partition assignment includes an empty replica list.");
        }
        Set<Integer> seen = new HashSet<>();
        for (int replica : replicas.stream().sorted().toList()) {
            if (!image.nodes().containsKey(replica)) {
                throw new InvalidReplicaAssignmentException("The manual partition assignment includes broker " + replica
                        + ", but no such broker is registered.");
            }
            if (!seen.add(replica)) {
                throw new InvalidReplicaAssignmentException(
                        "The manual partition assignment includes the broker " + replica + " more than once.");
            }
        }
        if (replicas.size() != replicationFactor) {
            throw new InvalidReplicaAssignmentException("The manual partition assignment includes a partition with "
                    + replicas.size() + " replica(s), but this is not consistent with previous partitions, which have "
                    + replicationFactor + " replica(s).");
        }
        List<Integer> isr = live(replicas);
        if (isr.isEmpty()) {
            throw new InvalidReplicaAssignmentException(
                    "All brokers specified in the manual partition assignment for partition " + partition + ALL_FENCED);
        }
        return PartitionImage.fresh(replicas, isr);
    }

    private List<Integer> live(List<Integer> replicas) {
        List<Integer> live = new ArrayList<>(replicas.size());
        for (int replica : replicas) {
            NodeImage node = image.nodes().get(replica);
            if (node != null && node.mayJoinIsr()) live.add(replica);
        }
        return live;
    }
}
