package io.chronik.cli.output;

import java.io.StringWriter;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// JSON text of records, maps, collections, numbers, booleans and anything else by `toString`. An empty `Optional`
/// leaves its field out; a null is written. Jackson's generator without its data binding: that would cost a quarter of
/// the start-up time of a command.
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /// One line, without a line end.
    public static String line(@Nullable Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            write(json, value);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, @Nullable Object value) {
        switch (value) {
            case null -> json.writeNull();
            case Optional<?> optional -> write(json, optional.orElse(null));
            case Boolean flag -> json.writeBoolean(flag);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Short number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case Map<?, ?> map -> {
                json.writeStartObject();
                map.forEach((name, field) -> field(json, String.valueOf(name), field));
                json.writeEndObject();
            }
            case Collection<?> items -> {
                json.writeStartArray();
                items.forEach(item -> write(json, item));
                json.writeEndArray();
            }
            case Record data -> {
                json.writeStartObject();
                for (RecordComponent component : data.getClass().getRecordComponents()) {
                    field(json, component.getName(), component(data, component));
                }
                json.writeEndObject();
            }
            default -> json.writeString(value.toString());
        }
    }

    private static void field(JsonGenerator json, String name, @Nullable Object value) {
        if (value instanceof Optional<?> optional && optional.isEmpty()) {
            return;
        }
        json.writeName(name);
        write(json, value);
    }

    private static @Nullable Object component(Record data, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(data);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
