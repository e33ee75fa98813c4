package io.chronik.cli.member;

import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.cluster.Members;
import io.chronik.cli.output.Failure;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `chronik node drain`.
@Command(
        name = "drain",
        description = "Move all replicas and leaderships of a node to others. It gets no new ones until --cancel.",
        footer = {
            "",
            "Examples:",
            "  chronik node drain 3",
            "  chronik node drain 3 --no-wait -o json",
            "  chronik node drain 3 --cancel",
        })
final class NodeDrain extends ClientCommand {
    /// `moved` counts the replicas that were on the node; `staying` names topics that every other node has already.
    private record Drained(int node, String status, int replicas, List<String> staying) {}

    @Parameters(paramLabel = "ID", description = "The node.")
    private int node;

    @Option(names = "--cancel", description = "Let the node have replicas again. What has moved stays where it is.")
    private boolean cancel;

    @Option(names = "--dry-run", description = "Show what would move, and change nothing.")
    private boolean dryRun;

    @Mixin
    private final Waiting waiting = new Waiting();

    @Override
    protected int run(Admin admin) {
        Members members = Members.of(admin);
        Node target = Emptying.registered(members, node);
        if (cancel) {
            return cancel(admin, target);
        }
        Emptying emptying = new Emptying(admin, node);
        MovePlan plan = emptying.plan(members);
        if (dryRun) {
            return show("would be drained", plan);
        }
        emptying.start(plan, !target.isFenced(), false);
        if (!waiting.isWanted()) {
            return show("draining", plan);
        }
        waiting.until(
                "draining node " + node,
                output,
                () -> emptying.progress(plan.shrinks().size()));
        return show("drained", plan);
    }

    private int cancel(Admin admin, Node target) {
        if (target.isFenced()) {
            throw new Failure(
                    "node " + node + " is fenced, and only the node itself takes its settings: start it first");
        }
        Draining.set(admin, node, false);
        output.show(new Drained(node, "active", 0, List.of()), out -> out.println("node " + node + " takes replicas"));
        return 0;
    }

    private int show(String status, MovePlan plan) {
        Drained drained = new Drained(node, status, plan.size(), plan.shrinkingTopics());
        output.show(drained, out -> {
            out.println("node " + node + " " + status + ": " + plan.moves().size() + " replicas for other nodes");
            if (!drained.staying.isEmpty()) {
                out.println("these topics have a replica on every other node already, so theirs stay: "
                        + String.join(", ", drained.staying));
            }
        });
        return drained.staying.isEmpty() ? 0 : 1;
    }
}
