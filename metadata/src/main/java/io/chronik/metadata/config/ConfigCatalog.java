package io.chronik.metadata.config;

import java.util.Collection;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;

/// Every setting that exists, by kind of resource (TOPIC, GROUP, BROKER).
public interface ConfigCatalog {
    Optional<ConfigKey> find(ConfigResource.Type type, String name);

    /// All keys of a kind, sorted by name.
    Collection<ConfigKey> keys(ConfigResource.Type type);

    /// Why `value` cannot be set, in a sentence for the client; empty when it can (INVALID_CONFIG otherwise).
    /// Unknown names are a problem too.
    Optional<String> problem(ConfigResource.Type type, String name, String value);
}
