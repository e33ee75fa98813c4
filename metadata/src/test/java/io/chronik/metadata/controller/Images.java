package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.config.KafkaConfigCatalog;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.jspecify.annotations.Nullable;

/// Small clusters for tests, and requests to them.
final class Images {
    static final ConfigCatalog CATALOG = new KafkaConfigCatalog();
    static final ControllerSettings SETTINGS = ControllerSettings.defaults();

    private Images() {}

    static ClusterImage nodes(int count) {
        ClusterImage image = ClusterImage.EMPTY;
        for (int id = 1; id <= count; id++) image = image.apply(new Command.AddNode(node(id, null)));
        return image;
    }

    static NodeImage node(int id, @Nullable String rack) {
        return new NodeImage(id, id, disk(id), List.of(), rack, false);
    }

    static Uuid disk(int id) {
        return new Uuid(7, id);
    }

    static ClusterImage withTopic(ClusterImage image, String name, int partitions, int replicationFactor) {
        return applied(image, createTopics(image, topic(name, partitions, replicationFactor)));
    }

    static CreatableTopic topic(String name, int partitions, int replicationFactor) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short)
                replicationFactor);
    }

    static Decision<CreateTopicsResponseData> createTopics(ClusterImage image, CreatableTopic... topics) {
        return createTopics(image, false, topics);
    }

    static Decision<CreateTopicsResponseData> createTopics(
            ClusterImage image, boolean validateOnly, CreatableTopic... topics) {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setValidateOnly(validateOnly);
        for (CreatableTopic topic : topics) request.topics().mustAdd(topic);
        return CreateTopics.decide(
                request, image, SETTINGS, CATALOG, ids(image.topicsById().size()));
    }

    static ClusterImage applied(ClusterImage image, Decision<?> decision) {
        ClusterImage changed = image;
        for (Command command : decision.commands()) changed = changed.apply(command);
        return changed;
    }

    private static Supplier<Uuid> ids(int first) {
        long[] next = {first};
        return () -> new Uuid(++next[0], 42);
    }
}
