package io.chronik.simulator;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.CommandCodec;
import io.chronik.metadata.ImageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What a majority of voters agrees on, in place of Raft: one log of commands, one leader in an epoch, what is
/// committed stays. Everything else is as bad as Raft may be: commits are late, a leader that can't reach a majority
/// commits nothing and does not know that it was replaced, what was proposed is lost or committed without its
/// proposer's knowledge when the leader changes, and each node hears of all that late.
final class SimulatedQuorum {
    private static final int VOTERS = 3;
    private static final int LOOK_MS = 10;

    /// What one proposal, or a new leader (nothing), put into the log: committed as a whole, up to `lastIndex`.
    record Entries(int epoch, long lastIndex, List<byte[]> commands) {
        Entries {
            commands = List.copyOf(commands);
        }
    }

    /// `lastIndex` is -1 until it is committed.
    static final class Proposal {
        final int epoch;
        final List<byte[]> commands;
        final CompletableFuture<Long> done;
        long lastIndex = -1;

        Proposal(int epoch, List<byte[]> commands, CompletableFuture<Long> done) {
            this.epoch = epoch;
            this.commands = commands;
            this.done = done;
        }
    }

    private final Cluster cluster;
    private final Chance chance;
    private final List<Entries> log = new ArrayList<>();
    private final List<ClusterImage> images = new ArrayList<>();
    private final Map<Integer, String> digests = new HashMap<>();
    private final Deque<Proposal> pending = new ArrayDeque<>();
    private @Nullable SimulatedMetadataLog leader;
    private int epoch;

    /// Since when nobody leads who can; -1: somebody does.
    private long silentSinceUs = -1;
    private long patienceUs;

    SimulatedQuorum(Cluster cluster, Chance chance, List<Command> bootstrap) {
        this.cluster = cluster;
        this.chance = chance;
        commit(0, bootstrap.stream().map(CommandCodec::encode).toList());
    }

    void begin() {
        look();
    }

    // ---- What is committed ----

    /// How many [Entries] there are.
    int size() {
        return log.size();
    }

    Entries entries(int number) {
        return log.get(number);
    }

    ClusterImage image() {
        return images.getLast();
    }

    /// -1 after none.
    long lastIndexAfter(int count) {
        return count == 0 ? -1 : log.get(count - 1).lastIndex();
    }

    /// After so many [Entries].
    ClusterImage imageAfter(int count) {
        return images.get(count - 1);
    }

    String digestAfter(int count) {
        return digests.computeIfAbsent(count, at -> ImageDigest.of(imageAfter(at)));
    }

    /// Whether something may still be committed that is not yet.
    boolean isIdle() {
        return pending.isEmpty();
    }

    /// Nothing is pending, and every node has what is committed.
    boolean isSettled() {
        return isIdle()
                && cluster.nodes().stream()
                        .allMatch(node -> node.running()
                                .filter(running -> running.metadata().appliedCount() == size())
                                .isPresent());
    }

    private void commit(int ofEpoch, List<byte[]> commands) {
        ClusterImage before = images.isEmpty() ? ClusterImage.EMPTY : image();
        // A new leader's own entry takes a place, too.
        long lastIndex = before.appliedIndex() + Math.max(1, commands.size());
        ClusterImage after = before;
        for (byte[] command : commands) after = after.apply(CommandCodec.decode(command));
        log.add(new Entries(ofEpoch, lastIndex, commands));
        images.add(after.at(lastIndex));
        if (log.size() > 1) cluster.onCommitted(before, image(), commands);
    }

    // ---- Proposals ----

    /// Dropped unless `by` is the leader of `ofEpoch`: it will hear that it is not.
    void propose(SimulatedMetadataLog by, Proposal proposal) {
        if (by != leader || proposal.epoch != epoch) return;
        pending.add(proposal);
        commitLater(proposal);
    }

    private void commitLater(Proposal proposal) {
        long delayUs = chance.percent(5) ? chance.between(5_000, 80_000) : chance.between(300, 4_000);
        cluster.time().afterUs(delayUs, () -> {
            if (!pending.contains(proposal)) return;
            if (leads()) commitUpTo(proposal);
            else commitLater(proposal);
        });
    }

