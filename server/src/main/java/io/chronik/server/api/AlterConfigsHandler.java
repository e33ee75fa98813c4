package io.chronik.server.api;

import io.chronik.metadata.ClusterImage;
import io.chronik.server.config.ConfigChange;
import io.chronik.server.config.ConfigChangeCheck;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.ApiError;

/// AlterConfigs (KIP-133), the old way: what a resource's list does not name goes back to its default.
final class AlterConfigsHandler implements ApiHandler {
    private final MetadataService metadata;
    private final ConfigChangeCheck check;

    AlterConfigsHandler(MetadataService metadata, ConfigChangeCheck check) {
        this.metadata = metadata;
        this.check = check;
    }

    @Override
    public void handle(ClientRequest request) {
        AlterConfigsRequestData asked = ((AlterConfigsRequest) request.body()).data();
        ClusterImage image = metadata.image();
        Set<ConfigResource> twice = repeated(asked);
        List<AlterConfigsResourceResponse> refused = new ArrayList<>();
        AlterConfigsRequestData forController = new AlterConfigsRequestData().setValidateOnly(asked.validateOnly());
        for (AlterConfigsResource resource : asked.resources()) {
            // The controller refuses what is there twice, all of it.
            Optional<ApiError> problem = twice.contains(of(resource)) ? Optional.empty() : problem(image, resource);
            if (problem.isPresent()) refused.add(response(resource, problem.get()));
            else forController.resources().add(resource.duplicate());
        }
        var _ = metadata.alterConfigs(forController).whenComplete((decided, failure) -> {
            if (failure != null)
                request.reply(request.body()
                        .getErrorResponse(0, ErrorMapping.of(failure).exception()));
            else request.reply(new AlterConfigsResponse(merged(decided, refused)));
        });
    }

    private Optional<ApiError> problem(ClusterImage image, AlterConfigsResource resource) {
        if (of(resource).type() == ConfigResource.Type.BROKER_LOGGER)
            return Optional.of(new ApiError(
                    Errors.INVALID_REQUEST, "AlterConfigs can not change loggers; use IncrementalAlterConfigs"));
        List<ConfigChange> changes = resource.configs().stream()
                .map(config -> new ConfigChange(config.name(), OpType.SET, config.value()))
                .toList();
        return check.problem(image, of(resource), changes, true);
    }

    private static Set<ConfigResource> repeated(AlterConfigsRequestData asked) {
        Set<ConfigResource> seen = new HashSet<>();
        return asked.resources().stream()
                .map(AlterConfigsHandler::of)
                .filter(resource -> !seen.add(resource))
                .collect(Collectors.toSet());
    }

    private static ConfigResource of(AlterConfigsResource resource) {
        return new ConfigResource(ConfigResource.Type.forId(resource.resourceType()), resource.resourceName());
    }

    private static AlterConfigsResponseData merged(
            AlterConfigsResponseData decided, List<AlterConfigsResourceResponse> refused) {
        decided.responses().addAll(refused);
        return decided;
    }

    private static AlterConfigsResourceResponse response(AlterConfigsResource resource, ApiError error) {
        return new AlterConfigsResourceResponse()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName())
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }
}
