package io.chronik.cli.topic;

import io.chronik.cli.client.Answers;
import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.output.Table;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TopicListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `chronik topic list`.
@Command(
        name = "list",
        aliases = "ls",
        description = "List topics, all or those whose whole name matches a regular expression.",
        footer = {
            "",
            "Examples:",
            "  chronik topic list",
            "  chronik topic list 'orders.*' -o json",
        })
final class TopicList extends ClientCommand {
    /// One line of the list. `replicas` is the replication factor of partition 0.
    private record Row(String name, String id, int partitions, int replicas, boolean internal) {
        static Row of(TopicDescription topic) {
            int replicas = topic.partitions().isEmpty()
                    ? 0
                    : topic.partitions().getFirst().replicas().size();
            return new Row(
                    topic.name(), topic.topicId().toString(), topic.partitions().size(), replicas, topic.isInternal());
        }
    }

    @Parameters(paramLabel = "REGEX", arity = "0..*", description = "Names or regular expressions to match.")
    private List<String> expressions = List.of();

    @Option(
            names = {"-i", "--internal"},
            description = "Include internal topics.")
    private boolean internal;

    @Override
    protected int run(Admin admin) {
        List<Pattern> patterns = TopicSelection.patterns(expressions);
        List<String> names = TopicSelection.listings(admin, internal).stream()
                .map(TopicListing::name)
                .filter(name -> TopicSelection.matches(patterns, name))
                .toList();
        List<Row> rows = Answers.await(admin.describeTopics(names).allTopicNames()).values().stream()
                .map(Row::of)
                .sorted(Comparator.comparing(Row::name))
                .toList();
        Table table = new Table("NAME", "PARTITIONS", "REPLICAS");
        rows.forEach(row -> table.row(row.name, row.partitions, row.replicas));
        output.show(rows, table::print);
        return 0;
    }
}