    private void commitUpTo(Proposal last) {
        Proposal next;
        do {
            next = pending.remove();
            commit(next);
        } while (next != last);
        announce();
    }

    private void commit(Proposal proposal) {
        commit(proposal.epoch, proposal.commands);
        proposal.lastIndex = log.getLast().lastIndex();
    }

    // ---- Leaders ----

    Optional<SimulatedMetadataLog> leader() {
        return Optional.ofNullable(leader);
    }

    int epoch() {
        return epoch;
    }

    static boolean isVoter(int node) {
        return node <= VOTERS;
    }

    /// Another disk is another voter: the controller takes it in after it has registered.
    private boolean mayVote(SimulatedNode node) {
        return isVoter(node.id())
                && image().node(node.id())
                        .filter(known -> !known.directoryId().equals(node.directoryId()))
                        .isEmpty();
    }

    static int voters() {
        return VOTERS;
    }

    /// Whether the leader's process runs and a majority answers it.
    private boolean leads() {
        return leader != null && leader.process().runs() && reachesMajority(leader.node());
    }

    private boolean reachesMajority(int node) {
        int reached = 0;
        for (SimulatedNode other : cluster.nodes()) {
            if (!isVoter(other.id()) || !runs(other)) continue;
            if (other.id() == node || cluster.network().areConnected(node, other.id())) reached++;
        }
        return reached > VOTERS / 2;
    }

    private static boolean runs(SimulatedNode node) {
        return node.running().filter(running -> running.process().runs()).isPresent();
    }

    private void look() {
        if (leads()) {
            silentSinceUs = -1;
        } else if (silentSinceUs < 0) {
            silentSinceUs = cluster.time().nowUs();
            boolean gone = leader == null || !leader.process().isAlive();
            patienceUs = gone ? chance.between(0, 60_000) : chance.between(30_000, 200_000);
        } else if (cluster.time().nowUs() - silentSinceUs > patienceUs) {
            elect();
        }
        cluster.time().afterMs(LOOK_MS, this::look);
    }

    /// Another leader, or the same in another epoch, when there is a majority. Of what was proposed some is in the new
    /// one's log, and is committed with it.
    void elect() {
        List<SimulatedNode> candidates = cluster.nodes().stream()
                .filter(node -> mayVote(node) && runs(node) && reachesMajority(node.id()))
                .toList();
        if (candidates.isEmpty()) return;
        silentSinceUs = -1;
        int kept = chance.below(pending.size() + 1);
        for (int i = 0; i < kept; i++) commit(pending.remove());
        pending.clear();
        epoch++;
        SimulatedMetadataLog elected =
                chance.oneOf(candidates).running().orElseThrow().metadata();
        leader = elected;
        cluster.trace("node %d leads the metadata in epoch %d", elected.node(), epoch);
        tellSomeOfTheEpoch(elected.node());
        int mine = epoch;
        cluster.time().afterMs(chance.between(1, 30), () -> {
            if (epoch != mine) return;
            commit(mine, List.of());
            elected.lead(mine);
            announce();
        });
    }

    private void tellSomeOfTheEpoch(int elected) {
        int at = epoch;
        for (SimulatedNode node : cluster.nodes()) {
            if (node.id() == elected || chance.percent(60)) continue;
            cluster.network()
                    .send(
                            elected,
                            node.id(),
                            () -> node.running()
                                    .ifPresent(running -> running.metadata().hear(at, SimulatedMetadataLog.NOBODY, 0)));
        }
    }

    /// The leader tells what is committed.
    private void announce() {
        if (leader == null) return;
        int from = leader.node();
        int at = epoch;
        int count = log.size();
        leader.onCommitted(at, count);
        for (SimulatedNode node : cluster.nodes()) {
            if (node.id() == from) continue;
            cluster.network()
                    .send(
                            from,
                            node.id(),
                            () -> node.running()
                                    .ifPresent(running -> running.metadata().hear(at, from, count)));
        }
    }
}
