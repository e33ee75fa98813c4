package io.chronik.cli.member;

import io.chronik.cli.client.Answers;
import io.chronik.cli.cluster.Members;
import io.chronik.cli.cluster.Topics;
import io.chronik.cli.output.Failure;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Takes all replicas away from one node, and looks how far that is.
final class Emptying {
    private final Admin admin;
    private final int node;
    private int most;

    Emptying(Admin admin, int node) {
        this.admin = admin;
        this.node = node;
    }

    /// The node as the cluster knows it.
    static Node registered(Members members, int id) {
        return members.nodes().stream()
                .filter(node -> node.id() == id)
                .findFirst()
                .orElseThrow(() -> new Failure(
                        "there is no node " + id + " in this cluster; it has " + ReplicaCounts.ids(members.nodes())));
    }

    /// What has to happen: other nodes that are to be drained get nothing.
    MovePlan plan(Members members) {
        Collection<Integer> draining = Draining.among(admin, ReplicaCounts.ids(members.active()));
        List<Node> targets = members.active().stream()
                .filter(candidate -> !draining.contains(candidate.id()))
                .toList();
        return MovePlan.away(node, Topics.all(admin), targets);
    }

    /// Starts it. The controller moves the replicas of a node that lives, step by step; for one that does not (the
    /// setting would have to go through it) every move is asked for here. Partitions that can't move lose
    /// the replica only if `shrink`.
    void start(MovePlan plan, boolean alive, boolean shrink) {
        if (alive) {
            Draining.set(admin, node, true);
        } else {
            reassign(plan.moves());
        }
        if (shrink) {
            reassign(plan.shrinks());
        }
    }

    private void reassign(Map<TopicPartition, List<Integer>> targets) {
        if (targets.isEmpty()) {
            return;
        }
        Map<TopicPartition, Optional<NewPartitionReassignment>> request = new HashMap<>();
        targets.forEach((id, replicas) -> request.put(id, Optional.of(new NewPartitionReassignment(replicas))));
        Answers.await(admin.alterPartitionReassignments(request).all());
    }

    /// How far it is, for people; null when no more than `staying` replicas are left.
    @Nullable
    String progress(int staying) {
        int left = 0;
        for (TopicDescription topic : Topics.all(admin)) {
            left += (int) topic.partitions().stream()
                    .filter(partition -> ReplicaCounts.ids(partition.replicas()).contains(node))
                    .count();
        }
        if (left <= staying) {
            return null;
        }
        most = Math.max(most, left);
        long moving = Answers.await(admin.listPartitionReassignments().reassignments()).values().stream()
                .filter(move -> move.removingReplicas().contains(node))
                .count();
        return "node " + node + ": " + (left - staying) + " of " + (most - staying) + " replicas left to move, "
                + moving + " moving now";
    }
}
