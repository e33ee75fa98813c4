package io.chronik.server.config;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.config.EffectiveConfig;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.config.Treatment;
import io.chronik.metadata.config.UpdateMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/// What a node checks of a change of settings before it asks the controller, which checks names, values and existence.
/// Only a node knows what it was started with, and which of its settings it can change while it runs.
public final class ConfigChangeCheck {
    private final KafkaConfigCatalog catalog;
    private final NodeConfig node;

    public ConfigChangeCheck(KafkaConfigCatalog catalog, NodeConfig node) {
        this.catalog = catalog;
        this.node = node;
    }

    /// Why `changes` can not be made to `resource`; empty when the controller may decide. `replaceAll` means that what
    /// is not in `changes` goes back to its default (AlterConfigs).
    public Optional<ApiError> problem(
            ClusterImage image, ConfigResource resource, List<ConfigChange> changes, boolean replaceAll) {
        return switch (resource.type()) {
            case BROKER -> ofNode(resource.name(), changes);
            case TOPIC, GROUP -> ofCombination(image, resource, changes, replaceAll);
            case BROKER_LOGGER, CLIENT_METRICS, UNKNOWN -> Optional.empty();
        };
    }

    private Optional<ApiError> ofNode(String name, List<ConfigChange> changes) {
        if (!name.isEmpty() && !name.equals(String.valueOf(node.nodeId()))) return Optional.of(otherNode(name));
        List<String> fixed = new ArrayList<>();
        List<String> onlyForOne = new ArrayList<>();
        for (ConfigChange change : changes) {
            Optional<UpdateMode> mode = catalog.updateMode(change.name());
            if (mode.isEmpty() || change.operation() == AlterConfigOp.OpType.DELETE) continue;
            if (mode.get() == UpdateMode.READ_ONLY) fixed.add(change.name());
            else if (mode.get() == UpdateMode.PER_NODE && name.isEmpty()) onlyForOne.add(change.name());
        }
        if (!fixed.isEmpty()) return invalid("Cannot update these configs dynamically: " + fixed);
        if (!onlyForOne.isEmpty())
            return invalid(
                    "Cannot update these configs at default cluster level, broker id must be specified: " + onlyForOne);
        return changes.stream().flatMap(change -> valueProblem(change).stream()).findFirst();
    }

    /// For nodes a bad value is INVALID_REQUEST, not INVALID_CONFIG, in Kafka (KAFKA-13609), and clients know it so.
    private Optional<ApiError> valueProblem(ConfigChange change) {
        String value = change.value();
        if (value == null || change.operation() != AlterConfigOp.OpType.SET) return Optional.empty();
        var treatment = catalog.treatment(ConfigResource.Type.BROKER, change.name());
        if (treatment.isPresent() && treatment.get() instanceof Treatment.Refused(String advice))
            return invalid(change.name() + ": " + advice);
        return catalog.valueProblem(ConfigResource.Type.BROKER, change.name(), value)
                .flatMap(ConfigChangeCheck::invalid);
    }

    private Optional<ApiError> ofCombination(
            ClusterImage image, ConfigResource resource, List<ConfigChange> changes, boolean replaceAll) {
        Map<String, String> own = new HashMap<>(replaceAll ? Map.of() : image.configOf(resource));
        for (ConfigChange change : changes) {
            String value = change.value();
            if (change.operation() == AlterConfigOp.OpType.DELETE) own.remove(change.name());
            else if (change.operation() == AlterConfigOp.OpType.SET && value != null) {
                // Each by itself is the controller's to refuse; together they can only be looked at when they are good.
                if (catalog.problem(resource.type(), change.name(), value).isPresent()) return Optional.empty();
                own.put(change.name(), value);
            }
        }
        var effective = new EffectiveConfig(
                catalog, image, node.nodeId(), node.settings().set());
        Optional<String> problem = resource.type() == ConfigResource.Type.GROUP
                ? GroupRules.problem(name -> effective.valueIf(resource.type(), own, name), node.settings())
                : compactionLags(effective, own);
        return problem.map(text -> new ApiError(Errors.INVALID_CONFIG, text));
    }

    private static Optional<String> compactionLags(EffectiveConfig effective, Map<String, String> own) {
        String least = effective.valueIf(ConfigResource.Type.TOPIC, own, "min.compaction.lag.ms");
        String most = effective.valueIf(ConfigResource.Type.TOPIC, own, "max.compaction.lag.ms");
        return Long.parseLong(least.strip()) <= Long.parseLong(most.strip())
                ? Optional.empty()
                : Optional.of(
                        "min.compaction.lag.ms (" + least + ") is larger than max.compaction.lag.ms (" + most + ")");
    }

    private ApiError otherNode(String name) {
        boolean number = name.matches("-?\\d{1,10}");
        return new ApiError(
                Errors.INVALID_REQUEST,
                number
                        ? "Unexpected broker id, expected " + node.nodeId() + ", but received " + name
                        : "Node id must be an integer, but it is: " + name);
    }

    private static Optional<ApiError> invalid(String message) {
        return Optional.of(new ApiError(Errors.INVALID_REQUEST, message));
    }
}
