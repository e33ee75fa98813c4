package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.ImageSnapshot;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/// CreatePartitions: topics grow, never shrink. New partitions get as many replicas as partition 0 has.
public final class CreatePartitions {
    private final ClusterImage image;
    private final List<Command> commands = new ArrayList<>();
    private long left = CreateTopics.MAX_PARTITIONS_PER_REQUEST;

    private CreatePartitions(ClusterImage image) {
        this.image = image;
    }

    public static Decision<CreatePartitionsResponseData> decide(
            CreatePartitionsRequestData request, ClusterImage image) {
        CreatePartitions decision = new CreatePartitions(image);
        CreatePartitionsResponseData response = new CreatePartitionsResponseData();
        Set<String> repeated = repeatedNames(request);
        for (String name : repeated) {
            response.results().add(result(name, new ApiError(Errors.INVALID_REQUEST, "Duplicate topic name.")));
        }
        for (CreatePartitionsTopic topic : request.topics()) {
            if (!repeated.contains(topic.name())) {
                response.results().add(result(topic.name(), decision.grow(topic)));
            }
        }
        return new Decision<>(request.validateOnly() ? List.of() : decision.commands, response);
    }

    private ApiError grow(CreatePartitionsTopic asked) {
        try {
            TopicImage topic = image.topic(asked.name())
                    .orElseThrow(
                            () -> new UnknownTopicOrPartitionException(Errors.UNKNOWN_TOPIC_OR_PARTITION.message()));
            int additional = additional(asked, topic.partitions().size());
            List<PartitionImage> added = partitions(asked, topic, additional);
            ImageSnapshot.add(topic.id(), topic.partitions().size(), added, commands::add);
            return ApiError.NONE;
        } catch (ApiException refused) {
            return ApiError.fromThrowable(refused);
        }
    }

    private int additional(CreatePartitionsTopic asked, int present) {
        if (asked.count() == present) {
            throw new InvalidPartitionsException("Topic already has " + present + " partition(s).");
        }
        if (asked.count() < present) {
            throw new InvalidPartitionsException("The topic " + asked.name() + " currently has " + present
                    + " partition(s); " + asked.count() + " would not be an increase.");
        }
        int additional = asked.count() - present;
        left -= additional;
        if (left < 0) throw new PolicyViolationException("Excessively large number of partitions per request.");
        return additional;
    }

    private List<PartitionImage> partitions(CreatePartitionsTopic asked, TopicImage topic, int additional) {
        NewPartitions fresh = new NewPartitions(image);
        int first = topic.partitions().size();
        int replicationFactor = topic.partitions().getFirst().replicas().size();
        List<CreatePartitionsAssignment> assignments = asked.assignments();
        if (assignments == null) {
            return fresh.placed(first, additional, replicationFactor, topic.id().getMostSignificantBits());
        }
        if (assignments.size() != additional) {
            throw new InvalidReplicaAssignmentException("Attempted to add " + additional
                    + " additional partition(s), but only " + assignments.size() + " assignment(s) were specified.");
        }
        List<PartitionImage> partitions = new ArrayList<>(additional);
        for (CreatePartitionsAssignment assignment : assignments) {
            partitions.add(fresh.assigned(first + partitions.size(), assignment.brokerIds(), replicationFactor));
        }
        return partitions;
    }

    private static Set<String> repeatedNames(CreatePartitionsRequestData request) {
        Set<String> seen = new HashSet<>();
        Set<String> repeated = new LinkedHashSet<>();
        for (CreatePartitionsTopic topic : request.topics()) {
            if (!seen.add(topic.name())) repeated.add(topic.name());
        }
        return repeated;
    }

    private static CreatePartitionsTopicResult result(String name, ApiError error) {
        return new CreatePartitionsTopicResult()
                .setName(name)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }
}
