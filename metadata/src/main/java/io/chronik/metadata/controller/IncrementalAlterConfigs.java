package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.config.ConfigKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.requests.ApiError;

/// IncrementalAlterConfigs (KIP-339): SET, DELETE, and APPEND and SUBTRACT for lists.
public final class IncrementalAlterConfigs {
    private IncrementalAlterConfigs() {}

    public static Decision<IncrementalAlterConfigsResponseData> decide(
            IncrementalAlterConfigsRequestData request,
            ClusterImage image,
            ControllerSettings settings,
            ConfigCatalog catalog) {
        ConfigAlteration alteration = new ConfigAlteration(image, settings, catalog);
        IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
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
            checkKeys(asked);
            ConfigResource resource = ConfigAlteration.resource(asked.resourceType(), asked.resourceName());
            SortedMap<String, String> set = new TreeMap<>();
            List<String> removed = new ArrayList<>();
            for (AlterableConfig config : asked.configs()) {
                switch (OpType.forId(config.configOperation())) {
                    case SET -> set.put(config.name(), config.value());
                    case DELETE -> removed.add(config.name());
                    case APPEND -> set.put(config.name(), appended(alteration, resource, config));
                    case SUBTRACT -> set.put(config.name(), subtracted(alteration, resource, config));
                    case null ->
                        throw new InvalidRequestException("Unknown config operation " + config.configOperation());
                }
            }
            alteration.alter(resource, set, removed);
            return ApiError.NONE;
        } catch (ApiException refused) {
            return ApiError.fromThrowable(refused);
        }
    }

    private static void checkKeys(AlterConfigsResource asked) {
        Set<String> seen = new HashSet<>();
        List<String> withoutValue = new ArrayList<>();
        for (AlterableConfig config : asked.configs()) {
            if (!seen.add(config.name())) throw new InvalidRequestException("Error due to duplicate config keys");
            if (config.value() == null && config.configOperation() != OpType.DELETE.id()) {
                withoutValue.add(config.name());
            }
        }
        if (!withoutValue.isEmpty()) {
            throw new InvalidRequestException("Null value not supported for : " + String.join(", ", withoutValue));
        }
    }

    private static String appended(ConfigAlteration alteration, ConfigResource resource, AlterableConfig config) {
        List<String> elements = elements(alteration, resource, config, OpType.APPEND);
        for (String element : parts(config.value())) {
            if (!elements.contains(element)) elements.add(element);
        }
        return String.join(",", elements);
    }

    private static String subtracted(ConfigAlteration alteration, ConfigResource resource, AlterableConfig config) {
        List<String> elements = elements(alteration, resource, config, OpType.SUBTRACT);
        elements.removeAll(parts(config.value()));
        return String.join(",", elements);
    }

    /// Of the list that the resource has, or of its default.
    private static List<String> elements(
            ConfigAlteration alteration, ConfigResource resource, AlterableConfig config, OpType operation) {
        ConfigKey key = alteration
                .key(resource, config.name())
                .filter(known -> known.type() == ConfigDef.Type.LIST)
                .orElseThrow(() -> new InvalidConfigurationException(
                        "Can't " + operation + " to key " + config.name() + " because its type is not LIST."));
        String present = alteration.current(resource).get(config.name());
        String list = present != null ? present : Objects.requireNonNullElse(key.defaultValue(), "");
        return parts(list);
    }

    private static List<String> parts(String list) {
        List<String> parts = new ArrayList<>();
        for (String part : list.split(",", -1)) {
            if (!part.isBlank()) parts.add(part.trim());
        }
        return parts;
    }

    private static List<Object> keyOf(AlterConfigsResource resource) {
        return List.of(resource.resourceType(), resource.resourceName());
    }
}
