package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.internals.Topic;

/// The topics that the cluster itself needs get more replicas when there are more nodes: they may have been made when
/// there was one. The order of the replicas changes with that, so that all of them get their share of leading.
public final class InternalTopicGrowth {
    private final ClusterImage image;
    private final int replicationFactor;
    private final ReplicaTargets targets;
    private final IntPredicate mayLead;

    /// How many partitions of the topic each node is the preferred leader of, with what is decided here.
    private final Map<Integer, Integer> preferred = new HashMap<>();

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
        for (PartitionImage state : topic.partitions()) prefer(state, 1);
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
        prefer(state, -1);
        putFirst(replicas);
        preferred.merge(replicas.getFirst(), 1, Integer::sum);
        try {
            return AlterReassignments.moved(state, replicas, mayLead);
        } catch (InvalidReplicaAssignmentException leaderless) {
            return Optional.empty();
        }
    }

    private void prefer(PartitionImage state, int count) {
        if (!state.replicas().isEmpty()) preferred.merge(state.replicas().getFirst(), count, Integer::sum);
    }

    /// The replica that leads least, or the one that is first already when it leads no more than that.
    private void putFirst(List<Integer> replicas) {
        int first = Collections.min(replicas, Comparator.comparingInt(node -> preferred.getOrDefault(node, 0)));
        replicas.remove(Integer.valueOf(first));
        replicas.addFirst(first);
    }
}
