package io.chronik.cli.cluster;

import io.chronik.cli.client.ClientCommand;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import picocli.CommandLine.Command;

/// `chronik health`, which is `chronik cluster health` too.
@Command(
        name = "health",
        description = "Check that the cluster answers, has a controller, and every partition has a leader and enough"
                + " replicas in sync for acks=all. Exit code 0 when it does, 1 otherwise.",
        footer = {
            "",
            "Examples:",
            "  chronik health",
            "  chronik cluster health -o json",
            "  chronik health -b 10.0.0.5:9092 --timeout 2 || echo not well",
        })
public final class HealthCommand extends ClientCommand {
    /// The whole answer; `problems` is empty when healthy. Fenced nodes and replicas that are not in sync are reported,
    /// but the cluster serves.
    private record Health(
            boolean healthy,
            int nodes,
            List<Integer> fenced,
            int partitions,
            List<String> problems,
            List<String> offline,
            List<String> underMinInSync,
            List<String> underReplicated) {}

    @Override
    protected int run(Admin admin) {
        Health health = health(Members.of(admin), PartitionHealth.of(admin));
        output.show(health, out -> {
            out.println(health.healthy ? "healthy" : "unhealthy");
            out.println("NODES               " + health.nodes);
            out.println("FENCED              " + (health.fenced.isEmpty() ? "none" : health.fenced));
            out.println("PARTITIONS          " + health.partitions);
            out.println("OFFLINE             " + health.offline.size());
            out.println("UNDER-MIN-ISR       " + health.underMinInSync.size());
            out.println("UNDER-REPLICATED    " + health.underReplicated.size());
            health.problems.forEach(problem -> out.println("PROBLEM             " + problem));
        });
        return health.healthy ? 0 : 1;
    }

    private static Health health(Members members, PartitionHealth partitions) {
        List<String> problems = problems(members, partitions);
        return new Health(
                problems.isEmpty(),
                members.nodes().size(),
                members.nodes().stream().filter(Node::isFenced).map(Node::id).toList(),
                partitions.partitions(),
                problems,
                partitions.leaderless(),
                partitions.underMinInSync(),
                partitions.underReplicated());
    }

    static List<String> problems(Members members, PartitionHealth partitions) {
        List<String> problems = new ArrayList<>();
        if (members.active().isEmpty()) {
            problems.add("no node is registered and alive");
        }
        if (members.controller() == null) {
            problems.add("no controller is elected");
        }
        partitions.leaderless().forEach(partition -> problems.add("partition " + partition + " has no leader"));
        partitions
                .underMinInSync()
                .forEach(partition ->
                        problems.add("partition " + partition + " has too few replicas in sync for acks=all"));
        return problems;
    }
}
