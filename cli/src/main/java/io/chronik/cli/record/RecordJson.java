package io.chronik.cli.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronik.cli.output.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// A record as one line of JSON. Keys, values and header values are strings when they are UTF-8; otherwise they are
/// base64 and a field `keyEncoding` or `valueEncoding` beside them says `base64`. Nothing is lost either way.
final class RecordJson {
    private RecordJson() {}

    static String line(ConsumerRecord<byte[], byte[]> record) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("topic", record.topic());
        fields.put("partition", record.partition());
        fields.put("offset", record.offset());
        fields.put("timestamp", record.timestamp());
        fields.put("timestampType", record.timestampType().toString());
        put(fields, "key", record.key());
        put(fields, "value", record.value());
        List<Map<String, @Nullable Object>> headers = new ArrayList<>();
        record.headers().forEach(header -> {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("key", header.key());
            put(one, "value", header.value());
            headers.add(one);
        });
        fields.put("headers", headers);
        record.leaderEpoch().ifPresent(epoch -> fields.put("leaderEpoch", epoch));
        return Json.line(fields);
    }

    private static void put(Map<String, @Nullable Object> fields, String name, byte @Nullable [] bytes) {
        if (bytes == null) {
            fields.put(name, null);
            return;
        }
        try {
            fields.put(name, UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            fields.put(name, Base64.getEncoder().encodeToString(bytes));
            fields.put(name + "Encoding", "base64");
        }
    }
}
