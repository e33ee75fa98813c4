package io.chronik.metadata.config;

import java.util.List;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;

/// A setting as it is in force: its value, where that comes from, and all that was found on the way, strongest first.
/// `value` and the synonyms' values are null when the setting is sensitive, or has none.
public record EffectiveSetting(ConfigKey key, @Nullable String value, ConfigSource source, List<Synonym> synonyms) {
    public EffectiveSetting {
        synonyms = List.copyOf(synonyms);
    }

    /// One place where the setting, or another name of it, has a value. In the unit of that name.
    public record Synonym(String name, @Nullable String value, ConfigSource source) {}
}
