package io.chronik.cli.cluster;

import io.chronik.cli.client.ClientCommand;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `chronik health`, which is `chronik cluster health` too.
@Command(
        name = "health",
        description = "Check that the cluster answers, has a controller, and every partition has a leader and enough"
                + " replicas in sync for acks=all. Exit code 0 when it does, also with warnings (degraded), unless --strict"
                + " is given; 1 otherwise.",
        footer = {
            "",
            "Examples:",
            "  chronik health",
            "  chronik cluster health -o json",
            "  chronik cluster health --strict && echo restart the next node",
            "  chronik health -b 10.0.0.5:9092 --timeout 2 || echo not well",
        })
public final class HealthCommand extends ClientCommand {
    @Option(
            names = "--strict",
            description = "Exit code 1 for warnings, too: a node is fenced, or a replica is not in sync.")
    private boolean strict;

    /// The whole answer. `problems` is empty when healthy: everything is served. With `warnings` it is, but with less
    /// in
    /// reserve. `status` is `healthy`, `degraded` or `unhealthy`.
    record Health(
            String status,
            boolean healthy,
            int nodes,
            List<Integer> fenced,
            int partitions,
            List<String> problems,
            List<String> warnings,
            List<String> offline,
            List<String> underMinInSync,
            List<String> underReplicated) {}

    @Override
    protected int run(Admin admin) {
        Health health = health(Members.of(admin), PartitionHealth.of(admin));
        output.show(health, out -> {
            out.println(health.status);
            out.println("NODES               " + health.nodes);
            out.println("FENCED              " + (health.fenced.isEmpty() ? "none" : health.fenced));
            out.println("PARTITIONS          " + health.partitions);
            out.println("OFFLINE             " + health.offline.size());
            out.println("UNDER-MIN-ISR       " + health.underMinInSync.size());
            out.println("UNDER-REPLICATED    " + health.underReplicated.size());
            health.problems.forEach(problem -> out.println("PROBLEM             " + problem));
            health.warnings.forEach(warning -> out.println("WARNING             " + warning));
        });
        return exitCode(health, strict);
    }

    static int exitCode(Health health, boolean strict) {
        return health.healthy && !(strict && !health.warnings.isEmpty()) ? 0 : 1;
    }

    static Health health(Members members, PartitionHealth partitions) {
        List<String> problems = problems(members, partitions);
        List<String> warnings = warnings(members, partitions);
        String served = warnings.isEmpty() ? "healthy" : "degraded";
        return new Health(
                problems.isEmpty() ? served : "unhealthy",
                problems.isEmpty(),
                members.nodes().size(),
                members.nodes().stream().filter(Node::isFenced).map(Node::id).toList(),
                partitions.partitions(),
                problems,
                warnings,
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

    private static List<String> warnings(Members members, PartitionHealth partitions) {
        List<String> warnings = new ArrayList<>();
        members.nodes().stream()
                .filter(Node::isFenced)
                .forEach(node -> warnings.add("node " + node.id() + " is fenced: registered, and not heard of"));
        int behind = partitions.underReplicated().size();
        if (behind > 0) {
            warnings.add(
                    behind + (behind == 1 ? " partition has" : " partitions have") + " replicas that are not in sync");
        }
        return warnings;
    }
}
