package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/// Gives leadership back to the preferred replicas, so that it is spread as the replicas are. Only where nothing has
/// changed since the look before: who has just come back may be gone again soon.
public final class LeaderBalance {
    private record Imbalance(Uuid topic, int partition) {}

    /// The partition epochs at the last look, of partitions that another replica should lead.
    private Map<Imbalance, Integer> seen = new HashMap<>();

    /// Looks at all partitions; gives back at most `max`.
    public List<Command> next(ClusterImage image, int max) {
        PartitionElections elections = new PartitionElections(image, _ -> false);
        ElectionBatches batches = new ElectionBatches();
        Map<Imbalance, Integer> found = new HashMap<>();
        int elected = 0;
        for (TopicImage topic : new TreeMap<>(image.topicsByName()).values()) {
            int partition = 0;
            for (PartitionImage state : topic.partitions()) {
                int index = partition++;
                if (!elections.imbalanced(state)) continue;
                Imbalance imbalance = new Imbalance(topic.id(), index);
                if (elected < max && seen.getOrDefault(imbalance, -1) == state.partitionEpoch()) {
                    batches.add(topic.id(), PartitionElections.preferred(index, state));
                    elected++;
                } else {
                    found.put(imbalance, state.partitionEpoch());
                }
            }
        }
        seen = found;
        return batches.commands();
    }
}
