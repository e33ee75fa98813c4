package io.chronik.server.metadata;

import io.chronik.metadata.Command;
import io.chronik.server.config.HostPort;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiMessage;

/// Consensus by fiat: what the leader proposes is committed at once, or when the test lets it.
final class ModelLog implements MetadataLog {
    private record Proposal(int epoch, List<Command> commands, CompletableFuture<Long> done) {}

    private final AppliedImage image;
    final List<AddRaftVoterRequestData> addedVoters = new ArrayList<>();
    final DescribeQuorumResponseData.PartitionData quorum = new DescribeQuorumResponseData.PartitionData();
    private final Queue<Proposal> held = new ArrayDeque<>();
    private Leader leader = new Leader(Leader.NONE, 0);
    private boolean holding;

    ModelLog(AppliedImage image) {
        this.image = image;
    }

    /// Node `id` leads in the next epoch, which is the answer. What is not committed is lost.
    int elect(int id) {
        leader = new Leader(id, leader.epoch() + 1);
        for (Proposal lost = held.poll(); lost != null; lost = held.poll()) refuse(lost);
        return leader.epoch();
    }

    void hold() {
        holding = true;
    }

    void release() {
        holding = false;
        for (Proposal next = held.poll(); next != null; next = held.poll()) commit(next);
    }

    @Override
    public Leader leader() {
        return leader;
    }

    @Override
    public CompletableFuture<Long> propose(int epoch, List<Command> commands) {
        Proposal proposal = new Proposal(epoch, commands, new CompletableFuture<>());
        if (epoch != leader.epoch()) refuse(proposal);
        else if (holding) held.add(proposal);
        else commit(proposal);
        return proposal.done();
    }

    private void commit(Proposal proposal) {
        long index = image.current().appliedIndex() + proposal.commands().size();
        image.apply(index, proposal.commands());
        proposal.done().complete(index);
    }

    private static void refuse(Proposal proposal) {
        proposal.done().completeExceptionally(new NotControllerException("deposed"));
    }

    @Override
    public long appliedIndex() {
        return image.current().appliedIndex();
    }

    @Override
    public CompletableFuture<Void> applied(long index) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<ApiMessage> handle(String listener, short version, ApiMessage request) {
        return CompletableFuture.completedFuture(
                switch (request) {
                    case DescribeQuorumRequestData _ -> describeQuorum();
                    case AddRaftVoterRequestData add -> {
                        addedVoters.add(add);
                        yield new AddRaftVoterResponseData();
                    }
                    case RemoveRaftVoterRequestData _ -> new RemoveRaftVoterResponseData();
                    default -> throw new UnsupportedOperationException();
                });
    }

    private DescribeQuorumResponseData describeQuorum() {
        DescribeQuorumResponseData response = new DescribeQuorumResponseData();
        response.nodes().add(new DescribeQuorumResponseData.Node().setNodeId(leader.nodeId()));
        response.topics()
                .add(new DescribeQuorumResponseData.TopicData()
                        .setTopicName(Topic.CLUSTER_METADATA_TOPIC_NAME)
                        .setPartitions(List.of(quorum)));
        return response;
    }

    @Override
    public void resign(int epoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void onLeaderGone(Leader gone) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<HostPort> voterAddress(int nodeId) {
        throw new UnsupportedOperationException();
    }
}
