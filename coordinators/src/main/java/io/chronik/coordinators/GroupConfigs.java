package io.chronik.coordinators;

import io.chronik.metadata.ClusterImage;
import java.util.Properties;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/// Settings of single groups (KIP-848: `consumer.session.timeout.ms`…), carried from the image to the
/// coordinator. One thread.
final class GroupConfigs {
    private ClusterImage seen = ClusterImage.EMPTY;

    @SuppressWarnings("ReferenceEquality") // What did not change is shared.
    void advanceTo(ClusterImage next, GroupCoordinator coordinator) {
        if (next.configs() != seen.configs()) {
            next.configs().forEach((resource, settings) -> {
                if (isGroup(resource) && seen.configs().get(resource) != settings) {
                    Properties properties = new Properties();
                    properties.putAll(settings);
                    coordinator.updateGroupConfig(resource.name(), properties);
                }
            });
            seen.configs().keySet().stream()
                    .filter(resource -> isGroup(resource) && !next.configs().containsKey(resource))
                    .forEach(resource -> coordinator.updateGroupConfig(resource.name(), new Properties()));
        }
        seen = next;
    }

    private static boolean isGroup(ConfigResource resource) {
        return resource.type() == ConfigResource.Type.GROUP;
    }
}
