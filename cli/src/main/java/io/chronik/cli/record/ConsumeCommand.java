package io.chronik.cli.record;

import io.chronik.cli.client.Answers;
import io.chronik.cli.client.Connection;
import io.chronik.cli.client.Offsets;
import io.chronik.cli.client.StartPoint;
import io.chronik.cli.client.StartPointConverter;
import io.chronik.cli.output.Failure;
import io.chronik.cli.output.HelpOption;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `chronik consume`. Partitions are read alone, from where `--from` says and without commits, or with `-g` as a member
/// of a group, which commits what was printed.
@Command(
        name = "consume",
        description =
                "Consume records of a topic and print each as a line of JSON, its value (-o text) or a format (-f).",
        footer = {
            "",
            "Examples:",
            "  chronik consume orders                       all records, then what comes",
            "  chronik consume orders --from -10 -e         the last ten of each partition, then exit",
            "  chronik consume orders --from @-1h -n 5      five records from the last hour",
            "  chronik consume orders --from @2026-11-23T10:00:00Z -p 0,2",
            "  chronik consume orders -g billing -o text    as a member of a group, values only",
            "  chronik consume orders -e -f '%%t [%%p] %%o %%k: %%s\\n'",
        })
public final class ConsumeCommand implements Callable<Integer> {
    /// What a consumer sees of transactions, in Kafka's words.
    enum Isolation {
        read_uncommitted,
        read_committed
    }

    /// The ways to print a record.
    enum Format {
        json,
        text
    }

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final Connection connection = new Connection();

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private final HelpOption help = new HelpOption();

    @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "The topics.")
    private List<String> topics = List.of();

    @Option(
            names = {"--from"},
            paramLabel = StartPoint.SYNTAX,
            defaultValue = "start",
            converter = StartPointConverter.class,
            description = {
                "Where to start (default: ${DEFAULT-VALUE}). -N: N records before the end of each partition."
                        + " @timestamp: milliseconds since 1970, 2026-11-23, 2026-11-23T10:00:00Z or @-90m."
                        + " With -g only start and end, for partitions without a committed offset."
            })
    private StartPoint from = new StartPoint.Start();

    @Option(
            names = {"-n", "--num"},
            paramLabel = "COUNT",
            description = "Exit after this many records.")
    private long count = Long.MAX_VALUE;

    @Option(
            names = {"-e", "--exit-at-end"},
            description = "Exit at the ends that the partitions have when the command starts.")
    private boolean exitAtEnd;

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "Consume as a member of this group and commit what was printed.")
    private @Nullable String group;

    @Option(
            names = {"--group-protocol"},
            paramLabel = "classic|consumer",
            defaultValue = "classic",
            description = "Protocol of the group (default: ${DEFAULT-VALUE}; consumer is KIP-848).")
    private String groupProtocol = "classic";

    @Option(
            names = {"-p", "--partitions"},
            paramLabel = "N",
            split = ",",
            description = "Only these partitions.")
    private List<Integer> partitions = List.of();

    @Option(
            names = {"--isolation"},
            paramLabel = "read_uncommitted|read_committed",
            defaultValue = "read_uncommitted",
            description = "Whether to see records of open and aborted transactions (default: ${DEFAULT-VALUE}).")
    private Isolation isolation = Isolation.read_uncommitted;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "json|text",
            defaultValue = "json",
            description = "A line of JSON per record, or its value and a line end (default: ${DEFAULT-VALUE}).")
    private Format format = Format.json;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            description = "Print in kcat's format: %%t topic, %%p partition, %%o offset, %%T timestamp, %%k key,"
                    + " %%s value, %%S and %%K their sizes, %%h headers; \\n is a line end.")
    private @Nullable String template;

    @Option(names = "--debug", description = "Print stack traces of failures and the Kafka client's warnings.")
    @SuppressWarnings("unused") // ErrorLine looks for it in the arguments
    private boolean debug;

    @Override
    public Integer call() {
        checkOptions();
        if (count == 0) {
            return 0;
        }
        RecordPrinter printer =
                new RecordPrinter(rendering(), new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        Map<String, Object> properties = properties();
        try (Admin admin = Admin.create(properties)) {
            List<TopicPartition> selected = selectPartitions(admin);
            Offsets offsets =
                    new Offsets(admin, IsolationLevel.valueOf(isolation.name().toUpperCase(Locale.ROOT)));
            // The ends are read first: what is behind them when the command starts will be printed.
            EndWatch ends = exitAtEnd ? EndWatch.at(offsets.ends(selected)) : EndWatch.never();
            try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties)) {
                ConsumeLoop loop = new ConsumeLoop(consumer, printer, ends, count);
                if (group == null) {
                    loop.readFrom(offsets.of(from, selected));
                } else {
                    loop.readAsMember(topics);
                }
            }
        }
        return 0;
    }

    private void checkOptions() {
        if (group != null && !partitions.isEmpty()) {
            throw usage("-g and -p do not go together: the group assigns the partitions");
        }
        if (group != null && !(from instanceof StartPoint.Start || from instanceof StartPoint.End)) {
            throw usage("with -g, --from is start or end; move the group with `chronik group reset`");
        }
        if (count < 0) {
            throw usage("-n must not be negative");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private RecordPrinter.Rendering rendering() {
        if (template != null) {
            RecordFormat compiled = new RecordFormat(template);
            return compiled::print;
        }
        return format == Format.json ? RecordPrinter.JSON : RecordPrinter.VALUE;
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = connection.clientProperties();
        properties.put("key.deserializer", ByteArrayDeserializer.class.getName());
        properties.put("value.deserializer", ByteArrayDeserializer.class.getName());
        properties.put("allow.auto.create.topics", "false");
        properties.put("enable.auto.commit", "false");
        properties.put("isolation.level", isolation.name());
        if (group == null) {
            // Records that vanish below the position (retention, DeleteRecords) are a failure to tell, not to skip.
            properties.put("auto.offset.reset", "none");
        } else {
            properties.put("group.id", group);
            properties.put("group.protocol", groupProtocol);
            properties.put("auto.offset.reset", from instanceof StartPoint.End ? "latest" : "earliest");
        }
        return properties;
    }

    private List<TopicPartition> selectPartitions(Admin admin) {
        List<TopicPartition> selected = new java.util.ArrayList<>();
        var descriptions = Answers.await(admin.describeTopics(topics).allTopicNames());
        for (String topic : new TreeSet<>(topics)) {
            int existing = Answers.about(topic, descriptions).partitions().size();
            for (int partition = 0; partition < existing; partition++) {
                if (partitions.isEmpty() || partitions.contains(partition)) {
                    selected.add(new TopicPartition(topic, partition));
                }
            }
            partitions.stream().filter(p -> p < 0 || p >= existing).findFirst().ifPresent(missing -> {
                throw new Failure("topic " + topic + " has no partition " + missing + "; it has " + existing);
            });
        }
        return selected;
    }
}
