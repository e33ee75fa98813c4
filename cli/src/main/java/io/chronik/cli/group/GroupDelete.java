package io.chronik.cli.group;

import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.client.ItemResults;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `chronik group delete`.
@Command(
        name = "delete",
        aliases = "rm",
        description = "Delete groups without members, with their committed offsets.",
        footer = {"", "Examples:", "  chronik group delete billing", "  chronik group delete a b --dry-run"})
final class GroupDelete extends ClientCommand {
    @Parameters(paramLabel = "GROUP", arity = "1..*", description = "Names of the groups.")
    private List<String> names = List.of();

    @Option(names = "--dry-run", description = "Show which groups would be deleted, and change nothing.")
    private boolean dryRun;

    @Override
    protected int run(Admin admin) {
        List<String> groups = names.stream().distinct().toList();
        ItemResults results = new ItemResults("group");
        if (dryRun) {
            results.awaitAll(groups, admin.describeConsumerGroups(groups).describedGroups(), "would be deleted");
        } else {
            results.awaitAll(groups, admin.deleteConsumerGroups(groups).deletedGroups(), "ok");
        }
        return results.show(output);
    }
}
