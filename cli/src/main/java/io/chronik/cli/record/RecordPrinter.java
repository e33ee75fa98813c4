package io.chronik.cli.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Writes records to standard output. Bytes of keys and values are not changed on the way.
final class RecordPrinter {
    /// The bytes to print for a record.
    interface Rendering {
        byte[] print(ConsumerRecord<byte[], byte[]> record);
    }

    private static final byte[] NOTHING = new byte[0];

    static final Rendering JSON = record -> (RecordJson.line(record) + "\n").getBytes(UTF_8);
    static final Rendering VALUE = record -> {
        byte[] value = record.value() == null ? NOTHING : record.value();
        byte[] line = java.util.Arrays.copyOf(value, value.length + 1);
        line[value.length] = '\n';
        return line;
    };

    private final Rendering rendering;
    private final OutputStream out;

    RecordPrinter(Rendering rendering, OutputStream out) {
        this.rendering = rendering;
        this.out = out;
    }

    void print(ConsumerRecord<byte[], byte[]> record) throws IOException {
        out.write(rendering.print(record));
    }

    void flush() throws IOException {
        out.flush();
    }
}
