package io.chronik.server.fetch;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import io.chronik.replication.Assignment;
import io.chronik.replication.PartitionView;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;

/// Which replicas consumers read from (KIP-392): the leader, or an in-sync follower in the consumer's rack. Any thread.
public final class ReadReplicas {
    private final int self;
    private final Supplier<ClusterImage> image;
    private final boolean rackAware;

    /// Without `rackAware` consumers are sent to the leader, wherever they are.
    public ReadReplicas(int self, Supplier<ClusterImage> image, boolean rackAware) {
        this.self = self;
        this.image = image;
        this.rackAware = rackAware;
    }

    /// Whether this replica, a follower, is good enough: one that is out of sync may be far behind.
    boolean servesAsFollower(PartitionView view) {
        return view.role() == PartitionView.Role.FOLLOWING
                && view.assignment().isr().contains(self);
    }

    /// A follower that the consumer had better read `partition` from than from its leader, which is this node. Empty
    /// when the leader is as near.
    OptionalInt preferred(String rack, PartitionView leader, int partition) {
        if (!rackAware || rack.isEmpty()) return OptionalInt.empty();
        ClusterImage now = image.get();
        if (isIn(now, self, rack)) return OptionalInt.empty();
        Assignment assignment = leader.assignment();
        List<Integer> near = assignment.isr().stream()
                .filter(replica -> replica != self && isIn(now, replica, rack))
                .sorted()
                .toList();
        if (near.isEmpty()) return OptionalInt.empty();
        // Different partitions from different replicas.
        return OptionalInt.of(near.get(partition % near.size()));
    }

    private static boolean isIn(ClusterImage image, int node, String rack) {
        return image.node(node)
                .filter(registered -> !registered.fenced())
                .map(NodeImage::rack)
                .filter(rack::equals)
                .isPresent();
    }
}
