package io.chronik.simulator;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.CommandCodec;
import io.chronik.metadata.ImageSnapshot;
import io.chronik.server.metadata.MetadataLog.Leader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Stands in for Raft: a log on which the nodes agree, as bytes. Its leader's proposals are committed in order, a
/// little later and while a majority is reached; when another node leads, some of those that are not committed yet
/// still are, and the rest is lost. The one before hears of it late, and goes on as if nothing had happened.
final class SimulatedQuorum {
    private static final int SNAPSHOT_BEHIND = 30;

    /// What is committed in one step. Raft's own entries have no command.
    private record Entry(long lastIndex, List<byte[]> commands) {}

    private record Proposal(List<byte[]> commands, SimulatedMetadataLog by) {}

    private final Cluster cluster;
    private final Chance chance;
    private final List<Entry> entries = new ArrayList<>();

    /// After each of the entries.
    private final List<ClusterImage> images = new ArrayList<>();

    private final Deque<Proposal> pending = new ArrayDeque<>();
    private Leader leader = new Leader(Leader.NONE, 0);
    private SimulatedNode.@Nullable Running leaderProcess;
    private long reachedUs;
    private boolean busy;
    private int terms;

    SimulatedQuorum(Cluster cluster, Chance chance, List<Command> bootstrap) {
        this.cluster = cluster;
        this.chance = chance;
        append(bootstrap.stream().map(CommandCodec::encode).toList());
        everyTick();
    }

    // ---- The log ----

    ClusterImage committed() {
        return images.getLast();
    }

    int size() {
        return entries.size();
    }

    long indexAt(int size) {
        return size == 0 ? -1 : entries.get(size - 1).lastIndex;
    }

    ClusterImage imageAt(int size) {
        return size == 0 ? ClusterImage.EMPTY : images.get(size - 1);
    }

    List<Command> commandsOf(int entry) {
        return entries.get(entry).commands.stream().map(CommandCodec::decode).toList();
    }

    /// The whole state after so many entries, as a node gets it that has nothing, or too little.
    List<Command> snapshotAt(int size) {
        List<Command> snapshot = new ArrayList<>();
        ImageSnapshot.write(imageAt(size), command -> snapshot.add(CommandCodec.decode(CommandCodec.encode(command))));
        return snapshot;
    }

    /// Whether a node with so many entries is given a snapshot.
    boolean isFarBehind(int have) {
        return size() - have > SNAPSHOT_BEHIND;
    }

    private void append(List<byte[]> commands) {
        ClusterImage before = imageAt(size());
        ClusterImage after = before;
        for (byte[] command : commands) after = after.apply(CommandCodec.decode(command));
        long lastIndex = before.appliedIndex() + Math.max(1, commands.size());
        entries.add(new Entry(lastIndex, commands));
        images.add(after.at(lastIndex));
    }

    private void commit(List<byte[]> commands) {
        ClusterImage before = committed();
        append(commands);
        cluster.onCommitted(before, committed());
    }

    // ---- Proposals ----

    /// Nothing comes of it when `by` does not lead any more.
    void propose(SimulatedMetadataLog by, int epoch, List<byte[]> commands) {
        if (!isLeader(by.owner(), epoch)) return;
        pending.add(new Proposal(commands, by));
        if (!busy) commitSome();
    }

    private void commitSome() {
        busy = true;
        long delayUs = chance.percent(3) ? chance.between(3_000, 60_000) : chance.between(200, 3_000);
        cluster.time().afterUs(delayUs, () -> {
            busy = false;
            if (pending.isEmpty()) return;
            if (leaderReachesMajority()) {
                int count = 1 + chance.below(pending.size());
                for (int i = 0; i < count; i++) commitNext();
            }
            if (!pending.isEmpty()) commitSome();
        });
    }

    private void commitNext() {
        Proposal proposal = pending.remove();
        commit(proposal.commands);
        int size = size();
        proposal.by.owner().process().run(() -> {
            proposal.by.advance(size);
            proposal.by.onCommitted(proposal.commands, indexAt(size));
        });
        tellOthers();
    }

    // ---- Leaders ----

    Leader leader() {
        return leader;
    }

    boolean isLeader(SimulatedNode.Running process, int epoch) {
        return leaderProcess == process && leader.epoch() == epoch;
    }

    /// The process of the controller, if it lives and knows.
    SimulatedNode.@Nullable Running controller() {
        SimulatedNode.Running process = leaderProcess;
        return process != null && process.process().runs() && process.metadata().leads() ? process : null;
    }

    /// How often another node became the leader.
    int terms() {
        return terms;
    }

    /// What is proposed may still be committed, and would not be known to who asks.
    boolean isIdle() {
        return pending.isEmpty();
    }

    private void everyTick() {
        cluster.time().afterMs(10, () -> {
            if (leaderReachesMajority()) reachedUs = cluster.time().nowUs();
            else if (cluster.time().nowUs() - reachedUs > chance.between(60_000, 250_000)) elect();
            everyTick();
        });
    }

    private boolean leaderReachesMajority() {
        SimulatedNode.Running process = leaderProcess;
        return process != null && process.process().runs() && reachesMajority(leader.nodeId());
    }

    private boolean reachesMajority(int id) {
        long reached = cluster.nodes().stream()
                .filter(node -> node.running()
                        .filter(running -> running.process().runs())
                        .isPresent())
                .filter(node -> node.id() == id || cluster.network().connects(id, node.id()))
                .count();
        return reached * 2 > cluster.nodes().size();
    }

    /// Another node leads from now on, if one can.
    void elect() {
        List<SimulatedNode> candidates = new ArrayList<>();
        for (SimulatedNode node : cluster.nodes()) {
            boolean runs = node.running()
                    .filter(running -> running.process().runs() && running != leaderProcess)
                    .isPresent();
            if (runs && reachesMajority(node.id())) candidates.add(node);
        }
        if (candidates.isEmpty()) return;
        int kept = chance.below(pending.size() + 1);
        for (int i = 0; i < kept; i++) commit(pending.remove().commands);
        pending.clear();
        SimulatedNode elected = chance.oneOf(candidates);
        leader = new Leader(elected.id(), leader.epoch() + 1);
        SimulatedNode.Running process = elected.running().orElseThrow();
        leaderProcess = process;
        reachedUs = cluster.time().nowUs();
        terms++;
        commit(List.of());
        Leader now = leader;
        cluster.trace("%s", now);
        cluster.time().afterUs(chance.between(100, 5_000), () -> {
            if (!now.equals(leader)) return;
            process.process().run(() -> process.metadata().onTold(now, size()));
            tellOthers();
        });
    }

    private void tellOthers() {
        int size = size();
        Leader now = leader;
        for (SimulatedNode node : cluster.nodes()) {
            if (node.id() != now.nodeId()) tell(node.id(), now, size);
        }
    }

    private void tell(int node, Leader now, int size) {
        cluster.network()
                .send(
                        now.nodeId(),
                        node,
                        () -> cluster.node(node)
                                .running()
                                .ifPresent(running -> running.process()
                                        .run(() -> running.metadata().onTold(now, size))));
    }

    /// `node` asks for what it does not have.
    void ask(int node) {
        if (!leader.known()) return;
        int asked = leader.nodeId();
        cluster.network().send(node, asked, () -> {
            SimulatedNode.Running process = leaderProcess;
            boolean answers = leader.nodeId() == asked
                    && process != null
                    && process.process().runs();
            if (answers && Objects.requireNonNull(process).metadata().leads()) tell(node, leader, size());
        });
    }
}
