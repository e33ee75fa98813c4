package io.chronik.simulator;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.CommandCodec;
import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.AppliedImage;
import io.chronik.server.metadata.MetadataLog;
import io.chronik.server.metadata.QuorumPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/// The quorum as one process sees it: late, but never another history than the others.
final class SimulatedMetadataLog implements MetadataLog {
    /// Told what Raft tells the controller.
    interface Events {
        void onLeader(int leaderId, int epoch);
    }

    private record Waiting(List<byte[]> commands, CompletableFuture<Long> done) {}

    private final Cluster cluster;
    private final SimulatedNode.Running running;
    private final AppliedImage image;
    private final List<Waiting> proposed = new ArrayList<>();
    private Events events = (_, _) -> {};
    private Leader leader = new Leader(Leader.NONE, 0);

    /// How many entries of the quorum's log are applied.
    private int size;

    SimulatedMetadataLog(Cluster cluster, SimulatedNode.Running running, AppliedImage image) {
        this.cluster = cluster;
        this.running = running;
        this.image = image;
    }

    /// What the disk has is loaded: a snapshot, and the entries since then.
    void recover(int snapshot, int stored) {
        if (snapshot > 0)
            QuorumPort.load(
                    image, cluster.quorum().indexAt(snapshot), cluster.quorum().snapshotAt(snapshot));
        size = snapshot;
        advance(stored);
    }

    void tell(Events told) {
        events = told;
    }

    SimulatedNode.Running owner() {
        return running;
    }

    int size() {
        return size;
    }

    boolean leads() {
        return cluster.quorum().isLeader(running, leader.epoch());
    }

    // ---- What the quorum tells ----

    void onTold(Leader now, int committed) {
        advance(committed);
        if (now.epoch() <= leader.epoch()) return;
        leader = now;
        List<Waiting> lost = List.copyOf(proposed);
        proposed.clear();
        for (Waiting each : lost) each.done.completeExceptionally(new NotControllerException("another node leads"));
        events.onLeader(now.nodeId(), now.epoch());
    }

    void advance(int committed) {
        if (committed <= size) return;
        if (size > 0 && cluster.quorum().isFarBehind(size)) {
            size = committed;
            QuorumPort.load(
                    image, cluster.quorum().indexAt(size), cluster.quorum().snapshotAt(size));
        }
        while (size < committed) {
            List<Command> commands = cluster.quorum().commandsOf(size);
            size++;
            QuorumPort.apply(image, cluster.quorum().indexAt(size), commands);
        }
        ClusterImage expected = cluster.quorum().imageAt(size);
        Oracle.check(image.current().equals(expected), "M1: %s has %s, not %s", running, image.current(), expected);
        running.onStored(size);
    }

    @SuppressWarnings("ReferenceEquality") // Two proposals may have the same commands.
    void onCommitted(List<byte[]> commands, long index) {
        for (Waiting each : List.copyOf(proposed)) {
            if (each.commands != commands) continue;
            proposed.remove(each);
            each.done.complete(index);
        }
    }

    // ---- MetadataLog ----

    @Override
    public Leader leader() {
        return leader;
    }

    @Override
    public CompletableFuture<Long> propose(int epoch, List<Command> commands) {
        List<byte[]> bytes = commands.stream().map(CommandCodec::encode).toList();
        CompletableFuture<Long> done = new CompletableFuture<>();
        if (epoch < leader.epoch()) {
            done.completeExceptionally(new NotControllerException("another node leads"));
            return done;
        }
        proposed.add(new Waiting(bytes, done));
        cluster.quorum().propose(this, epoch, bytes);
        return done;
    }

    @Override
    public long appliedIndex() {
        return image.current().appliedIndex();
    }

    @Override
    public CompletableFuture<Void> applied(long index) {
        throw new UnsupportedOperationException("nobody waits for an index here");
    }

    /// The voters are who they are.
    @Override
    public CompletionStage<ApiMessage> handle(String listener, short version, ApiMessage request) {
        return CompletableFuture.completedFuture(
                new DescribeQuorumResponseData().setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code()));
    }

    @Override
    public void resign(int epoch) {
        if (leads() && leader.epoch() == epoch) cluster.quorum().elect();
    }

    @Override
    public void onLeaderGone(Leader gone) {}

    @Override
    public Optional<HostPort> voterAddress(int nodeId) {
        return Optional.empty();
    }
}
