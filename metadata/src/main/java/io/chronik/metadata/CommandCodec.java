package io.chronik.metadata;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Commands as they stand in the metadata log and its snapshots: one compact JSON object each, on one line.
///
///     {"type":"DeleteTopic","version":1,"topicId":"…"}
///
/// `type` is the stable name of the command and `version` that of its fields. A reader that doesn't know one of them,
/// or any field, fails ([MalformedCommand]). Stateless, any thread.
public final class CommandCodec {
    private static final JsonFactory JSON = new JsonFactory();

    private CommandCodec() {}

    public static byte[] encode(Command command) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            CommandFormat.write(new FieldWriter(json), command);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /// As it is encoded, for people.
    public static String text(Command command) {
        return new String(encode(command), StandardCharsets.UTF_8);
    }

    public static Command decode(byte[] bytes) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
            FieldReader fields = FieldReader.of(json);
            Command command = CommandFormat.read(fields);
            fields.end();
            return command;
        } catch (JacksonException e) {
            throw new MalformedCommand("not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
