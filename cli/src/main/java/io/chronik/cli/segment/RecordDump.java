package io.chronik.cli.segment;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/// One record of a dump. Keys and values that are no UTF-8 text are base64, marked as such.
final class RecordDump {
    private RecordDump() {}

    static String text(Record record, RecordBatch batch) {
        StringBuilder line = new StringBuilder();
        line.append("offset ").append(record.offset());
        line.append("  timestamp ").append(record.timestamp());
        if (batch.isControlBatch()) {
            return line.append("  control ").append(controlType(record)).toString();
        }
        line.append("  key ").append(shown(record.hasKey() ? record.key() : null));
        line.append("  value ").append(shown(record.hasValue() ? record.value() : null));
        for (Header header : record.headers()) {
            ByteBuffer value = header.value() == null ? null : ByteBuffer.wrap(header.value());
            line.append("  header ").append(header.key()).append('=').append(shown(value));
        }
        return line.toString();
    }

    static Map<String, Object> json(Record record, RecordBatch batch) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", "record");
        fields.put("offset", record.offset());
        fields.put("timestamp", record.timestamp());
        if (batch.isControlBatch()) {
            fields.put("control", controlType(record));
        }
        put(fields, "key", record.hasKey() ? record.key() : null);
        put(fields, "value", record.hasValue() ? record.value() : null);
        List<Map<String, Object>> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("key", header.key());
            put(one, "value", header.value() == null ? null : ByteBuffer.wrap(header.value()));
            headers.add(one);
        }
        fields.put("headers", headers);
        return fields;
    }

    private static String controlType(Record record) {
        return ControlRecordType.parse(record.key()).name();
    }

    private static String shown(@Nullable ByteBuffer bytes) {
        if (bytes == null) {
            return "null";
        }
        String text = textOf(bytes);
        return text == null ? "base64:" + base64(bytes) : "\"" + escaped(text) + "\"";
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
    }

    private static void put(Map<String, Object> fields, String name, @Nullable ByteBuffer bytes) {
        if (bytes == null) {
            return;
        }
        String text = textOf(bytes);
        fields.put(name, text == null ? base64(bytes) : text);
        if (text == null) {
            fields.put(name + "Encoding", "base64");
        }
    }

    /// Null when the bytes are no text: not UTF-8, or with control characters that would confuse a terminal.
    private static @Nullable String textOf(ByteBuffer bytes) {
        try {
            String text = UTF_8.newDecoder().decode(bytes.duplicate()).toString();
            return text.chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t') ? null : text;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static String base64(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return Base64.getEncoder().encodeToString(copy);
    }
}
