package io.chronik.metadata;

import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/// An image as the commands that build it from nothing. Their order and text are a function of the state alone, so
/// equal images give equal snapshots on every node.
public final class ImageSnapshot {
    private static final Comparator<ConfigResource> BY_TYPE_AND_NAME =
            Comparator.comparing(ConfigResource::type).thenComparing(ConfigResource::name);
    private static final int NO_NODE = -1;
    private static final int MAX_PARTITIONS_PER_COMMAND = 10_000;

    private ImageSnapshot() {}

    /// Gives the commands one by one: replayed on [ClusterImage#EMPTY] they make an image equal to `image` but for
    /// the index, which the snapshot's own header carries.
    public static void write(ClusterImage image, Consumer<Command> out) {
        new TreeMap<>(image.features()).forEach((name, level) -> out.accept(new Command.SetFeature(name, level)));
        new TreeMap<>(image.nodes()).values().forEach(node -> out.accept(new Command.AddNode(node)));
        SortedMap<String, TopicImage> topics = new TreeMap<>(image.topicsByName());
        for (TopicImage topic : topics.values()) {
            create(topic.name(), topic.id(), topic.partitions(), new TreeMap<>(image.configOf(resource(topic))), out);
        }
        image.configs().keySet().stream()
                .filter(resource ->
                        !(resource.type() == ConfigResource.Type.TOPIC && topics.containsKey(resource.name())))
                .sorted(BY_TYPE_AND_NAME)
                .map(resource -> new Command.SetConfig(resource, new TreeMap<>(image.configOf(resource)), List.of()))
                .forEach(out);
        if (image.nextProducerId() > 0) {
            out.accept(new Command.AllocateProducerIds(NO_NODE, NO_NODE, image.nextProducerId()));
        }
    }

    /// A topic of any size as commands small enough for one record of the log each.
    public static void create(
            String name,
            Uuid id,
            List<PartitionImage> partitions,
            SortedMap<String, String> configs,
            Consumer<Command> out) {
        int first = Math.min(partitions.size(), MAX_PARTITIONS_PER_COMMAND);
        out.accept(new Command.CreateTopic(name, id, partitions.subList(0, first), configs));
        add(id, first, partitions.subList(first, partitions.size()), out);
    }

    /// Partitions behind the last one, `firstPartition - 1`, likewise.
    public static void add(Uuid id, int firstPartition, List<PartitionImage> partitions, Consumer<Command> out) {
        for (int i = 0; i < partitions.size(); i += MAX_PARTITIONS_PER_COMMAND) {
            int end = Math.min(partitions.size(), i + MAX_PARTITIONS_PER_COMMAND);
            out.accept(new Command.AddPartitions(id, firstPartition + i, partitions.subList(i, end)));
        }
    }

    private static ConfigResource resource(TopicImage topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    }
}
