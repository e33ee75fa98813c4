package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.requests.ApiError;

/// AlterPartitionReassignments: partitions begin to move to other replicas, change where they move to, or go back.
public final class AlterReassignments {
    private final ClusterImage image;
    private final boolean replicationFactorMayChange;
    private final IntPredicate mayLead;
    private final List<Command> commands = new ArrayList<>();

    private AlterReassignments(ClusterImage image, boolean replicationFactorMayChange) {
        this.image = image;
        this.replicationFactorMayChange = replicationFactorMayChange;
        this.mayLead = new PartitionElections(image, _ -> false)::mayLead;
    }

    public static Decision<AlterPartitionReassignmentsResponseData> decide(
            AlterPartitionReassignmentsRequestData request, ClusterImage image) {
        AlterReassignments decision = new AlterReassignments(image, request.allowReplicationFactorChange());
        AlterPartitionReassignmentsResponseData response = new AlterPartitionReassignmentsResponseData()
                .setAllowReplicationFactorChange(request.allowReplicationFactorChange());
        for (ReassignableTopic topic : request.topics()) {
            ReassignableTopicResponse answer = new ReassignableTopicResponse().setName(topic.name());
            for (ReassignablePartition partition : topic.partitions()) {
                ApiError error = decision.alter(topic.name(), partition);
                answer.partitions()
                        .add(new ReassignablePartitionResponse()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.error().code())
                                .setErrorMessage(error.message()));
            }
            response.responses().add(answer);
        }
        return new Decision<>(decision.commands, response);
    }

    private ApiError alter(String name, ReassignablePartition asked) {
        try {
            TopicImage topic = image.topic(name)
                    .orElseThrow(() -> new UnknownTopicOrPartitionException("Unable to find a topic named " + name));
            int partition = asked.partitionIndex();
            if (partition < 0 || partition >= topic.partitions().size()) {
                throw new UnknownTopicOrPartitionException("Unable to find partition " + name + "-" + partition);
            }
            PartitionImage state = topic.partitions().get(partition);
            Optional<PartitionImage> next =
                    asked.replicas() == null ? Optional.of(cancelled(state)) : move(state, asked.replicas());
            next.ifPresent(one -> commands.add(new Command.AssignPartition(topic.id(), partition, one)));
            return ApiError.NONE;
        } catch (ApiException refused) {
            return ApiError.fromThrowable(refused);
        }
    }

    private PartitionImage cancelled(PartitionImage state) {
        if (!state.moving()) {
            throw new NoReassignmentInProgressException("No partition reassignment is in progress.");
        }
        return Reassignments.settle(state, Reassignments.original(state), mayLead)
                .orElseThrow(() -> new InvalidReplicaAssignmentException(
                        "None of the replicas that the partition would go back to can lead it now."));
    }

    private Optional<PartitionImage> move(PartitionImage state, List<Integer> target) {
        checkAssignment(state, target);
        return moved(state, target, mayLead);
    }

    private void checkAssignment(PartitionImage state, List<Integer> target) {
        if (target.isEmpty()) throw new InvalidReplicaAssignmentException("The replica list is empty.");
        Set<Integer> seen = new HashSet<>();
        for (int replica : target) {
            if (image.node(replica).isEmpty()) {
                throw new InvalidReplicaAssignmentException(
                        "The assignment includes broker " + replica + ", but no such broker is registered.");
            }
            if (!seen.add(replica)) {
                throw new InvalidReplicaAssignmentException(
                        "The assignment includes the broker " + replica + " more than once.");
            }
        }
        int present = Reassignments.original(state).size();
        if (!replicationFactorMayChange && target.size() != present) {
            throw new InvalidReplicationFactorException("The replication factor would change from " + present + " to "
                    + target.size() + ", which is not allowed.");
        }
    }

    /// The partition on its way to `target`, or already there; empty when that changes nothing. What was being added
    /// and is not wanted any more goes at once.
    ///
    /// @throws InvalidReplicaAssignmentException when nobody could lead it on the way
    static Optional<PartitionImage> moved(PartitionImage state, List<Integer> target, IntPredicate mayLead) {
        List<Integer> original = Reassignments.original(state);
        List<Integer> removing = Reassignments.without(original, target);
        List<Integer> adding = Reassignments.without(target, original);
        List<Integer> replicas = new ArrayList<>(target);
        replicas.addAll(removing);
        if (replicas.equals(state.replicas()) && adding.equals(state.adding()) && removing.equals(state.removing())) {
            return Optional.empty();
        }
        PartitionImage onTheWay = Reassignments.settle(state, replicas, mayLead)
                .map(settled -> new PartitionImage(
                        replicas,
                        adding,
                        removing,
                        settled.isr(),
                        settled.leader(),
                        settled.leaderEpoch(),
                        settled.partitionEpoch(),
                        settled.uncleanEpoch()))
                .orElseThrow(() -> new InvalidReplicaAssignmentException(
                        "None of the replicas in sync that would stay can lead the partition."));
        return Optional.of(Reassignments.next(onTheWay, mayLead)
                .map(done -> atOnce(done, onTheWay))
                .orElse(onTheWay));
    }

    /// Two steps in one command take one partition epoch.
    private static PartitionImage atOnce(PartitionImage done, PartitionImage onTheWay) {
        return new PartitionImage(
                done.replicas(),
                done.adding(),
                done.removing(),
                done.isr(),
                done.leader(),
                done.leaderEpoch(),
                onTheWay.partitionEpoch(),
                done.uncleanEpoch());
    }
}
