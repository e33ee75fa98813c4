package io.chronik.simulator;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.CommandCodec;
import io.chronik.metadata.ImageDigest;
import io.chronik.metadata.ImageSnapshot;
import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.AppliedImage;
import io.chronik.server.metadata.AppliedIndex;
import io.chronik.server.metadata.MetadataLog;
import io.chronik.server.metadata.RaftHost;
import io.chronik.simulator.SimulatedQuorum.Entries;
import io.chronik.simulator.SimulatedQuorum.Proposal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/// One process' part in the [SimulatedQuorum], in place of `RaftHost`: it applies to the real image what it hears to be
/// committed, knows some leader, and answers who proposed here.
final class SimulatedMetadataLog implements MetadataLog {
    static final int NOBODY = Leader.NONE;
    private static final int POLL_MS = 50;

    private final Cluster cluster;
    private final SimulatedNode node;
    private final SimulatedProcess process;
    private final Chance chance;
    private final AppliedImage image;
    private final AppliedIndex applied = new AppliedIndex();
    private final Deque<Proposal> unanswered = new ArrayDeque<>();
    private Leader leader = new Leader(NOBODY, 0);
    private RaftHost.@Nullable Events events;

    /// How many [Entries] the image has.
    private int appliedCount;

    SimulatedMetadataLog(
            Cluster cluster, SimulatedNode node, SimulatedProcess process, Chance chance, AppliedImage image) {
        this.cluster = cluster;
        this.node = node;
        this.process = process;
        this.chance = chance;
        this.image = image;
    }

    int node() {
        return node.id();
    }

    SimulatedProcess process() {
        return process;
    }

    /// Some snapshot that is on the disk, and some of what follows it there; the rest when it is heard to be committed.
    void begin(RaftHost.Events told) {
        events = told;
        int stored = node.storedEntries();
        int snapshot = chance.below(stored + 1);
        if (snapshot > 0) load(snapshot);
        if (chance.percent(50)) applyUpTo(chance.below(stored + 1));
        process.every(POLL_MS, this::poll);
    }

    // ---- What is committed ----

    private void load(int count) {
        List<Command> snapshot = new ArrayList<>();
        ImageSnapshot.write(
                cluster.quorum().imageAfter(count),
                command -> snapshot.add(CommandCodec.decode(CommandCodec.encode(command))));
        image.load(cluster.quorum().imageAfter(count).appliedIndex(), snapshot);
        onApplied(count);
        checkDigest();
    }

    private void applyUpTo(int count) {
        while (appliedCount < count) {
            Entries next = cluster.quorum().entries(appliedCount);
            image.apply(
                    next.lastIndex(),
                    next.commands().stream().map(CommandCodec::decode).toList());
            onApplied(appliedCount + 1);
            answer(next);
            if (chance.percent(10)) checkDigest();
        }
    }

    private void onApplied(int count) {
        appliedCount = count;
        node.store(count);
        applied.advance(image.current().appliedIndex());
    }

    private void answer(Entries done) {
        while (!unanswered.isEmpty()
                && unanswered.peek().lastIndex >= 0
                && unanswered.peek().lastIndex <= done.lastIndex()) {
            Proposal proposal = unanswered.remove();
            proposal.done.complete(proposal.lastIndex);
        }
    }

    /// Equal on all nodes that have applied as much.
    void checkDigest() {
        String own = ImageDigest.of(image.current());
        Oracle.check(
                own.equals(cluster.quorum().digestAfter(appliedCount)),
                "M1: node %d has another image at index %d than others: %s",
                node.id(),
                image.current().appliedIndex(),
                image.current());
    }

    int appliedCount() {
        return appliedCount;
    }

    // ---- Who leads ----

    /// This process leads in `epoch`, and has everything that was committed before.
    void lead(int epoch) {
        process.run(() -> {
            if (epoch < leader.epoch()) return;
            change(new Leader(NOBODY, epoch), false);
            applyUpTo(cluster.quorum().size());
            change(new Leader(node.id(), epoch), true);
        });
    }

