package io.chronik.server.groups;

import io.chronik.base.Lane;
import io.chronik.coordinators.GroupSettings;
import io.chronik.coordinators.Groups;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.server.metadata.MetadataService;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `__consumer_offsets`: made when a client first needs a group. Whoever comes first starts the creation, all
/// others wait with him, so that the first FindCoordinator of a cluster's life is already answered with a
/// coordinator that serves. Any thread.
final class OffsetsTopic {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetsTopic.class);
    private static final CompletableFuture<Void> READY = CompletableFuture.completedFuture(null);
    private static final int CREATE_TIMEOUT_MS = 15_000;

    /// How long a request may wait for groups to load before it is told that they are loading.
    private static final long LOAD_PATIENCE_MS = 8_000;

    private final MetadataService metadata;
    private final Groups groups;
    private final int nodeId;
    private final Lane lane;
    /// The one under way, or the last one. Guarded by this.
    private CompletableFuture<Void> preparation = READY;

    /// `lane` is for timers.
    OffsetsTopic(MetadataService metadata, Groups groups, int nodeId, Lane lane) {
        this.metadata = metadata;
        this.groups = groups;
        this.nodeId = nodeId;
        this.lane = lane;
    }

    Optional<TopicImage> image() {
        return metadata.image().topic(Topic.GROUP_METADATA_TOPIC_NAME);
    }

    /// Completes when the topic exists and this node's part of it serves, or is taking long to load. Fails with
    /// COORDINATOR_NOT_AVAILABLE when it cannot be created now. Completed already in ordinary operation.
    CompletableFuture<Void> ready() {
        if (groups.started() && image().isPresent()) return READY;
        synchronized (this) {
            if (preparation.isDone()) preparation = prepare();
            return preparation;
        }
    }

    private CompletableFuture<Void> prepare() {
        CompletableFuture<Void> created = image().isPresent() ? READY : create();
        return created.thenCompose(_ -> patiently(groups.whenStarted().thenCompose(_ -> loaded())));
    }

    private CompletableFuture<Void> patiently(CompletableFuture<Void> load) {
        Lane.Timer patience = lane.after(LOAD_PATIENCE_MS, () -> load.complete(null));
        return load.whenComplete((_, _) -> patience.cancel());
    }

    private CompletableFuture<Void> loaded() {
        List<PartitionImage> partitions = image().map(TopicImage::partitions).orElse(List.of());
        CompletableFuture<Void> loaded = READY;
        for (int partition = 0; partition < partitions.size(); partition++) {
            if (partitions.get(partition).leader() != nodeId) continue;
            loaded = loaded.thenCombine(groups.whenLoaded(partition), (_, _) -> null);
        }
        return loaded;
    }

    private CompletableFuture<Void> create() {
        return metadata.createTopics(creation()).handle((response, failure) -> {
            Errors error = failure == null ? resultOf(response) : Errors.forException(GroupRequest.causeOf(failure));
            if (error == Errors.NONE || error == Errors.TOPIC_ALREADY_EXISTS) return null;
            LOG.atWarn().addKeyValue("error", error).log("__consumer_offsets could not be created");
            throw new CoordinatorNotAvailableException("__consumer_offsets could not be created: " + error);
        });
    }

    private static Errors resultOf(CreateTopicsResponseData response) {
        CreatableTopicResult result = response.topics().find(Topic.GROUP_METADATA_TOPIC_NAME);
        return result == null ? Errors.UNKNOWN_SERVER_ERROR : Errors.forCode(result.errorCode());
    }

    private CreateTopicsRequestData creation() {
        GroupSettings settings = groups.settings();
        int nodeCount = Math.max(1, (int) metadata.image().nodes().values().stream()
                .filter(node -> !node.fenced())
                .count()); // The controller places replicas on these only, and adds more when there are.
        CreatableTopic topic = new CreatableTopic()
                .setName(Topic.GROUP_METADATA_TOPIC_NAME)
                .setNumPartitions(settings.offsetsTopicPartitions())
                .setReplicationFactor((short) Math.min(settings.offsetsTopicReplicationFactor(), nodeCount));
        settings.offsetsTopicConfigs()
                .forEach((name, value) -> topic.configs()
                        .add(new CreatableTopicConfig().setName(name).setValue(value)));
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(CREATE_TIMEOUT_MS);
        request.topics().add(topic);
        return request;
    }
}
