package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where one more replica of a partition goes: to a rack that has no copy yet if there is one, there to the node with
/// the fewest replicas, counting what was chosen before.
final class ReplicaTargets {
    private final ClusterImage image;
    private final Map<Integer, Long> chosen = new HashMap<>();

    ReplicaTargets(ClusterImage image) {
        this.image = image;
    }

    /// A node that takes replicas and is none of `excluded`; `kept` are the replicas that stay.
    Optional<Integer> next(List<Integer> kept, Collection<Integer> excluded) {
        List<@Nullable String> racks = new ArrayList<>();
        for (int replica : kept) racks.add(rack(replica));
        Optional<Integer> target = image.nodes().values().stream()
                .filter(NodeImage::takesReplicas)
                .filter(node -> !excluded.contains(node.id()))
                .min(Comparator.<NodeImage, Boolean>comparing(node -> isIn(racks, node.rack()))
                        .thenComparingLong(node -> load(node.id()))
                        .thenComparingInt(NodeImage::id))
                .map(NodeImage::id);
        target.ifPresent(node -> chosen.merge(node, 1L, Long::sum));
        return target;
    }

    /// Nodes without a rack are one each.
    private static boolean isIn(List<@Nullable String> racks, @Nullable String rack) {
        return rack != null && racks.stream().anyMatch(one -> Objects.equals(one, rack));
    }

    private long load(int node) {
        return image.replicas().replicasOn(node) + chosen.getOrDefault(node, 0L);
    }

    private @Nullable String rack(int node) {
        return image.node(node).map(NodeImage::rack).orElse(null);
    }
}
