package io.chronik.cli.group;

import io.chronik.cli.client.Answers;
import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.output.Failure;
import io.chronik.cli.output.Table;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `chronik group list`.
@Command(
        name = "list",
        aliases = "ls",
        description = "List groups, all or those whose whole name matches a regular expression.",
        footer = {"", "Examples:", "  chronik group list", "  chronik group list 'billing.*' -o json"})
final class GroupList extends ClientCommand {
    /// One line of the list.
    private record Row(String group, String type, String protocol, String state) {
        static Row of(GroupListing group) {
            return new Row(
                    group.groupId(),
                    group.type().map(Object::toString).orElse(""),
                    group.protocol(),
                    group.groupState().map(Object::toString).orElse(""));
        }
    }

    @Parameters(paramLabel = "REGEX", arity = "0..1", defaultValue = ".*", description = "A name or expression.")
    private String expression = ".*";

    @Override
    protected int run(Admin admin) {
        Pattern pattern = pattern();
        List<Row> rows = Answers.await(admin.listGroups().all()).stream()
                .map(Row::of)
                .filter(row -> pattern.matcher(row.group).matches())
                .sorted(Comparator.comparing(Row::group))
                .toList();
        Table table = new Table("GROUP", "TYPE", "PROTOCOL", "STATE");
        rows.forEach(row -> table.row(row.group, row.type, row.protocol, row.state));
        output.show(rows, table::print);
        return 0;
    }

    private Pattern pattern() {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new Failure("not a regular expression: " + e.getPattern() + ": " + e.getDescription(), e);
        }
    }
}
