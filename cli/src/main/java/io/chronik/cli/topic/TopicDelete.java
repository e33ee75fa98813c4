package io.chronik.cli.topic;

import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.client.ItemResults;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `chronik topic delete`.
@Command(
        name = "delete",
        aliases = "rm",
        description = "Delete topics with all their records.",
        footer = {
            "",
            "Examples:",
            "  chronik topic delete orders payments",
            "  chronik topic delete --regex 'test-.*' --dry-run",
        })
final class TopicDelete extends ClientCommand {
    @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "Names, or with --regex expressions.")
    private List<String> names = List.of();

    @Option(
            names = {"-r", "--regex"},
            description = "The names are regular expressions for whole names.")
    private boolean regex;

    @Option(names = "--dry-run", description = "Show which topics would be deleted, and change nothing.")
    private boolean dryRun;

    @Override
    protected int run(Admin admin) {
        List<String> topics = TopicSelection.names(admin, names, regex, false);
        ItemResults results = new ItemResults("topic");
        if (dryRun) {
            results.awaitAll(topics, admin.describeTopics(topics).topicNameValues(), "would be deleted");
        } else {
            results.awaitAll(topics, admin.deleteTopics(topics).topicNameValues(), "ok");
        }
        return results.show(output);
    }
}
