package io.chronik.metadata.config;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/// One setting. `synonyms` are the broker keys that give a topic setting its default, strongest first
/// (for `retention.ms`: log.retention.ms, log.retention.minutes, log.retention.hours).
/// `honoured` is false for names that Kafka has and Chronik stores, shows, and otherwise ignores.
public record ConfigKey(
        String name,
        ConfigDef.Type type,
        @Nullable String defaultValue,
        String documentation,
        List<String> synonyms,
        boolean readOnly,
        boolean sensitive,
        boolean honoured) {
    public ConfigKey {
        synonyms = List.copyOf(synonyms);
    }
}
