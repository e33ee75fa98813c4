package io.chronik.cli.topic;

import io.chronik.cli.client.Answers;
import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.client.ItemResults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `chronik topic alter`.
@Command(
        name = "alter",
        description = "Change settings of topics, or add partitions.",
        footer = {
            "",
            "Examples:",
            "  chronik topic alter orders -c retention.ms=86400000",
            "  chronik topic alter orders --delete-config retention.ms",
            "  chronik topic alter orders -p 12 --dry-run",
        })
final class TopicAlter extends ClientCommand {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "Names, or with --regex expressions.")
    private List<String> names = List.of();

    @Option(names = "--regex", description = "The names are regular expressions for whole names.")
    private boolean regex;

    @Option(
            names = {"-c", "--config", "--set"},
            paramLabel = "KEY=VALUE",
            description = "Set a topic setting; can be repeated.")
    private Map<String, String> configs = new LinkedHashMap<>();

    @Option(
            names = {"-d", "--delete-config", "--delete"},
            paramLabel = "KEY",
            description = "Return a setting to its default; can be repeated.")
    private List<String> deletedConfigs = List.of();

    @Option(
            names = {"-p", "--partitions"},
            paramLabel = "COUNT",
            description = "Grow to this many partitions. Keys then map to other partitions.")
    private @Nullable Integer partitions;

    @Option(names = "--dry-run", description = "Ask the cluster whether it would do it, and change nothing.")
    private boolean dryRun;

    @Override
    protected void checkUsage() {
        if (configs.isEmpty() && deletedConfigs.isEmpty() && partitions == null) {
            throw new ParameterException(
                    spec.commandLine(), "nothing to change: give -c KEY=VALUE, --delete-config KEY or -p COUNT");
        }
    }

    @Override
    protected int run(Admin admin) {
        List<String> topics = TopicSelection.names(admin, names, regex, false);
        ItemResults results = new ItemResults("topic");
        List<String> altered = alterConfigs(admin, topics, results);
        if (partitions != null) {
            addPartitions(admin, altered, partitions, results);
        }
        return results.show(output);
    }

    /// Gives the topics that can go on: all of them when there is no setting to change.
    private List<String> alterConfigs(Admin admin, List<String> topics, ItemResults results) {
        List<AlterConfigOp> changes = changes();
        if (changes.isEmpty()) {
            return topics;
        }
        Map<ConfigResource, java.util.Collection<AlterConfigOp>> request = new LinkedHashMap<>();
        topics.forEach(topic -> request.put(resource(topic), changes));
        var answers = admin.incrementalAlterConfigs(request, new AlterConfigsOptions().validateOnly(dryRun))
                .values();
        List<String> altered = new ArrayList<>();
        for (String topic : topics) {
            if (partitions == null) {
                results.await(topic, Answers.about(resource(topic), answers), statusWhenOk());
            } else if (results.succeeds(topic, Answers.about(resource(topic), answers))) {
                altered.add(topic);
            }
        }
        return altered;
    }

    private void addPartitions(Admin admin, List<String> topics, int count, ItemResults results) {
        Map<String, NewPartitions> request = new LinkedHashMap<>();
        topics.forEach(topic -> request.put(topic, NewPartitions.increaseTo(count)));
        var answers = admin.createPartitions(request, new CreatePartitionsOptions().validateOnly(dryRun))
                .values();
        results.awaitAll(topics, answers, statusWhenOk());
    }

    private List<AlterConfigOp> changes() {
        List<AlterConfigOp> changes = new ArrayList<>();
        configs.forEach(
                (key, value) -> changes.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
        deletedConfigs.forEach(
                key -> changes.add(new AlterConfigOp(new ConfigEntry(key, ""), AlterConfigOp.OpType.DELETE)));
        return changes;
    }

    private String statusWhenOk() {
        return dryRun ? "would be altered" : "ok";
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }
}
