package io.chronik.metadata;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// Everything a node knows about the cluster: the state after applying the Raft log up to `appliedIndex`. Immutable;
/// equal on every node that has applied the same index. Updates share structure with the image before.
public record ClusterImage(
        long appliedIndex,
        PMap<String, TopicImage> topicsByName,
        PMap<Uuid, TopicImage> topicsById,
        PMap<Integer, NodeImage> nodes,
        PMap<ConfigResource, PMap<String, String>> configs,
        long nextProducerId) {

    public static final ClusterImage EMPTY = new ClusterImage(
            -1, HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), 0);

    public Optional<TopicImage> topic(String name) {
        return Optional.ofNullable(topicsByName.get(name));
    }

    public Optional<TopicImage> topic(Uuid id) {
        return Optional.ofNullable(topicsById.get(id));
    }

    public Optional<NodeImage> node(int id) {
        return Optional.ofNullable(nodes.get(id));
    }

    /// What was set for `resource` by an operator: no defaults, no inherited values.
    public Map<String, String> configOf(ConfigResource resource) {
        PMap<String, String> set = configs.get(resource);
        return set == null ? Map.of() : set;
    }
}
