package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;

/// AlterPartition: leaders change their in-sync sets. A change is made only on the state that the leader knew
/// (compare and set by leader and partition epoch), and a replica joins only in the registration that the leader
/// saw fetching. Where a partition moves, the step that the new set allows follows at once.
public final class AlterPartitions {
    private static final long UNKNOWN_EPOCH = -1;

    private final int sender;
    private final List<Command> commands = new ArrayList<>();
    private ClusterImage image;

    private AlterPartitions(int sender, ClusterImage image) {
        this.sender = sender;
        this.image = image;
    }

    public static Decision<AlterPartitionResponseData> decide(AlterPartitionRequestData request, ClusterImage image) {
        boolean present = image.node(request.brokerId())
                .filter(node -> node.epoch() == request.brokerEpoch() && !node.fenced())
                .isPresent();
        if (!present) {
            return Decision.none(new AlterPartitionResponseData().setErrorCode(Errors.STALE_BROKER_EPOCH.code()));
        }
        AlterPartitions decision = new AlterPartitions(request.brokerId(), image);
        AlterPartitionResponseData response = new AlterPartitionResponseData();
        for (AlterPartitionRequestData.TopicData asked : request.topics()) {
            AlterPartitionResponseData.TopicData answer =
                    new AlterPartitionResponseData.TopicData().setTopicId(asked.topicId());
            for (AlterPartitionRequestData.PartitionData partition : asked.partitions()) {
                answer.partitions()
                        .add(decision.alter(asked.topicId(), partition).setPartitionIndex(partition.partitionIndex()));
            }
            response.topics().add(answer);
        }
        return new Decision<>(decision.commands, response);
    }

    private AlterPartitionResponseData.PartitionData alter(
            Uuid topicId, AlterPartitionRequestData.PartitionData asked) {
        Optional<TopicImage> topic = image.topic(topicId);
        if (topic.isEmpty()) return refused(Errors.UNKNOWN_TOPIC_ID);
        int index = asked.partitionIndex();
        if (index < 0 || index >= topic.get().partitions().size()) {
            return refused(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        PartitionImage before = topic.get().partitions().get(index);
        Map<Integer, Long> members = members(asked);
        Errors problem = problem(asked, before, members);
        if (problem != Errors.NONE) return refused(problem);
        // In the order of the replicas, so that equal sets are equal lists.
        List<Integer> isr =
                before.replicas().stream().filter(members::containsKey).toList();
        if (!isr.equals(before.isr())) {
            add(new Command.UpdateIsr(topicId, index, isr, before.leaderEpoch(), before.partitionEpoch() + 1));
        }
        goOn(topicId, index);
        PartitionImage after = state(topicId, index);
        return after.leader() == before.leader() ? answer(after) : refused(Errors.NEW_LEADER_ELECTED);
    }

    /// The move of a partition may be complete now; a leader that wants to stop may have found a successor.
    private void goOn(Uuid topicId, int index) {
        PartitionElections elections = new PartitionElections(image, _ -> false);
        Reassignments.next(state(topicId, index), elections::mayLead)
                .ifPresent(moved -> add(new Command.AssignPartition(topicId, index, moved)));
        image.topic(topicId)
                .flatMap(topic -> elections.settled(topic, index, state(topicId, index)))
                .ifPresent(election -> {
                    ElectionBatches batch = new ElectionBatches();
                    batch.add(topicId, election);
                    batch.commands().forEach(this::add);
                });
    }

    private Errors problem(
            AlterPartitionRequestData.PartitionData asked, PartitionImage before, Map<Integer, Long> members) {
        if (asked.leaderEpoch() < before.leaderEpoch()) return Errors.FENCED_LEADER_EPOCH;
        if (asked.leaderEpoch() > before.leaderEpoch()) return Errors.NOT_CONTROLLER;
        if (before.leader() != sender) return Errors.INVALID_REQUEST;
        if (asked.partitionEpoch() < before.partitionEpoch()) return Errors.INVALID_UPDATE_VERSION;
        if (asked.partitionEpoch() > before.partitionEpoch()) return Errors.NOT_CONTROLLER;
        if (!members.containsKey(sender) || !new HashSet<>(before.replicas()).containsAll(members.keySet())) {
            return Errors.INVALID_REQUEST;
        }
        for (Map.Entry<Integer, Long> member : members.entrySet()) {
            if (!eligible(member.getKey(), member.getValue(), before)) return Errors.INELIGIBLE_REPLICA;
        }
        return Errors.NONE;
    }

    /// Whoever is in the ISR stays eligible: the registration with which he came in is the present one, because
    /// every later one takes him out. The leader need not know it then.
    private boolean eligible(int replica, long epoch, PartitionImage before) {
        Optional<NodeImage> node = image.node(replica);
        boolean present = node.filter(one -> one.epoch() == epoch).isPresent();
        if (before.isr().contains(replica)) return present || epoch == UNKNOWN_EPOCH;
        return present && node.orElseThrow().mayJoinIsr();
    }

    /// By replica, with the epoch of its node. Requests before version 3 do not know that.
    private static Map<Integer, Long> members(AlterPartitionRequestData.PartitionData asked) {
        Map<Integer, Long> members = new HashMap<>();
        for (BrokerState member : asked.newIsrWithEpochs()) members.put(member.brokerId(), member.brokerEpoch());
        for (int member : asked.newIsr()) members.putIfAbsent(member, UNKNOWN_EPOCH);
        return members;
    }

    private void add(Command command) {
        commands.add(command);
        image = image.apply(command);
    }

    private PartitionImage state(Uuid topicId, int index) {
        return image.topic(topicId).orElseThrow().partitions().get(index);
    }

    private static AlterPartitionResponseData.PartitionData answer(PartitionImage state) {
        return new AlterPartitionResponseData.PartitionData()
                .setLeaderId(state.leader())
                .setLeaderEpoch(state.leaderEpoch())
                .setIsr(state.isr())
                .setPartitionEpoch(state.partitionEpoch());
    }

    private static AlterPartitionResponseData.PartitionData refused(Errors error) {
        return new AlterPartitionResponseData.PartitionData().setErrorCode(error.code());
    }
}
