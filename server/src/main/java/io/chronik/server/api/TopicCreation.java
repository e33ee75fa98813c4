package io.chronik.server.api;

import io.chronik.server.metadata.MetadataService;
import io.chronik.server.partitions.PartitionRegistry;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;

/// Topics made by asking for them (`auto.create.topics.enable`), with the node's defaults.
public final class TopicCreation {
    private final MetadataService metadata;
    private final PartitionRegistry registry;
    private final boolean automatic;

    public TopicCreation(MetadataService metadata, PartitionRegistry registry, boolean automatic) {
        this.metadata = metadata;
        this.registry = registry;
        this.automatic = automatic;
    }

    boolean automatic() {
        return automatic;
    }

    /// Completes when the topics exist and this node's replicas of them are open, or could not be created.
    CompletableFuture<Void> createMissing(Collection<String> names) {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        for (String name : names) {
            request.topics()
                    .add(new CreatableTopic().setName(name).setNumPartitions(-1).setReplicationFactor((short) -1));
        }
        return metadata.createTopics(request).thenCompose(_ -> registry.settled());
    }
}
