package io.chronik.cli.member;

import io.chronik.cli.client.Answers;
import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.cluster.Members;
import io.chronik.cli.cluster.MinInSync;
import io.chronik.cli.output.Failure;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `chronik node remove`: drained, no voter, stopped, and then forgotten, in this order.
@Command(
        name = "remove",
        aliases = "rm",
        description = "Take a node out of the cluster: its replicas go to others, it stops voting, and once it is"
                + " stopped the cluster forgets it. Refused when a topic would have too few replicas for acks=all.",
        footer = {
            "",
            "Examples:",
            "  chronik node remove 3",
            "  chronik node remove 3 --dry-run",
            "  chronik node remove 3 --max-wait 600",
        })
final class NodeRemove extends ClientCommand {
    private record Removed(int node, String status, int moves, List<String> shrinking) {}

    @Parameters(paramLabel = "ID", description = "The node.")
    private int node;

    @Option(names = "--dry-run", description = "Show what would happen, and change nothing.")
    private boolean dryRun;

    @Mixin
    private final Waiting waiting = new Waiting();

    @Override
    protected int run(Admin admin) {
        Members members = Members.of(admin);
        Node target = Emptying.registered(members, node);
        Emptying emptying = new Emptying(admin, node);
        MovePlan plan = emptying.plan(members);
        Map<String, Integer> minInSync = MinInSync.of(admin, plan.shrinkingTopics());
        List<String> refused = plan.refused(topic -> minInSync.getOrDefault(topic, 1));
        if (!refused.isEmpty()) {
            throw new Failure(
                    "without node " + node + " these topics would have too few replicas in sync for acks=all: "
                            + String.join(", ", refused) + "; add a node first, or lower their min.insync.replicas");
        }
        if (dryRun) {
            return show("would be removed", plan);
        }
        if (plan.size() > 0) {
            emptying.start(plan, !target.isFenced(), true);
        }
        if (!waiting.isWanted()) {
            return show("leaving", plan);
        }
        waiting.until("emptying node " + node, output, () -> emptying.progress(0));
        Voters.remove(admin, node, true);
        waiting.until("removing node " + node, output, () -> stillThere(admin));
        Answers.await(admin.unregisterBroker(node).all());
        return show("removed", plan);
    }

    /// A node that lives would register again.
    private @Nullable String stillThere(Admin admin) {
        boolean alive = Members.of(admin).active().stream().anyMatch(member -> member.id() == node);
        return alive ? "node " + node + " holds nothing any more: stop its process now" : null;
    }

    private int show(String status, MovePlan plan) {
        Removed removed = new Removed(node, status, plan.moves().size(), plan.shrinkingTopics());
        output.show(removed, out -> {
            out.println("node " + node + " " + status);
            if (!removed.shrinking.isEmpty()) {
                out.println("these topics have one replica less: " + String.join(", ", removed.shrinking));
            }
        });
        return 0;
    }
}
