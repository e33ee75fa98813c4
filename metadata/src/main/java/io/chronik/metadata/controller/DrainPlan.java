package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;

/// How a node is emptied: a few partitions at a time move from it to the node that has the fewest replicas, in a rack
/// that has no copy yet if there is one.
public final class DrainPlan {
    private final ClusterImage image;
    private final IntPredicate mayLead;
    private final ReplicaTargets targets;

    private DrainPlan(ClusterImage image) {
        this.image = image;
        this.targets = new ReplicaTargets(image);
        this.mayLead = new PartitionElections(image, _ -> false)::mayLead;
    }

    /// The moves to begin now, so that at most `maxMoves` partitions move away from `nodeId` at the same time. None
    /// when it is empty, and for partitions that no other node can take.
    public static List<Command> next(ClusterImage image, int nodeId, int maxMoves) {
        return new DrainPlan(image).next(nodeId, maxMoves);
    }

    /// The moves to begin for all nodes that are being drained.
    public static List<Command> next(ClusterImage image, int maxMoves) {
        List<Command> commands = new ArrayList<>();
        ClusterImage newest = image;
        List<Integer> draining = image.nodes().values().stream()
                .filter(NodeImage::draining)
                .map(NodeImage::id)
                .sorted()
                .toList();
        for (int node : draining) {
            List<Command> moves = next(newest, node, maxMoves);
            for (Command move : moves) newest = newest.apply(move);
            commands.addAll(moves);
        }
        return commands;
    }

    private List<Command> next(int nodeId, int maxMoves) {
        List<Command> moves = new ArrayList<>();
        int moving = 0;
        for (TopicImage topic : image.topicsOf(nodeId)) {
            for (PartitionImage state : topic.partitions()) {
                if (state.removing().contains(nodeId)) moving++;
            }
        }
        for (TopicImage topic : image.topicsOf(nodeId)) {
            for (int index = 0; index < topic.partitions().size(); index++) {
                if (moving >= maxMoves) return moves;
                PartitionImage state = topic.partitions().get(index);
                if (state.moving() || !state.replicas().contains(nodeId)) continue;
                Optional<PartitionImage> moved = move(state, nodeId);
                if (moved.isEmpty()) continue;
                moves.add(new Command.AssignPartition(topic.id(), index, moved.get()));
                moving++;
            }
        }
        return moves;
    }

    private Optional<PartitionImage> move(PartitionImage state, int from) {
        List<Integer> kept = Reassignments.without(state.replicas(), List.of(from));
        return targets.next(kept, state.replicas()).flatMap(to -> {
            List<Integer> replicas = state.replicas().stream()
                    .map(replica -> replica == from ? to : replica)
                    .toList();
            return begun(state, replicas);
        });
    }

    /// A partition that nobody can lead waits.
    private Optional<PartitionImage> begun(PartitionImage state, List<Integer> replicas) {
        try {
            return AlterReassignments.moved(state, replicas, mayLead);
        } catch (InvalidReplicaAssignmentException leaderless) {
            return Optional.empty();
        }
    }
}
