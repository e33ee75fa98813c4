package io.chronik.cli.group;

import io.chronik.cli.client.Answers;
import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.output.Failure;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.ApiException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `chronik group describe`.
@Command(
        name = "describe",
        description = "Show groups: state, members, committed offsets and lag.",
        footer = {"", "Examples:", "  chronik group describe billing", "  chronik group describe billing -o json"})
final class GroupDescribe extends ClientCommand {
    @Parameters(paramLabel = "GROUP", arity = "1..*", description = "Names of the groups.")
    private List<String> names = List.of();

    @Override
    protected int run(Admin admin) {
        var answers = admin.describeConsumerGroups(names).describedGroups();
        List<GroupDetails> found = new ArrayList<>();
        boolean failed = false;
        for (String name : names.stream().distinct().toList()) {
            try {
                found.add(GroupDetails.of(admin, Answers.await(Answers.about(name, answers))));
            } catch (Failure e) {
                if (!(e.getCause() instanceof ApiException)) {
                    throw e;
                }
                output.err().println("chronik: group " + name + ": " + e.getMessage());
                failed = true;
            }
        }
        output.show(found, out -> found.forEach(group -> group.print(out)));
        return failed ? 1 : 0;
    }
}
