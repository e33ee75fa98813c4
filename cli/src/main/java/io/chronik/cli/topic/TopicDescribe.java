package io.chronik.cli.topic;

import io.chronik.cli.client.Answers;
import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.output.Failure;
import io.chronik.cli.output.Json;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.ApiException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `chronik topic describe`.
@Command(
        name = "describe",
        description = "Show topics: a summary, the settings with their sources, and the partitions with their offsets.",
        footer = {
            "",
            "Examples:",
            "  chronik topic describe orders",
            "  chronik topic describe orders --partitions-only",
            "  chronik topic describe --regex 'orders.*' -o json",
        })
final class TopicDescribe extends ClientCommand {
    /// The parts of the text to print.
    record Sections(boolean summary, boolean configs, boolean partitions) {}

    @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "Names, or with --regex expressions.")
    private List<String> names = List.of();

    @Option(
            names = {"-r", "--regex"},
            description = "The names are regular expressions for whole names.")
    private boolean regex;

    @Option(
            names = {"-s", "--summary-only"},
            description = "Print the summary (together with other *-only options: those parts).")
    private boolean summaryOnly;

    @Option(
            names = {"-c", "--configs-only"},
            description = "Print the settings.")
    private boolean configsOnly;

    @Option(
            names = {"-p", "--partitions-only"},
            description = "Print the partitions.")
    private boolean partitionsOnly;

    @Override
    protected int run(Admin admin) {
        List<String> topics = TopicSelection.names(admin, names, regex, false);
        var answers = admin.describeTopics(topics).topicNameValues();
        List<TopicDetails> found = new ArrayList<>();
        boolean failed = false;
        for (String topic : topics) {
            try {
                TopicDescription description = Answers.await(Answers.about(topic, answers));
                found.add(TopicDetails.of(admin, description));
            } catch (Failure e) {
                if (!(e.getCause() instanceof ApiException)) {
                    throw e;
                }
                output.err().println("chronik: topic " + topic + ": " + e.getMessage());
                failed = true;
            }
        }
        print(found);
        return failed ? 1 : 0;
    }

    private void print(List<TopicDetails> found) {
        if (output.isJson()) {
            output.out().println(Json.line(found));
        } else {
            found.forEach(topic -> topic.print(output.out(), sections()));
        }
        output.out().flush();
    }

    private Sections sections() {
        return summaryOnly || configsOnly || partitionsOnly
                ? new Sections(summaryOnly, configsOnly, partitionsOnly)
                : new Sections(true, true, true);
    }
}
