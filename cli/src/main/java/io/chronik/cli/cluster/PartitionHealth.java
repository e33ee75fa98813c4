package io.chronik.cli.cluster;

import io.chronik.cli.client.Answers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;

/// How well the cluster's partitions are, internal topics included. The lists name partitions as `topic-0`.
record PartitionHealth(int topics, int partitions, List<String> leaderless, List<String> underReplicated) {
    static PartitionHealth of(Admin admin) {
        Collection<String> names = Answers.await(
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
        Collection<TopicDescription> topics =
                Answers.await(admin.describeTopics(names).allTopicNames()).values();
        return of(topics);
    }

    static PartitionHealth of(Collection<TopicDescription> topics) {
        List<String> leaderless = new ArrayList<>();
        List<String> underReplicated = new ArrayList<>();
        int partitions = 0;
        for (TopicDescription topic : topics) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                partitions++;
                String name = topic.name() + "-" + partition.partition();
                if (partition.leader() == null || partition.leader().isEmpty()) {
                    leaderless.add(name);
                }
                if (partition.isr().size() < partition.replicas().size()) {
                    underReplicated.add(name);
                }
            }
        }
        return new PartitionHealth(
                topics.size(),
                partitions,
                leaderless.stream().sorted().toList(),
                underReplicated.stream().sorted().toList());
    }
}
