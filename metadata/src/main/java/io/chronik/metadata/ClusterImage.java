package io.chronik.metadata;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// Everything a node knows about the cluster: the state after applying the Raft log up to `appliedIndex`.
/// Immutable; equal on every node that has applied the same index. Updates share structure with the image before.
public record ClusterImage(
        long appliedIndex,
        PMap<String, TopicImage> topicsByName,
        PMap<Uuid, TopicImage> topicsById,
        PMap<Integer, NodeImage> nodes,
        PMap<ConfigResource, PMap<String, String>> configs,
        long nextProducerId,
        PMap<String, Short> features,
        ReplicaIndex replicas) {

    public static final ClusterImage EMPTY = new ClusterImage(
            -1, HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), 0);

    /// An image of these parts; where the replicas are is worked out from the topics.
    public ClusterImage(
            long appliedIndex,
            PMap<String, TopicImage> topicsByName,
            PMap<Uuid, TopicImage> topicsById,
            PMap<Integer, NodeImage> nodes,
            PMap<ConfigResource, PMap<String, String>> configs,
            long nextProducerId) {
        this(
                appliedIndex,
                topicsByName,
                topicsById,
                nodes,
                configs,
                nextProducerId,
                HashTreePMap.empty(),
                ReplicaIndex.of(topicsById.values()));
    }

    public Optional<TopicImage> topic(String name) {
        return Optional.ofNullable(topicsByName.get(name));
    }

    public Optional<TopicImage> topic(Uuid id) {
        return Optional.ofNullable(topicsById.get(id));
    }

    public Optional<NodeImage> node(int id) {
        return Optional.ofNullable(nodes.get(id));
    }

    public Optional<PartitionImage> partition(TopicIdPartition id) {
        TopicImage topic = topicsById.get(id.topicId());
        return topic == null
                        || id.partition() < 0
                        || id.partition() >= topic.partitions().size()
                ? Optional.empty()
                : Optional.of(topic.partitions().get(id.partition()));
    }

    /// The state after `command`, one index further. Commands come in the order of the log; one that does not fit
    /// the state breaks an invariant, because whoever decided it had seen this state.
    public ClusterImage apply(Command command) {
        return Apply.to(this, command).at(appliedIndex + 1);
    }

    /// The same state at another index of the log (Raft's own entries take indices and change nothing here).
    public ClusterImage at(long index) {
        return new ClusterImage(index, topicsByName, topicsById, nodes, configs, nextProducerId, features, replicas);
    }

    /// The topics that node `id` has replicas of, sorted by name.
    public List<TopicImage> topicsOf(int id) {
        return replicas.topicsOf(id).stream()
                .map(topicsById::get)
                .sorted(Comparator.comparing(TopicImage::name))
                .toList();
    }

    /// What was set for `resource` by an operator: no defaults, no inherited values.
    public Map<String, String> configOf(ConfigResource resource) {
        return settings(resource);
    }

    PMap<String, String> settings(ConfigResource resource) {
        PMap<String, String> set = configs.get(resource);
        return set == null ? HashTreePMap.empty() : set;
    }

    ClusterImage with(TopicImage topic, ReplicaIndex changed) {
        return new ClusterImage(
                appliedIndex,
                topicsByName.plus(topic.name(), topic),
                topicsById.plus(topic.id(), topic),
                nodes,
                configs,
                nextProducerId,
                features,
                changed);
    }

    /// Only for changes that leave the replicas where they are.
    ClusterImage with(TopicImage topic) {
        return with(topic, replicas);
    }

    ClusterImage without(TopicImage topic) {
        return new ClusterImage(
                appliedIndex,
                topicsByName.minus(topic.name()),
                topicsById.minus(topic.id()),
                nodes,
                configs.minus(new ConfigResource(ConfigResource.Type.TOPIC, topic.name())),
                nextProducerId,
                features,
                replicas.without(topic.id()));
    }

    ClusterImage with(NodeImage node) {
        return withNodes(nodes.plus(node.id(), node));
    }

    ClusterImage withNodes(PMap<Integer, NodeImage> changed) {
        return new ClusterImage(
                appliedIndex, topicsByName, topicsById, changed, configs, nextProducerId, features, replicas);
    }

    ClusterImage with(ConfigResource resource, PMap<String, String> settings) {
        PMap<ConfigResource, PMap<String, String>> changed =
                settings.isEmpty() ? configs.minus(resource) : configs.plus(resource, settings);
        return new ClusterImage(
                appliedIndex, topicsByName, topicsById, nodes, changed, nextProducerId, features, replicas);
    }

    ClusterImage withNextProducerId(long next) {
        return new ClusterImage(appliedIndex, topicsByName, topicsById, nodes, configs, next, features, replicas);
    }

    ClusterImage withFeature(String name, short level) {
        PMap<String, Short> changed = features.plus(name, level);
        return new ClusterImage(
                appliedIndex, topicsByName, topicsById, nodes, configs, nextProducerId, changed, replicas);
    }
}
