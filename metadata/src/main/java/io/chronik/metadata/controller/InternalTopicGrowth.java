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
import org.apache.kafka.common.internals.Topic;

/// The topics that the cluster itself needs get more replicas when there are more nodes: they may have been made when
/// there was one.
public final class InternalTopicGrowth {
    private final ClusterImage image;
    private final int replicationFactor;
    private final ReplicaTargets targets;
    private final IntPredicate mayLead;

    private InternalTopicGrowth(ClusterImage image, int replicationFactor) {
        this.image = image;
        this.replicationFactor = replicationFactor;
        this.targets = new ReplicaTargets(image);
        this.mayLead = new PartitionElections(image, _ -> false)::mayLead;
    }

    /// What to begin now so that at most `maxMoves` partitions grow at the same time, up to `replicationFactor`
    /// replicas or as many as there are nodes to take them.
    public static List<Command> next(ClusterImage image, int replicationFactor, int maxMoves) {
        Optional<TopicImage> offsets = image.topic(Topic.GROUP_METADATA_TOPIC_NAME);
        return offsets.isEmpty()
                ? List.of()
                : new InternalTopicGrowth(image, replicationFactor).grow(offsets.get(), maxMoves);
    }

    private List<Command> grow(TopicImage topic, int maxMoves) {
        long takers =
                image.nodes().values().stream().filter(NodeImage::takesReplicas).count();
        int wanted = (int) Math.min(replicationFactor, takers);
        long moving = topic.partitions().stream().filter(PartitionImage::moving).count();
        List<Command> commands = new ArrayList<>();
        for (int index = 0; index < topic.partitions().size(); index++) {
            if (moving + commands.size() >= maxMoves) break;
            PartitionImage state = topic.partitions().get(index);
            if (state.moving() || state.replicas().size() >= wanted) continue;
            int partition = index;
            grown(state, wanted)
                    .ifPresent(next -> commands.add(new Command.AssignPartition(topic.id(), partition, next)));
        }
        return commands;
    }

    private Optional<PartitionImage> grown(PartitionImage state, int wanted) {
        List<Integer> replicas = new ArrayList<>(state.replicas());
        while (replicas.size() < wanted) {
            Optional<Integer> next = targets.next(replicas, replicas);
            if (next.isEmpty()) break;
            replicas.add(next.get());
        }
        try {
            return AlterReassignments.moved(state, replicas, mayLead);
        } catch (InvalidReplicaAssignmentException leaderless) {
            return Optional.empty();
        }
    }
}
