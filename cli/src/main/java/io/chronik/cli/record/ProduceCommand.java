package io.chronik.cli.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronik.cli.client.Connection;
import io.chronik.cli.output.Failure;
import io.chronik.cli.output.HelpOption;
import io.chronik.cli.output.Output;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `chronik produce`.
@Command(
        name = "produce",
        description = "Produce each line of standard input as a record.",
        footer = {
            "",
            "Examples:",
            "  echo hello | chronik produce greetings",
            "  printf 'k1:v1\\nk2:v2\\n' | chronik produce greetings -K :",
            "  chronik produce logs -H host=web1 -z zstd -q < access.log",
            "",
            "Exit code 1 when any record was not acknowledged.",
        })
public final class ProduceCommand implements Callable<Integer> {
    /// The compressions of Kafka; their names are what people type.
    enum Compression {
        none,
        gzip,
        snappy,
        lz4,
        zstd
    }

    private static final int MAX_REQUEST_BYTES = 64 * 1024 * 1024;

    @Mixin
    private final Connection connection = new Connection();

    @Mixin
    private final Output output = new Output();

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private final HelpOption help = new HelpOption();

    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    private String topic = "";

    @Option(
            names = {"-K", "--key-delimiter"},
            paramLabel = "DELIMITER",
            description = "Each line is KEY DELIMITER VALUE. \\t means a tab.")
    private String keyDelimiter = "";

    @Option(
            names = {"-k", "--key"},
            paramLabel = "KEY",
            description = "The key of every record.")
    private @Nullable String key;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME=VALUE",
            description = "A header of every record; can be repeated, also with the same name.")
    private List<String> headers = List.of();

    @Option(
            names = {"-p", "--partition"},
            description = "Send everything to this partition (default: by key).")
    private @Nullable Integer partition;

    @Option(
            names = {"--acks", "-a"},
            paramLabel = "all|1|0",
            defaultValue = "all",
            description = "Who has it on disk before it counts (default: ${DEFAULT-VALUE}).")
    private String acks = "all";

    @Option(
            names = {"-z", "--compression"},
            paramLabel = "none|gzip|snappy|lz4|zstd",
            defaultValue = "none",
            description = "Compression of the batches (default: ${DEFAULT-VALUE}).")
    private Compression compression = Compression.none;

    @Option(
            names = {"-Z", "--tombstone"},
            description = "An empty value is a null value, which deletes the key in a compacted topic.")
    private boolean tombstone;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Read the lines of this file instead of standard input.")
    private @Nullable Path file;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print one line at the end instead of one per record.")
    private boolean quiet;

    @Override
    public Integer call() {
        List<Header> parsedHeaders = parseHeaders(headers);
        ProduceReport report = new ProduceReport(output, quiet);
        RuntimeException stopped = null;
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(properties());
                InputStream in = open()) {
            stopped = sendAll(producer, new RecordReader(in, syntax()), parsedHeaders, report);
        } catch (IOException e) {
            throw new Failure("cannot read the input: " + e.getMessage(), e);
        }
        // The producer is closed: every record has its answer.
        summarize(report);
        if (stopped != null) {
            throw stopped;
        }
        if (report.failed() > 0) {
            throw new Failure(report.failed() + " of " + (report.failed() + report.acknowledged()) + " records failed: "
                    + report.firstFailure());
        }
        return 0;
    }

    /// Sends until the input ends. What stops it earlier (a malformed line) is given back, so that the records before
    /// it still get their answers.
    private @Nullable RuntimeException sendAll(
            Producer<byte[], byte[]> producer, RecordReader reader, List<Header> headers, ProduceReport report)
            throws IOException {
        try {
            for (Optional<RecordReader.Line> line = reader.next(); line.isPresent(); line = reader.next()) {
                RecordReader.Line record = line.get();
                report.onSent();
                send(producer, new ProducerRecord<>(topic, partition, record.key(), record.value(), headers), report);
                if (report.failed() > 0) {
                    return null;
                }
            }
            return null;
        } catch (Failure malformed) {
            return malformed;
        }
    }

    private static void send(
            Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record, ProduceReport report) {
        try {
            var _ = producer.send(record, report::onAnswer);
        } catch (RuntimeException e) {
            report.onFailure(e);
        }
    }

    private void summarize(ProduceReport report) {
        if (quiet) {
            output.show(
                    Map.of("topic", topic, "produced", report.acknowledged()),
                    out -> out.println("Produced " + report.acknowledged() + " records to " + topic));
        }
        output.out().flush();
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = connection.clientProperties();
        properties.putIfAbsent("acks", acks);
        properties.putIfAbsent("compression.type", compression.name());
        properties.putIfAbsent("max.request.size", MAX_REQUEST_BYTES);
        properties.putIfAbsent("buffer.memory", 2L * MAX_REQUEST_BYTES);
        properties.putIfAbsent("max.block.ms", connection.timeoutMs());
        properties.putIfAbsent("delivery.timeout.ms", 2 * connection.timeoutMs());
        properties.put("key.serializer", ByteArraySerializer.class.getName());
        properties.put("value.serializer", ByteArraySerializer.class.getName());
        return properties;
    }

    private RecordReader.Syntax syntax() {
        byte[] delimiter = keyDelimiter.replace("\\t", "\t").getBytes(UTF_8);
        return new RecordReader.Syntax(delimiter, key == null ? null : key.getBytes(UTF_8), tombstone);
    }

    private InputStream open() throws IOException {
        return file == null ? System.in : Files.newInputStream(file);
    }

    static List<Header> parseHeaders(List<String> texts) {
        List<Header> headers = new ArrayList<>();
        for (String text : texts) {
            int at = text.indexOf('=');
            if (at < 1) {
                throw new Failure("-H " + text + ": write NAME=VALUE");
            }
            headers.add(new RecordHeader(
                    text.substring(0, at), text.substring(at + 1).getBytes(UTF_8)));
        }
        return headers;
    }
}
