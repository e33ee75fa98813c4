package io.chronik.cli.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronik.cli.output.Failure;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// A template for printing records, in kcat's language: `%t` topic, `%p` partition, `%o` offset, `%T` timestamp,
/// `%k` key, `%s` value, `%S` size of the value, `%K` size of the key (-1 for null), `%h` headers, `%%`; `\n`, `\t`,
/// `\r`, `\0` and `\\`. Keys and values print their bytes as they are.
final class RecordFormat {
    private interface Part {
        void print(ConsumerRecord<byte[], byte[]> record, ByteArrayOutputStream to);
    }

    private final List<Part> parts = new ArrayList<>();

    RecordFormat(String template) {
        StringBuilder literal = new StringBuilder();
        for (int i = 0; i < template.length(); i++) {
            char c = template.charAt(i);
            boolean special = (c == '%' || c == '\\') && i + 1 < template.length();
            if (!special) {
                literal.append(c);
            } else if (c == '\\') {
                literal.append(escaped(template.charAt(++i)));
            } else if (template.charAt(i + 1) == '%') {
                literal.append(template.charAt(++i));
            } else {
                addLiteral(literal);
                parts.add(part(template.charAt(++i)));
            }
        }
        addLiteral(literal);
    }

    byte[] print(ConsumerRecord<byte[], byte[]> record) {
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        parts.forEach(part -> part.print(record, to));
        return to.toByteArray();
    }

    private void addLiteral(StringBuilder literal) {
        byte[] bytes = literal.toString().getBytes(UTF_8);
        literal.setLength(0);
        parts.add((record, to) -> to.writeBytes(bytes));
    }

    private static char escaped(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '0' -> '\0';
            default -> c;
        };
    }

    private static Part part(char letter) {
        return switch (letter) {
            case 't' -> (record, to) -> text(record.topic(), to);
            case 'p' -> (record, to) -> text(Integer.toString(record.partition()), to);
            case 'o' -> (record, to) -> text(Long.toString(record.offset()), to);
            case 'T' -> (record, to) -> text(Long.toString(record.timestamp()), to);
            case 'k' -> (record, to) -> bytes(record.key(), to);
            case 's', 'v' -> (record, to) -> bytes(record.value(), to);
            case 'K' -> (record, to) -> text(size(record.key()), to);
            case 'S' -> (record, to) -> text(size(record.value()), to);
            case 'h' -> RecordFormat::headers;
            default -> throw new Failure("-f: unknown %" + letter + "; there are %t %p %o %T %k %s %K %S %h and %%");
        };
    }

    private static void headers(ConsumerRecord<byte[], byte[]> record, ByteArrayOutputStream to) {
        String separator = "";
        for (var header : record.headers()) {
            text(separator + header.key() + "=", to);
            bytes(header.value(), to);
            separator = ",";
        }
    }

    private static void text(String text, ByteArrayOutputStream to) {
        to.writeBytes(text.getBytes(UTF_8));
    }

    private static void bytes(byte @Nullable [] bytes, ByteArrayOutputStream to) {
        if (bytes != null) {
            to.writeBytes(bytes);
        }
    }

    private static String size(byte @Nullable [] bytes) {
        return Integer.toString(bytes == null ? -1 : bytes.length);
    }
}
