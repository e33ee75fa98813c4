package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;

/// ListPartitionReassignments: which partitions are moving, of those that were asked for or of all.
public final class ListReassignments {
    private ListReassignments() {}

    public static ListPartitionReassignmentsResponseData answer(
            ListPartitionReassignmentsRequestData request, ClusterImage image) {
        ListPartitionReassignmentsResponseData response = new ListPartitionReassignmentsResponseData();
        if (request.topics() == null) {
            for (TopicImage topic : new TreeMap<>(image.topicsByName()).values()) {
                add(
                        response,
                        topic,
                        IntStream.range(0, topic.partitions().size()).boxed().toList());
            }
        } else {
            for (ListPartitionReassignmentsTopics asked : request.topics()) {
                image.topic(asked.name()).ifPresent(topic -> add(response, topic, asked.partitionIndexes()));
            }
        }
        return response;
    }

    private static void add(
            ListPartitionReassignmentsResponseData response, TopicImage topic, List<Integer> partitions) {
        OngoingTopicReassignment moving = new OngoingTopicReassignment().setName(topic.name());
        for (int partition : partitions) {
            if (partition < 0 || partition >= topic.partitions().size()) continue;
            PartitionImage state = topic.partitions().get(partition);
            if (!state.moving()) continue;
            moving.partitions()
                    .add(new OngoingPartitionReassignment()
                            .setPartitionIndex(partition)
                            .setReplicas(state.replicas())
                            .setAddingReplicas(state.adding())
                            .setRemovingReplicas(state.removing()));
        }
        if (!moving.partitions().isEmpty()) response.topics().add(moving);
    }
}
