package io.chronik.server.config;

import io.chronik.metadata.config.ConfigKey;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.config.ListValue;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigResource;

/// What a node was started with, by Kafka's names, every value valid for its key; defaults where nothing was set.
/// Asking for a name that does not exist is a mistake in the program.
public final class NodeSettings {
    private final KafkaConfigCatalog catalog;
    private final Map<String, String> set;

    public NodeSettings(KafkaConfigCatalog catalog, Map<String, String> set) {
        this.catalog = catalog;
        this.set = Collections.unmodifiableMap(new TreeMap<>(set));
    }

    /// Only what was set, sorted: the layer STATIC_BROKER_CONFIG of DescribeConfigs.
    public Map<String, String> set() {
        return set;
    }

    public boolean isSet(String name) {
        return set.containsKey(name);
    }

    public Optional<String> text(String name) {
        String value = set.get(name);
        return Optional.ofNullable(value != null ? value.strip() : key(name).defaultValue());
    }

    public List<String> list(String name) {
        return ListValue.elements(text(name).orElse(""));
    }

    public int number(String name) {
        return Integer.parseInt(required(name));
    }

    public long longNumber(String name) {
        return Long.parseLong(required(name));
    }

    public boolean flag(String name) {
        return Boolean.parseBoolean(required(name));
    }

    private String required(String name) {
        return text(name).orElseThrow(() -> new IllegalArgumentException(name + " has no value and no default"));
    }

    private ConfigKey key(String name) {
        return catalog.find(ConfigResource.Type.BROKER, name)
                .orElseThrow(() -> new IllegalArgumentException("no such setting: " + name));
    }
}
