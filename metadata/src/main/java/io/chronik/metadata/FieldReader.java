package io.chronik.metadata;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// The named fields of one JSON object, each taken at most once; what is left at the [end][#end] is malformed.
/// The counterpart of [FieldWriter].
final class FieldReader {
    private final Map<String, Object> fields;

    private FieldReader(Map<String, Object> fields) {
        this.fields = fields;
    }

    /// Reads exactly one object.
    static FieldReader of(JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) throw new MalformedCommand("a command is a JSON object");
        FieldReader read = new FieldReader(object(json));
        if (json.nextToken() != null) throw new MalformedCommand("something follows the command");
        return read;
    }

    /// Nothing is left: a field this version doesn't know would be lost silently.
    void end() {
        if (!fields.isEmpty()) throw new MalformedCommand("unknown fields " + fields.keySet());
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    String string(String name) {
        return take(name, String.class);
    }

    @Nullable
    String stringOrNull(String name) {
        return has(name) ? string(name) : null;
    }

    long number(String name) {
        return take(name, Long.class);
    }

    int int32(String name) {
        return toInt(number(name));
    }

    int int32(String name, int whenAbsent) {
        return has(name) ? int32(name) : whenAbsent;
    }

    boolean flag(String name) {
        return take(name, Boolean.class);
    }

    Uuid uuid(String name) {
        String text = string(name);
        try {
            return Uuid.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedCommand("field " + name + " is not an id: " + text, e);
        }
    }

    List<Integer> numbers(String name) {
        return elements(name, Long.class, FieldReader::toInt);
    }

    List<String> strings(String name) {
        return elements(name, String.class, Function.identity());
    }

    SortedMap<String, String> map(String name) {
        SortedMap<String, String> map = new TreeMap<>();
        Map<?, ?> entries = take(name, Map.class);
        entries.forEach((key, value) -> map.put(as(name, key, String.class), as(name, value, String.class)));
        return map;
    }

    @SuppressWarnings("unchecked") // every map in here was made by object()
    <E> List<E> objects(String name, Function<FieldReader, E> element) {
        return elements(name, Map.class, fieldsOfOne -> {
            FieldReader reader = new FieldReader((Map<String, Object>) fieldsOfOne);
            E read = element.apply(reader);
            reader.end();
            return read;
        });
    }

    private <V, E> List<E> elements(String name, Class<V> type, Function<V, E> element) {
        List<?> values = take(name, List.class);
        List<E> read = new ArrayList<>(values.size());
        for (Object value : values) read.add(element.apply(as(name, value, type)));
        return read;
    }

    private <V> V take(String name, Class<V> type) {
        Object value = fields.remove(name);
        if (value == null) throw new MalformedCommand("field " + name + " is missing");
        return as(name, value, type);
    }

    private static <V> V as(String name, Object value, Class<V> type) {
        if (!type.isInstance(value)) {
            throw new MalformedCommand(
                    "field " + name + " is a " + value.getClass().getSimpleName());
        }
        return type.cast(value);
    }

    private static int toInt(long value) {
        if (value != (int) value) throw new MalformedCommand("not a 32-bit number: " + value);
        return (int) value;
    }

    private static Map<String, Object> object(JsonParser json) {
        Map<String, Object> fields = LinkedHashMap.newLinkedHashMap(4);
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            if (fields.put(name, value(json, json.nextToken())) != null) {
                throw new MalformedCommand("field " + name + " is there twice");
            }
        }
        return fields;
    }

    private static Object value(JsonParser json, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> array(json);
            case VALUE_STRING -> json.getString();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw new MalformedCommand("unexpected " + token);
        };
    }

    private static List<Object> array(JsonParser json) {
        List<Object> values = new ArrayList<>();
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            values.add(value(json, token));
        }
        return values;
    }
}
