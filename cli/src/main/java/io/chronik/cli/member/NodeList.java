package io.chronik.cli.member;

import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.cluster.Members;
import io.chronik.cli.cluster.Quorum;
import io.chronik.cli.cluster.Topics;
import io.chronik.cli.output.Table;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `chronik node list`.
@Command(
        name = "list",
        aliases = "ls",
        description = "Show each node: whether it serves, what it holds, and its part in the metadata quorum.",
        footer = {"", "Examples:", "  chronik node list", "  chronik node list -o json"})
final class NodeList extends ClientCommand {
    /// `state` is `active`, `draining` or `fenced`.
    private record Row(
            int id,
            String host,
            int port,
            @Nullable String rack,
            String state,
            int replicas,
            int inSync,
            int leaders,
            String quorum) {}

    @Override
    protected int run(Admin admin) {
        Members members = Members.of(admin);
        ReplicaCounts counts = ReplicaCounts.of(Topics.all(admin));
        Optional<Quorum> quorum = Quorum.of(admin);
        Set<Integer> draining = Draining.among(admin, ReplicaCounts.ids(members.active()));
        List<Row> rows = members.nodes().stream()
                .map(node -> new Row(
                        node.id(),
                        node.host(),
                        node.port(),
                        node.rack(),
                        node.isFenced() ? "fenced" : draining.contains(node.id()) ? "draining" : "active",
                        counts.replicasOf(node.id()),
                        counts.inSyncOf(node.id()),
                        counts.leadersOf(node.id()),
                        quorum.map(q -> q.roleOf(node.id())).orElse("-")))
                .toList();
        output.show(rows, out -> {
            Table table = new Table("ID", "HOST", "PORT", "RACK", "STATE", "REPLICAS", "IN-SYNC", "LEADERS", "QUORUM");
            rows.forEach(row -> table.row(
                    row.id,
                    row.host,
                    row.port,
                    row.rack,
                    row.state,
                    row.replicas,
                    row.inSync,
                    row.leaders,
                    row.quorum));
            table.print(out);
        });
        return 0;
    }
}
