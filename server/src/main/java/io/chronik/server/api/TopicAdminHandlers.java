package io.chronik.server.api;

import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientRequest;
import io.chronik.server.partitions.PartitionRegistry;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;

/// Topics made, grown and deleted: decided by the controller, and answered when this node has carried them out too.
public final class TopicAdminHandlers {
    private final MetadataService metadata;
    private final PartitionRegistry registry;

    public TopicAdminHandlers(MetadataService metadata, PartitionRegistry registry) {
        this.metadata = metadata;
        this.registry = registry;
    }

    public Map<ApiKeys, ApiHandler> handlers() {
        return Map.of(
                ApiKeys.CREATE_TOPICS,
                request -> answer(
                        request,
                        metadata.createTopics(((CreateTopicsRequest) request.body()).data()),
                        CreateTopicsResponse::new),
                ApiKeys.DELETE_TOPICS,
                request -> answer(
                        request,
                        metadata.deleteTopics(((DeleteTopicsRequest) request.body()).data()),
                        DeleteTopicsResponse::new),
                ApiKeys.CREATE_PARTITIONS,
                request -> answer(
                        request,
                        metadata.createPartitions(((CreatePartitionsRequest) request.body()).data()),
                        CreatePartitionsResponse::new));
    }

    private <T> void answer(
            ClientRequest request, CompletableFuture<T> decided, Function<T, AbstractResponse> response) {
        var _ = decided.thenCompose(data -> registry.settled().thenApply(_ -> data))
                .whenComplete((data, failure) -> {
                    if (failure == null) request.reply(response.apply(data));
                    else
                        request.reply(request.body()
                                .getErrorResponse(0, ErrorMapping.of(failure).exception()));
                });
    }
}
