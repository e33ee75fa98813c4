package io.chronik.metadata;

import java.util.List;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import org.apache.kafka.common.Uuid;
import tools.jackson.core.JsonGenerator;

/// Writes the named fields of one JSON object. The counterpart of [FieldReader].
final class FieldWriter {
    private final JsonGenerator json;

    FieldWriter(JsonGenerator json) {
        this.json = json;
    }

    void string(String name, String value) {
        json.writeStringProperty(name, value);
    }

    void number(String name, long value) {
        json.writeNumberProperty(name, value);
    }

    void flag(String name, boolean value) {
        json.writeBooleanProperty(name, value);
    }

    void uuid(String name, Uuid value) {
        json.writeStringProperty(name, value.toString());
    }

    void numbers(String name, List<Integer> values) {
        json.writeName(name);
        json.writeStartArray();
        for (int value : values) json.writeNumber(value);
        json.writeEndArray();
    }

    void strings(String name, List<String> values) {
        json.writeName(name);
        json.writeStartArray();
        for (String value : values) json.writeString(value);
        json.writeEndArray();
    }

    void map(String name, SortedMap<String, String> values) {
        json.writeName(name);
        json.writeStartObject();
        values.forEach(json::writeStringProperty);
        json.writeEndObject();
    }

    <E> void objects(String name, List<E> values, BiConsumer<FieldWriter, E> fields) {
        json.writeName(name);
        json.writeStartArray();
        for (E value : values) {
            json.writeStartObject();
            fields.accept(this, value);
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