    /// Its own entries are committed.
    void onCommitted(int epoch, int count) {
        process.run(() -> {
            if (leader.epoch() == epoch && leader.nodeId() == node.id()) applyUpTo(count);
        });
    }

    /// Another node says that `from` leads in `epoch`, and that so many entries are committed.
    void hear(int epoch, int from, int count) {
        boolean late =
                !cluster.network().isCalm() && chance.percent(cluster.faults().lateMetadataPercent());
        process.afterMs(late ? chance.between(20, 500) : 0, () -> {
            boolean news = epoch > leader.epoch() || (epoch == leader.epoch() && !leader.known() && from != NOBODY);
            // Whom it concerns learns that from the quorum alone.
            if (news && from != node.id()) change(new Leader(from, epoch), true);
            if (leader.nodeId() != node.id()) applyUpTo(count);
        });
    }

    private void change(Leader known, boolean tell) {
        if (known.epoch() > leader.epoch()) {
            List<Proposal> lost = List.copyOf(unanswered);
            unanswered.clear();
            lost.forEach(SimulatedMetadataLog::refuse);
        }
        leader = known;
        if (tell && events != null) events.onLeader(known.nodeId(), known.epoch());
    }

    private static void refuse(Proposal proposal) {
        proposal.done.completeExceptionally(new NotControllerException("no longer the leader"));
    }

    /// As a follower fetches: whatever message was lost, it hears the next time.
    private void poll() {
        int asked = leader.known() && chance.percent(80)
                ? leader.nodeId()
                : chance.oneOf(cluster.nodes()).id();
        if (asked == node.id()) return;
        cluster.network()
                .send(
                        node.id(),
                        asked,
                        () -> cluster.node(asked)
                                .running()
                                .ifPresent(running -> running.process()
                                        .run(() -> running.metadata().answerPoll(node))));
    }

    private void answerPoll(SimulatedNode asking) {
        Leader known = leader;
        int count = appliedCount;
        cluster.network()
                .send(
                        node.id(),
                        asking.id(),
                        () -> asking.running()
                                .ifPresent(running -> running.metadata().hear(known.epoch(), known.nodeId(), count)));
    }

    // ---- As the node sees it ----

    @Override
    public Leader leader() {
        return leader;
    }

    @Override
    public CompletableFuture<Long> propose(int epoch, List<Command> commands) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        Proposal proposal =
                new Proposal(epoch, commands.stream().map(CommandCodec::encode).toList(), done);
        if (epoch != leader.epoch() || leader.nodeId() != node.id()) {
            refuse(proposal);
        } else {
            unanswered.add(proposal);
            cluster.quorum().propose(this, proposal);
        }
        return done;
    }

    @Override
    public long appliedIndex() {
        return applied.get();
    }

    @Override
    public CompletableFuture<Void> applied(long index) {
        return applied.reached(index);
    }

    /// Only asked for the voters, who are all there.
    @Override
    public CompletionStage<ApiMessage> handle(String listener, short version, ApiMessage request) {
        PartitionData quorum = new PartitionData()
                .setLeaderId(leader.nodeId())
                .setLeaderEpoch(leader.epoch())
                .setHighWatermark(image.current().appliedIndex() + 1);
        for (int voter = 1; voter <= SimulatedQuorum.voters(); voter++) {
            quorum.currentVoters().add(new ReplicaState().setReplicaId(voter));
        }
        TopicData topic = new TopicData().setTopicName(Topic.CLUSTER_METADATA_TOPIC_NAME);
        topic.partitions().add(quorum);
        DescribeQuorumResponseData answer = new DescribeQuorumResponseData();
        answer.topics().add(topic);
        return CompletableFuture.completedFuture(answer);
    }

    @Override
    public void resign(int epoch) {
        if (leader.epoch() == epoch && leader.nodeId() == node.id())
            cluster.quorum().elect();
    }

    @Override
    public void onLeaderGone(Leader gone) {}

    @Override
    public Optional<HostPort> voterAddress(int nodeId) {
        return Optional.empty();
    }

    ClusterImage current() {
        return image.current();
    }
}
