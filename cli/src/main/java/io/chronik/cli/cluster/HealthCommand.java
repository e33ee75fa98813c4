package io.chronik.cli.cluster;

import io.chronik.cli.client.Answers;
import io.chronik.cli.client.ClientCommand;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.Node;
import picocli.CommandLine.Command;

/// `chronik health`.
@Command(
        name = "health",
        description = "Check that the cluster answers, has a controller, and every partition has a leader."
                + " Exit code 0 when it does, 1 otherwise.",
        footer = {
            "",
            "Examples:",
            "  chronik health",
            "  chronik health -b 10.0.0.5:9092 --timeout 2 || echo not well",
        })
public final class HealthCommand extends ClientCommand {
    /// The whole answer; `problems` is empty when healthy. Too few replicas in sync is reported, but the cluster
    /// serves.
    private record Health(
            boolean healthy, int nodes, int partitions, List<String> problems, List<String> underReplicated) {}

    @Override
    protected int run(Admin admin) {
        Health health = health(admin);
        output.show(health, out -> {
            out.println(health.healthy ? "healthy" : "unhealthy");
            out.println("NODES               " + health.nodes);
            out.println("PARTITIONS          " + health.partitions);
            out.println("UNDER-REPLICATED    " + health.underReplicated.size());
            health.problems.forEach(problem -> out.println("PROBLEM             " + problem));
        });
        return health.healthy ? 0 : 1;
    }

    private static Health health(Admin admin) {
        DescribeClusterResult cluster = admin.describeCluster();
        int nodes = Answers.await(cluster.nodes()).size();
        Node controller = Answers.await(cluster.controller());
        PartitionHealth partitions = PartitionHealth.of(admin);
        List<String> problems = new ArrayList<>();
        if (nodes == 0) {
            problems.add("no node is registered");
        }
        if (controller == null || controller.isEmpty()) {
            problems.add("no controller is elected");
        }
        partitions.leaderless().forEach(partition -> problems.add("partition " + partition + " has no leader"));
        return new Health(problems.isEmpty(), nodes, partitions.partitions(), problems, partitions.underReplicated());
    }
}
