package io.chronik.server.replica;

import io.chronik.base.Lane;
import io.chronik.replication.IsrAnswer;
import io.chronik.replication.IsrProposal;
import io.chronik.replication.Partition;
import io.chronik.server.controller.ControllerChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionRequestData.PartitionData;
import org.apache.kafka.common.message.AlterPartitionRequestData.TopicData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterPartitionRequest;
import org.apache.kafka.common.requests.AlterPartitionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the leaders of this node ask the controller for: other in-sync sets, gathered into one request at a time. One
/// owner on its lane.
public final class IsrProposals {
    private static final Logger LOG = LoggerFactory.getLogger(IsrProposals.class);
    private static final int GATHER_MS = 2;
    private static final int MAX_PARTITIONS = 1_000;
    private static final int TIMEOUT_MS = 5_000;

    /// A partition that was not given what it asked for does not ask again before.
    private static final int PAUSE_MS = 100;

    /// `inSync`: how many were, when this was proposed.
    private record Asked(Partition partition, IsrProposal proposal, int inSync) {}

    private final int self;
    private final LongSupplier nodeEpoch;
    private final ControllerChannel controller;
    private final Lane lane;
    private final ReplicationMeter meter;

    /// Bounded by the partitions led here: each has one proposal at a time.
    private final Queue<Asked> queue = new ArrayDeque<>();

    private boolean gathering;
    private boolean underWay;

    /// `nodeEpoch`: of this node's registration.
    public IsrProposals(
            int self, LongSupplier nodeEpoch, ControllerChannel controller, Lane lane, ReplicationMeter meter) {
        this.self = self;
        this.nodeEpoch = nodeEpoch;
        this.controller = controller;
        this.lane = lane;
        this.meter = meter;
    }

    /// Any thread. Answered on the partition's lane, once.
    public void propose(Partition partition, IsrProposal proposal) {
        int inSync = partition.view().assignment().isr().size();
        lane.execute(() -> {
            queue.add(new Asked(partition, proposal, inSync));
            gather();
        });
    }

    private void gather() {
        if (gathering || underWay || queue.isEmpty()) return;
        if (queue.size() >= MAX_PARTITIONS) {
            send();
            return;
        }
        gathering = true;
        lane.after(GATHER_MS, () -> {
            gathering = false;
            if (!underWay && !queue.isEmpty()) send();
        });
    }

    private void send() {
        Map<ReplicaKey, Asked> asked = takeBatch();
        underWay = true;
        AlterPartitionRequest.Builder request = new AlterPartitionRequest.Builder(new AlterPartitionRequestData()
                .setBrokerId(self)
                .setBrokerEpoch(nodeEpoch.getAsLong())
                .setTopics(topics(asked)));
        var _ = controller
                .send(request, TIMEOUT_MS, AlterPartitionResponse.class)
                .whenComplete((response, failure) -> lane.execute(() -> onAnswer(asked, response, failure)));
    }

    /// At most one proposal of a partition: a second one, of a later leader epoch, goes into the next request.
    private Map<ReplicaKey, Asked> takeBatch() {
        Map<ReplicaKey, Asked> batch = new LinkedHashMap<>();
        List<Asked> later = new ArrayList<>();
        while (!queue.isEmpty() && batch.size() < MAX_PARTITIONS) {
            Asked next = queue.remove();
            if (batch.putIfAbsent(ReplicaKey.of(next.partition.id()), next) != null) later.add(next);
        }
        queue.addAll(later);
        return batch;
    }

    private List<TopicData> topics(Map<ReplicaKey, Asked> batch) {
        Map<Uuid, TopicData> topics = new LinkedHashMap<>();
        batch.forEach((key, asked) -> topics.computeIfAbsent(key.topicId(), id -> new TopicData().setTopicId(id))
                .partitions()
                .add(new PartitionData()
                        .setPartitionIndex(key.partition())
                        .setLeaderEpoch(asked.proposal.leaderEpoch())
                        .setPartitionEpoch(asked.proposal.partitionEpoch())
                        .setNewIsrWithEpochs(members(asked.proposal))));
        return new ArrayList<>(topics.values());
    }

    private List<BrokerState> members(IsrProposal proposal) {
        List<BrokerState> members = new ArrayList<>();
        for (IsrProposal.Member member : proposal.isr()) {
            long epoch = member.replica() == self ? nodeEpoch.getAsLong() : member.nodeEpoch();
            members.add(new BrokerState().setBrokerId(member.replica()).setBrokerEpoch(epoch));
        }
        return members;
    }

    private void onAnswer(
            Map<ReplicaKey, Asked> batch, @Nullable AlterPartitionResponse response, @Nullable Throwable failure) {
        underWay = false;
        if (response == null) {
            LOG.atWarn()
                    .addKeyValue("partitions", batch.size())
                    .addKeyValue("cause", String.valueOf(failure))
                    .log("no answer to proposed in-sync sets");
        } else {
            for (AlterPartitionResponseData.TopicData topic : response.data().topics()) {
                for (AlterPartitionResponseData.PartitionData answer : topic.partitions()) {
                    Asked asked = batch.remove(new ReplicaKey(topic.topicId(), answer.partitionIndex()));
                    if (asked != null) onAnswer(asked, answer);
                }
            }
        }
        for (Asked asked : batch.values()) tellLater(asked, new IsrAnswer.Unknown());
        gather();
    }

    private void onAnswer(Asked asked, AlterPartitionResponseData.PartitionData answer) {
        Errors error = Errors.forCode(answer.errorCode());
        if (error == Errors.NONE) {
            int proposed = asked.proposal.isr().size();
            if (proposed < asked.inSync) meter.onIsrShrunk();
            if (proposed > asked.inSync) meter.onIsrExpanded();
            tell(asked, new IsrAnswer.Committed(answer.partitionEpoch()));
            return;
        }
        LOG.atInfo()
                .addKeyValue("partition", asked.partition.id())
                .addKeyValue("isr", asked.proposal.isr())
                .addKeyValue("error", error)
                .log("the controller did not take a proposed in-sync set");
        tellLater(asked, isCertain(error) ? new IsrAnswer.Refused(error) : new IsrAnswer.Unknown());
    }

    /// The channel may have sent a request twice, and then the answer is to the second. Where the epochs do not fit,
    /// that may be because the first was committed: the metadata will tell. These errors come only after the epochs
    /// were found to fit, so nothing on their basis was committed before, and nothing is sent again.
    private static boolean isCertain(Errors error) {
        return error == Errors.INELIGIBLE_REPLICA || error == Errors.INVALID_REQUEST;
    }

    private void tellLater(Asked asked, IsrAnswer answer) {
        lane.after(PAUSE_MS, () -> tell(asked, answer));
    }

    private static void tell(Asked asked, IsrAnswer answer) {
        asked.partition.lane().execute(() -> asked.partition.onIsrAnswer(asked.proposal, answer));
    }
}
