package io.chronik.cli.cluster;

import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.output.Table;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `chronik cluster status`.
@Command(
        name = "status",
        description = "Show the nodes, the metadata quorum, and how the partitions are.",
        footer = {"", "Examples:", "  chronik cluster status", "  chronik cluster status -b node1:9092 -o json"})
final class ClusterStatus extends ClientCommand {
    /// How many partitions a line of text names; JSON has all of them.
    private static final int NAMED = 20;

    /// The whole answer; `controller` is null while none is elected.
    private record Status(
            String clusterId,
            @Nullable Integer controller,
            List<Member> nodes,
            Optional<Quorum> quorum,
            PartitionHealth partitions) {}

    /// One node. `quorum` is its role there; a fenced node is registered but does not serve.
    private record Member(
            int id, String host, int port, @Nullable String rack, String state, String quorum, boolean controller) {}

    @Override
    protected int run(Admin admin) {
        Status status = status(admin);
        output.show(status, out -> print(status, out));
        return 0;
    }

    private static Status status(Admin admin) {
        Members members = Members.of(admin);
        Optional<Quorum> quorum = Quorum.of(admin);
        Integer controller = members.controller();
        List<Member> nodes = members.nodes().stream()
                .map(node -> new Member(
                        node.id(),
                        node.host(),
                        node.port(),
                        node.rack(),
                        node.isFenced() ? "fenced" : "active",
                        quorum.map(q -> q.roleOf(node.id())).orElse("-"),
                        controller != null && controller == node.id()))
                .toList();
        return new Status(members.clusterId(), controller, nodes, quorum, PartitionHealth.of(admin));
    }

    private static void print(Status status, PrintWriter out) {
        PartitionHealth health = status.partitions;
        out.println("CLUSTER             " + status.clusterId);
        out.println("CONTROLLER          " + (status.controller == null ? "none" : status.controller));
        out.println("TOPICS              " + health.topics());
        out.println("PARTITIONS          " + health.partitions());
        out.println("OFFLINE             " + counted(health.leaderless()));
        out.println("UNDER-MIN-ISR       " + counted(health.underMinInSync()));
        out.println("UNDER-REPLICATED    " + counted(health.underReplicated()));
        out.println();
        Table table = new Table("ID", "HOST", "PORT", "RACK", "STATE", "QUORUM");
        status.nodes.forEach(node -> table.row(node.id, node.host, node.port, node.rack, node.state, node.quorum));
        table.print(out);
        status.quorum.ifPresent(quorum -> printQuorum(quorum, out));
    }

    /// The leader remembers for a while who asked it, so a node's earlier disk may be there as an observer.
    static void printQuorum(Quorum quorum, PrintWriter out) {
        out.println();
        out.println("QUORUM  leader " + (quorum.leader() < 0 ? "none" : quorum.leader()) + ", epoch " + quorum.epoch()
                + ", committed to " + quorum.highWatermark());
        Table table = new Table("ID", "ROLE", "LOG-END", "LAG", "DIRECTORY");
        quorum.voters().forEach(voter -> row(table, quorum.roleOf(voter.id()), voter));
        quorum.observers().forEach(observer -> row(table, "observer", observer));
        table.print(out);
    }

    private static void row(Table table, String role, Quorum.Replica replica) {
        table.row(replica.id(), role, replica.logEndOffset(), replica.lag(), replica.directoryId());
    }

    static String counted(List<String> partitions) {
        if (partitions.isEmpty()) {
            return "0";
        }
        List<String> named = partitions.subList(0, Math.min(NAMED, partitions.size()));
        String rest = partitions.size() > NAMED ? " and " + (partitions.size() - NAMED) + " more" : "";
        return partitions.size() + "  " + String.join(", ", named) + rest;
    }
}
