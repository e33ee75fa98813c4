package io.chronik.metadata.controller;

import io.chronik.metadata.config.ConfigCatalog;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;

/// What the controller checks of a setting, whatever its meaning.
final class ConfigCheck {
    private ConfigCheck() {}

    /// Why this can't be set (INVALID_CONFIG), as Kafka would say it.
    static Optional<String> problem(ConfigCatalog catalog, ConfigResource.Type type, String name, String value) {
        if (value.length() > Short.MAX_VALUE) {
            return Optional.of("The configuration value cannot be added because it exceeds the maximum value size of "
                    + Short.MAX_VALUE + " bytes.");
        }
        return catalog.problem(type, name, value);
    }
}
