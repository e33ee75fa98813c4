package io.chronik.cli.topic;

import io.chronik.cli.client.Answers;
import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.client.ItemResults;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `chronik topic create`.
@Command(
        name = "create",
        description = "Create topics.",
        footer = {
            "",
            "Examples:",
            "  chronik topic create orders",
            "  chronik topic create orders payments -p 6 -r 3 -c retention.ms=86400000",
            "  chronik topic create orders -p 6 --dry-run",
        })
final class TopicCreate extends ClientCommand {
    @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "Names of the topics.")
    private List<String> names = List.of();

    @Option(
            names = {"-p", "--partitions"},
            description = "Number of partitions (default: the cluster's num.partitions).")
    private @Nullable Integer partitions;

    @Option(
            names = {"-r", "--replicas", "--replication-factor"},
            description = "Number of replicas (default: the cluster's default.replication.factor).")
    private @Nullable Short replicas;

    @Option(
            names = {"-c", "--config", "--topic-config"},
            paramLabel = "KEY=VALUE",
            description = "A topic setting; can be repeated.")
    private Map<String, String> configs = new LinkedHashMap<>();

    @Option(
            names = {"--if-not-exists"},
            description = "A topic that exists already is not a failure.")
    private boolean ifNotExists;

    @Option(names = "--dry-run", description = "Ask the cluster whether it would do it, and change nothing.")
    private boolean dryRun;

    @Override
    protected int run(Admin admin) {
        List<NewTopic> topics = names.stream()
                .distinct()
                .map(name -> new NewTopic(name, Optional.ofNullable(partitions), Optional.ofNullable(replicas))
                        .configs(configs))
                .toList();
        var answers = admin.createTopics(topics, new CreateTopicsOptions().validateOnly(dryRun))
                .values();
        ItemResults results = new ItemResults("topic");
        for (NewTopic topic : topics) {
            results.await(topic.name(), Answers.about(topic.name(), answers), dryRun ? "would be created" : "ok");
        }
        if (ifNotExists) {
            results.forgive("TOPIC_ALREADY_EXISTS", "exists");
        }
        return results.show(output);
    }
}
