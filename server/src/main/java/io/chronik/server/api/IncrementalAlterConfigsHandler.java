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
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;

/// IncrementalAlterConfigs (KIP-339): single settings set, removed, and lists appended to or shortened. This node's
/// loggers (KIP-412) are changed here; all else is the controller's, after a check of what only this node knows.
final class IncrementalAlterConfigsHandler implements ApiHandler {
    private final MetadataService metadata;
    private final ConfigChangeCheck check;
    private final int nodeId;

    IncrementalAlterConfigsHandler(MetadataService metadata, ConfigChangeCheck check, int nodeId) {
        this.metadata = metadata;
        this.check = check;
        this.nodeId = nodeId;
    }

    @Override
    public void handle(ClientRequest request) {
        IncrementalAlterConfigsRequestData asked = ((IncrementalAlterConfigsRequest) request.body()).data();
        ClusterImage image = metadata.image();
        Set<ConfigResource> twice = repeated(asked);
        List<AlterConfigsResourceResponse> answeredHere = new ArrayList<>();
        IncrementalAlterConfigsRequestData forController =
                new IncrementalAlterConfigsRequestData().setValidateOnly(asked.validateOnly());
        for (AlterConfigsResource resource : asked.resources()) {
            Optional<ApiError> answer =
                    twice.contains(of(resource)) ? ofRepeated(resource) : answerHere(image, resource, asked);
            if (answer.isPresent()) answeredHere.add(response(resource, answer.get()));
            else forController.resources().add(resource.duplicate());
        }
        var _ = metadata.incrementalAlterConfigs(forController).whenComplete((decided, failure) -> {
            if (failure != null)
                request.reply(request.body()
                        .getErrorResponse(0, ErrorMapping.of(failure).exception()));
            else request.reply(new IncrementalAlterConfigsResponse(merged(decided, answeredHere)));
        });
    }

    /// Empty when the controller answers.
    private Optional<ApiError> answerHere(
            ClusterImage image, AlterConfigsResource asked, IncrementalAlterConfigsRequestData all) {
        ConfigResource resource = of(asked);
        List<ConfigChange> changes = asked.configs().stream()
                .map(config -> new ConfigChange(config.name(), OpType.forId(config.configOperation()), config.value()))
                .toList();
        return resource.type() == ConfigResource.Type.BROKER_LOGGER
                ? Optional.of(LoggerChanges.make(resource.name(), nodeId, changes, all.validateOnly()))
                : check.problem(image, resource, changes, false);
    }

    /// The controller refuses what is there twice, all of it; but it knows no loggers.
    private static Optional<ApiError> ofRepeated(AlterConfigsResource asked) {
        return of(asked).type() == ConfigResource.Type.BROKER_LOGGER
                ? Optional.of(new ApiError(Errors.INVALID_REQUEST, "Each resource must appear at most once."))
                : Optional.empty();
    }

    private static Set<ConfigResource> repeated(IncrementalAlterConfigsRequestData asked) {
        Set<ConfigResource> seen = new HashSet<>();
        return asked.resources().stream()
                .map(IncrementalAlterConfigsHandler::of)
                .filter(resource -> !seen.add(resource))
                .collect(Collectors.toSet());
    }

    private static ConfigResource of(AlterConfigsResource resource) {
        return new ConfigResource(ConfigResource.Type.forId(resource.resourceType()), resource.resourceName());
    }

    private static IncrementalAlterConfigsResponseData merged(
            IncrementalAlterConfigsResponseData decided, List<AlterConfigsResourceResponse> answeredHere) {
        decided.responses().addAll(answeredHere);
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
