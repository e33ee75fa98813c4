package io.chronik.metadata;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/// What commands have changed, gathered while applying them, so that who follows the image need not compare all of
/// it.
///
/// `topics`: created, changed or deleted. `partitions`: of those, the topics that were there before and of which
/// only these partitions changed. `nodes`: registered, changed or removed. `configs`: whose settings changed.
/// `everything`: a state came as a whole; then the rest names all that either image has.
public record ImageDelta(
        ClusterImage before,
        ClusterImage after,
        SortedSet<Uuid> topics,
        Map<Uuid, SortedSet<Integer>> partitions,
        SortedSet<Integer> nodes,
        Set<ConfigResource> configs,
        boolean everything) {

    /// A change to `after` of which nothing is known but the two states. Costs as much as both have.
    public static ImageDelta whole(ClusterImage before, ClusterImage after) {
        SortedSet<Uuid> topics = new TreeSet<>(before.topicsById().keySet());
        topics.addAll(after.topicsById().keySet());
        SortedSet<Integer> nodes = new TreeSet<>(before.nodes().keySet());
        nodes.addAll(after.nodes().keySet());
        Set<ConfigResource> configs = new HashSet<>(before.configs().keySet());
        configs.addAll(after.configs().keySet());
        return new ImageDelta(before, after, topics, Map.of(), nodes, configs, true);
    }

    /// The changed partitions of one of `topics`, as far as it has them after the change; in order.
    public Collection<Integer> partitionsOf(Uuid topic) {
        SortedSet<Integer> known = partitions.get(topic);
        if (known != null) return known;
        int count =
                after.topic(topic).map(TopicImage::partitions).map(List::size).orElse(0);
        return IntStream.range(0, count).boxed().toList();
    }

    public boolean nothing() {
        return topics.isEmpty() && nodes.isEmpty() && configs.isEmpty() && !everything;
    }

    /// Applies commands one after the other and notes what they touch. One thread.
    public static final class Builder {
        private final ClusterImage before;
        private final SortedSet<Uuid> topics = new TreeSet<>();
        private final Map<Uuid, SortedSet<Integer>> partitions = new HashMap<>();
        private final SortedSet<Integer> nodes = new TreeSet<>();
        private final Set<ConfigResource> configs = new HashSet<>();
        private ClusterImage image;

        public Builder(ClusterImage before) {
            this.before = before;
            this.image = before;
        }

        public void apply(Command command) {
            note(command);
            image = image.apply(command);
        }

        /// What changed up to the entry `index` of the log.
        public ImageDelta at(long index) {
            return new ImageDelta(
                    before,
                    image.at(index),
                    Collections.unmodifiableSortedSet(topics),
                    Collections.unmodifiableMap(partitions),
                    Collections.unmodifiableSortedSet(nodes),
                    Collections.unmodifiableSet(configs),
                    false);
        }

        private void note(Command command) {
            switch (command) {
                case Command.Noop _, Command.AllocateProducerIds _, Command.SetFeature _ -> {}
                case Command.CreateTopic create -> whole(create.id(), create.name());
                case Command.DeleteTopic(Uuid id) ->
                    whole(id, image.topic(id).map(TopicImage::name).orElse(""));
                case Command.AddPartitions add -> {
                    for (int i = 0; i < add.partitions().size(); i++) {
                        partition(add.topicId(), add.firstPartition() + i);
                    }
                }
                case Command.SetConfig set -> configs.add(set.resource());
                case Command.AddNode add -> nodes.add(add.node().id());
                case Command.RemoveNode remove -> nodes.add(remove.nodeId());
                case Command.FenceNode fence -> nodes.add(fence.nodeId());
                case Command.UnfenceNode unfence -> nodes.add(unfence.nodeId());
                case Command.BeginShutdown shutdown -> nodes.add(shutdown.nodeId());
                case Command.DrainNode drain -> nodes.add(drain.nodeId());
                case Command.RecordNodeIndexes indexes -> indexes.nodes().forEach(node -> nodes.add(node.nodeId()));
                case Command.AssignPartition assign -> partition(assign.topicId(), assign.partition());
                case Command.SetPartitionLeader elections -> {
                    for (Command.SetPartitionLeader.TopicElections topic : elections.topics()) {
                        topic.partitions().forEach(one -> partition(topic.topicId(), one.partition()));
                    }
                }
                case Command.UpdateIsr update -> partition(update.topicId(), update.partition());
            }
        }

        /// A topic and its settings begin or end.
        private void whole(Uuid topic, String name) {
            topics.add(topic);
            partitions.remove(topic);
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
            configs.add(resource);
        }

        private void partition(Uuid topic, int partition) {
            if (topics.add(topic)) partitions.put(topic, new TreeSet<>());
            SortedSet<Integer> known = partitions.get(topic);
            if (known != null) known.add(partition);
        }
    }
}
