package io.chronik.metadata.config;

import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/// One row of a table: the key, and what is done with it.
record CatalogEntry(ConfigKey key, ValueRule rule, UpdateMode updateMode, Treatment treatment) {

    /// What is wrong with `value`, as a sentence without a full stop.
    Optional<String> valueProblem(String value) {
        return typeProblem(value)
                .or(() -> hasValue(value) ? rule.problem(value.strip()) : Optional.empty())
                .map(wanted -> "Invalid value " + shown(value) + " for " + key.name() + ": " + wanted);
    }

    private Optional<String> typeProblem(String value) {
        if (key.type() == ConfigDef.Type.CLASS) return Optional.empty(); // A name; nothing is ever loaded.
        try {
            ConfigDef.parseType(key.name(), value, key.type());
            return hasValue(value) || !isNumber() ? Optional.empty() : Optional.of(wantedType());
        } catch (ConfigException e) {
            return Optional.of(wantedType());
        }
    }

    private boolean isNumber() {
        return switch (key.type()) {
            case INT, LONG, SHORT, DOUBLE, BOOLEAN -> true;
            case STRING, LIST, CLASS, PASSWORD -> false;
        };
    }

    /// An empty list or text has nothing that a range could be asked about, but a rule on names applies to it.
    private boolean hasValue(String value) {
        return !value.isBlank() || rule instanceof ValueRule.NotEmpty || rule instanceof ValueRule.OneOf;
    }

    private String shown(String value) {
        return key.sensitive() ? "[hidden]" : value.length() <= 100 ? value : value.substring(0, 100) + "…";
    }

    private String wantedType() {
        return switch (key.type()) {
            case INT -> "must be a whole number of at most 32 bits";
            case SHORT -> "must be a whole number of at most 16 bits";
            case LONG -> "must be a whole number";
            case DOUBLE -> "must be a number";
            case BOOLEAN -> "must be true or false";
            case STRING, LIST, CLASS, PASSWORD -> "must be text";
        };
    }
}
