package io.chronik.cli.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;

/// How well the cluster's partitions are, internal topics included. The lists name partitions as `topic-0`.
///
/// - `leaderless`: nobody serves it (offline).
/// - `underReplicated`: a replica is not in sync.
/// - `underMinInSync`: fewer in sync than acks=all asks for, so acks=all is refused.
record PartitionHealth(
        int topics,
        int partitions,
        List<String> leaderless,
        List<String> underReplicated,
        List<String> underMinInSync) {
    static PartitionHealth of(Admin admin) {
        Collection<TopicDescription> topics = Topics.all(admin);
        Map<String, Integer> minInSync = MinInSync.of(
                admin,
                topics.stream()
                        .filter(topic -> topic.partitions().stream().anyMatch(PartitionHealth::isUnderReplicated))
                        .map(TopicDescription::name)
                        .toList());
        return of(topics, topic -> minInSync.getOrDefault(topic, 1));
    }

    /// `minInSync` gives a topic's min.insync.replicas; it is asked about under-replicated topics only.
    static PartitionHealth of(Collection<TopicDescription> topics, ToIntFunction<String> minInSync) {
        List<String> leaderless = new ArrayList<>();
        List<String> underReplicated = new ArrayList<>();
        List<String> underMinInSync = new ArrayList<>();
        int partitions = 0;
        for (TopicDescription topic : topics) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                partitions++;
                String name = topic.name() + "-" + partition.partition();
                if (partition.leader() == null || partition.leader().isEmpty()) {
                    leaderless.add(name);
                }
                if (isUnderReplicated(partition)) {
                    underReplicated.add(name);
                    // Of a topic with fewer replicas than it wants in sync, all are wanted.
                    int wanted = Math.min(
                            minInSync.applyAsInt(topic.name()),
                            partition.replicas().size());
                    if (partition.isr().size() < wanted) {
                        underMinInSync.add(name);
                    }
                }
            }
        }
        return new PartitionHealth(
                topics.size(),
                partitions,
                leaderless.stream().sorted().toList(),
                underReplicated.stream().sorted().toList(),
                underMinInSync.stream().sorted().toList());
    }

    private static boolean isUnderReplicated(TopicPartitionInfo partition) {
        return partition.isr().size() < partition.replicas().size();
    }
}
