package io.chronik.server.api;

import io.chronik.metadata.config.EffectiveConfig;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientRequest;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;

/// DescribeConfigs (KIP-133, KIP-226, KIP-569): what is in force for topics, groups, this node and its loggers.
final class DescribeConfigsHandler implements ApiHandler {
    /// All settings of 5,000 topics fit; beyond, a reply would take memory that no operator has use for.
    private static final int MAX_SETTINGS = 250_000;

    private final MetadataService metadata;
    private final KafkaConfigCatalog catalog;
    private final NodeConfig node;
    private final Executor workers;

    DescribeConfigsHandler(MetadataService metadata, KafkaConfigCatalog catalog, NodeConfig node, Executor workers) {
        this.metadata = metadata;
        this.catalog = catalog;
        this.node = node;
        this.workers = workers;
    }

    @Override
    public void handle(ClientRequest request) {
        workers.execute(() -> request.reply(answer(((DescribeConfigsRequest) request.body()).data())));
    }

    private DescribeConfigsResponse answer(DescribeConfigsRequestData asked) {
        var image = metadata.image();
        var effective = new EffectiveConfig(
                catalog, image, node.nodeId(), node.settings().set());
        var description = new ConfigDescription(
                image, effective, node.nodeId(), asked.includeSynonyms(), asked.includeDocumentation());
        DescribeConfigsResponseData data = new DescribeConfigsResponseData();
        Set<ConfigResource> seen = new HashSet<>();
        int settings = 0;
        for (DescribeConfigsResource resource : asked.resources()) {
            DescribeConfigsResult result = settings < MAX_SETTINGS
                    ? describe(resource, description, seen)
                    : failed(new InvalidRequestException("Too many settings for one reply; ask for fewer resources"));
            settings += result.configs().size();
            data.results()
                    .add(result.setResourceType(resource.resourceType()).setResourceName(resource.resourceName()));
        }
        return new DescribeConfigsResponse(data);
    }

    private static DescribeConfigsResult describe(
            DescribeConfigsResource resource, ConfigDescription description, Set<ConfigResource> seen) {
        ConfigResource.Type type = ConfigResource.Type.forId(resource.resourceType());
        try {
            if (!seen.add(new ConfigResource(type, resource.resourceName())))
                throw new InvalidRequestException("Each resource must appear at most once.");
            return new DescribeConfigsResult()
                    .setConfigs(description.of(type, resource.resourceName(), resource.configurationKeys()));
        } catch (ApiException refused) {
            return failed(refused);
        }
    }

    private static DescribeConfigsResult failed(ApiException refused) {
        ApiError error = ApiError.fromThrowable(refused);
        return new DescribeConfigsResult().setErrorCode(error.error().code()).setErrorMessage(error.message());
    }
}
