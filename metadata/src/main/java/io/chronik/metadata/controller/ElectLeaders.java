package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/// ElectLeaders: an operator wants the preferred replica to lead, or any replica rather than none.
public final class ElectLeaders {
    private final ClusterImage image;
    private final ElectionType type;
    private final PartitionElections elections;
    private final ElectionBatches elected = new ElectionBatches();

    private ElectLeaders(ClusterImage image, ElectionType type) {
        this.image = image;
        this.type = type;
        this.elections = new PartitionElections(image, _ -> true);
    }

    /// @throws InvalidRequestException for a kind of election that there is not
    public static Decision<ElectLeadersResponseData> decide(ElectLeadersRequestData request, ClusterImage image) {
        ElectLeaders decision = new ElectLeaders(image, type(request.electionType()));
        ElectLeadersResponseData response = new ElectLeadersResponseData();
        if (request.topicPartitions() == null) {
            for (TopicImage topic : new TreeMap<>(image.topicsByName()).values()) decision.all(topic, response);
        } else {
            for (TopicPartitions asked : request.topicPartitions()) decision.some(asked, response);
        }
        return new Decision<>(decision.elected.commands(), response);
    }

    private static ElectionType type(byte asked) {
        for (ElectionType type : ElectionType.values()) {
            if (type.value == asked) return type;
        }
        throw new InvalidRequestException("Unknown election type " + asked);
    }

    /// Who asks for everything wants to hear of what was to be done.
    private void all(TopicImage topic, ElectLeadersResponseData response) {
        ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.name());
        IntStream.range(0, topic.partitions().size())
                .mapToObj(partition -> elect(topic.name(), partition))
                .filter(one -> one.errorCode() != Errors.ELECTION_NOT_NEEDED.code())
                .forEach(result.partitionResult()::add);
        if (!result.partitionResult().isEmpty()) {
            response.replicaElectionResults().add(result);
        }
    }

    private void some(TopicPartitions asked, ElectLeadersResponseData response) {
        ReplicaElectionResult result = new ReplicaElectionResult().setTopic(asked.topic());
        for (int partition : asked.partitions()) result.partitionResult().add(elect(asked.topic(), partition));
        response.replicaElectionResults().add(result);
    }

    private PartitionResult elect(String name, int partition) {
        Optional<TopicImage> topic = image.topic(name);
        ApiError error;
        if (topic.isEmpty()) {
            error = new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such topic as " + name);
        } else if (partition < 0 || partition >= topic.get().partitions().size()) {
            error = new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such partition as " + name + "-" + partition);
        } else {
            PartitionImage state = topic.get().partitions().get(partition);
            error = switch (type) {
                case PREFERRED -> preferred(topic.get(), partition, state);
                case UNCLEAN -> unclean(topic.get(), partition, state);
            };
        }
        return new PartitionResult()
                .setPartitionId(partition)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }

    private ApiError preferred(TopicImage topic, int partition, PartitionImage state) {
        if (state.leader() == state.replicas().getFirst()) return new ApiError(Errors.ELECTION_NOT_NEEDED);
        if (!elections.imbalanced(state)) return new ApiError(Errors.PREFERRED_LEADER_NOT_AVAILABLE);
        add(topic, PartitionElections.preferred(partition, state));
        return ApiError.NONE;
    }

    private ApiError unclean(TopicImage topic, int partition, PartitionImage state) {
        if (state.hasLeader()) return new ApiError(Errors.ELECTION_NOT_NEEDED);
        Optional<Command.Election> election = elections.unclean(partition, state);
        if (election.isEmpty()) return new ApiError(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
        add(topic, election.get());
        return ApiError.NONE;
    }

    private void add(TopicImage topic, Command.Election election) {
        elected.add(topic.id(), election);
    }
}
