package io.chronik.server.metadata;

import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.config.ConfigKey;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;

/// A catalog of one setting.
final class TestCatalog implements ConfigCatalog {
    private static final ConfigKey RETENTION_MS = new ConfigKey(
            "retention.ms",
            ConfigDef.Type.LONG,
            "604800000",
            "how long",
            List.of("log.retention.ms", "log.retention.hours"),
            false,
            false,
            true);

    @Override
    public Optional<ConfigKey> find(ConfigResource.Type type, String name) {
        return keys(type).stream().filter(key -> key.name().equals(name)).findFirst();
    }

    @Override
    public Collection<ConfigKey> keys(ConfigResource.Type type) {
        return type == ConfigResource.Type.TOPIC ? List.of(RETENTION_MS) : List.of();
    }

    @Override
    public Optional<String> problem(ConfigResource.Type type, String name, String value) {
        if (find(type, name).isEmpty()) return Optional.of("Unknown topic config name: " + name);
        return value.matches("-?\\d+") ? Optional.empty() : Optional.of("Invalid value " + value);
    }
}
