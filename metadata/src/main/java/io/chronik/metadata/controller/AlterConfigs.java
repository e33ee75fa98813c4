package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.config.ConfigCatalog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.requests.ApiError;

/// AlterConfigs, the old way: what is not named goes back to its default.
public final class AlterConfigs {
    private AlterConfigs() {}

    public static Decision<AlterConfigsResponseData> decide(
            AlterConfigsRequestData request, ClusterImage image, ControllerSettings settings, ConfigCatalog catalog) {
        ConfigAlteration alteration = new ConfigAlteration(image, settings, catalog);
        AlterConfigsResponseData response = new AlterConfigsResponseData();
        Map<List<Object>, Integer> times = new HashMap<>();
        request.resources().forEach(resource -> times.merge(keyOf(resource), 1, Integer::sum));
        for (AlterConfigsResource asked : request.resources()) {
            ApiError error = alter(asked, times.getOrDefault(keyOf(asked), 1), alteration);
            response.responses()
                    .add(new AlterConfigsResourceResponse()
                            .setResourceType(asked.resourceType())
                            .setResourceName(asked.resourceName())
                            .setErrorCode(error.error().code())
                            .setErrorMessage(error.message()));
        }
        return new Decision<>(request.validateOnly() ? List.of() : alteration.commands(), response);
    }

    private static ApiError alter(AlterConfigsResource asked, int times, ConfigAlteration alteration) {
        try {
            if (times > 1) throw new InvalidRequestException("Each resource must appear at most once.");
            ConfigResource resource = ConfigAlteration.resource(asked.resourceType(), asked.resourceName());
            SortedMap<String, String> set = values(asked);
            List<String> removed = new ArrayList<>(alteration.current(resource).keySet());
            removed.removeAll(set.keySet());
            alteration.alter(resource, set, removed);
            return ApiError.NONE;
        } catch (ApiException refused) {
            return ApiError.fromThrowable(refused);
        }
    }

    private static SortedMap<String, String> values(AlterConfigsResource asked) {
        SortedMap<String, String> set = new TreeMap<>();
        List<String> withoutValue = new ArrayList<>();
        for (AlterableConfig config : asked.configs()) {
            if (config.value() == null) {
                withoutValue.add(config.name());
            } else if (set.put(config.name(), config.value()) != null) {
                throw new InvalidRequestException("Error due to duplicate config keys");
            }
        }
        if (!withoutValue.isEmpty()) {
            throw new InvalidRequestException("Null value not supported for : " + String.join(", ", withoutValue));
        }
        return set;
    }

    private static List<Object> keyOf(AlterConfigsResource resource) {
        return List.of(resource.resourceType(), resource.resourceName());
    }
}
