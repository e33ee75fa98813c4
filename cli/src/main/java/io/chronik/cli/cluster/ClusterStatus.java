package io.chronik.cli.cluster;

import io.chronik.cli.client.Answers;
import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.output.Table;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.Node;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `chronik cluster status`.
@Command(
        name = "status",
        description = "Show the nodes, the controller, and how the partitions are.",
        footer = {"", "Examples:", "  chronik cluster status", "  chronik cluster status -b node1:9092 -o json"})
final class ClusterStatus extends ClientCommand {
    /// The whole answer; `controller` is null while none is elected.
    private record Status(
            String clusterId, @Nullable Integer controller, List<Member> nodes, PartitionHealth partitions) {}

    /// One node.
    private record Member(
            int id, String host, int port, @Nullable String rack, boolean controller) {}

    @Override
    protected int run(Admin admin) {
        Status status = status(admin);
        output.show(status, out -> print(status, out));
        return 0;
    }

    private static Status status(Admin admin) {
        DescribeClusterResult answer = admin.describeCluster();
        Node elected = Answers.await(answer.controller());
        Integer controller = elected == null || elected.isEmpty() ? null : Integer.valueOf(elected.id());
        List<Member> nodes = Answers.await(answer.nodes()).stream()
                .sorted(Comparator.comparingInt(Node::id))
                .map(node -> new Member(
                        node.id(),
                        node.host(),
                        node.port(),
                        node.rack(),
                        controller != null && controller == node.id()))
                .toList();
        return new Status(Answers.await(answer.clusterId()), controller, nodes, PartitionHealth.of(admin));
    }

    private static void print(Status status, PrintWriter out) {
        PartitionHealth health = status.partitions;
        out.println("CLUSTER             " + status.clusterId);
        out.println("CONTROLLER          " + (status.controller == null ? "none" : status.controller));
        out.println("TOPICS              " + health.topics());
        out.println("PARTITIONS          " + health.partitions());
        out.println("LEADERLESS          " + counted(health.leaderless()));
        out.println("UNDER-REPLICATED    " + counted(health.underReplicated()));
        out.println();
        Table table = new Table("ID", "HOST", "PORT", "RACK", "CONTROLLER");
        status.nodes.forEach(
                node -> table.row(node.id, node.host, node.port, node.rack, node.controller ? "yes" : "no"));
        table.print(out);
    }

    private static String counted(List<String> partitions) {
        return partitions.isEmpty() ? "0" : partitions.size() + "  " + partitions;
    }
}
