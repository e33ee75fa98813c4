package io.chronik.simulator;

import io.chronik.replication.IsrAnswer;
import io.chronik.replication.IsrProposal;
import io.chronik.simulator.ClusterState.Node;
import io.chronik.simulator.ClusterState.PartitionState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/// Stands in for the metadata quorum and its controller. It decides on what it has decided before; a decision is
/// committed a little later, in order, and until then it is lost when the controller changes. Nodes are told of what
/// is committed, late.
final class ControllerModel {
    private static final int SESSION_MS = 300;

    private record Decided(ClusterState state, Runnable onCommitted) {}

    private final VirtualTime time;
    private final Chance chance;
    private final Consumer<ClusterState> onCommitted;
    private final Deque<Decided> pending = new ArrayDeque<>();
    private final Map<Integer, Long> sessionEndsMs = new TreeMap<>();
    private ClusterState committed;
    private ClusterState newest;

    /// Until then there is no controller.
    private long leadsFromUs;

    private int terms;

    ControllerModel(VirtualTime time, Chance chance, ClusterState initial, Consumer<ClusterState> onCommitted) {
        this.time = time;
        this.chance = chance;
        this.committed = initial;
        this.newest = initial;
        this.onCommitted = onCommitted;
        everyTick();
    }

    ClusterState committed() {
        return committed;
    }

    /// In no in-sync set, whatever becomes of what is not committed yet.
    boolean isOutOfSync(int node) {
        return pending.isEmpty()
                && !committed.mayLead(node)
                && committed.partitions().values().stream()
                        .noneMatch(state -> state.isr().contains(node));
    }

    int terms() {
        return terms;
    }

    private boolean leads() {
        return time.nowUs() >= leadsFromUs;
    }

    // ---- Decisions and commits ----

    private void decide(ClusterState next, Runnable whenCommitted) {
        newest = next;
        pending.add(new Decided(next, whenCommitted));
        int term = terms;
        long delayUs = chance.percent(5) ? chance.between(5_000, 80_000) : chance.between(500, 5_000);
        time.afterUs(delayUs, () -> {
            if (term == terms) commitUpTo(next.index());
        });
    }

    private void commitUpTo(long index) {
        while (!pending.isEmpty() && pending.peek().state.index() <= index) {
            Decided next = pending.remove();
            committed = next.state;
            onCommitted.accept(committed);
            next.onCommitted.run();
        }
    }

    /// Another node is the controller from now on. Some of what was decided is committed by it, the rest is lost; who
    /// waits for an answer gets none.
    void change() {
        terms++;
        int kept = chance.below(pending.size() + 1);
        for (int i = 0; i < kept; i++) {
            committed = pending.remove().state;
            onCommitted.accept(committed);
        }
        pending.clear();
        newest = committed;
        long awayMs = chance.between(1, 200);
        leadsFromUs = time.nowUs() + awayMs * 1_000;
        for (int node : newest.nodes().keySet()) sessionEndsMs.put(node, time.nowMs() + awayMs + SESSION_MS);
    }

    // ---- Nodes ----

    /// The first registration of each node, before anything happens.
    void register(int node, int incarnation) {
        if (!leads()) return;
        Node known = newest.nodes().get(node);
        if (known != null && known.incarnation() >= incarnation) return;
        sessionEndsMs.put(node, time.nowMs() + SESSION_MS);
        Node registered = new Node(newest.index() + 1, incarnation, true);
        decide(newest.with(node, registered, state -> state.with(withoutNode(state, node))), () -> {});
    }

    /// `ready`: it has applied its registration and would lead.
    void heartbeat(int node, long epoch, boolean ready, Runnable stale) {
        if (!leads()) return;
        Node known = newest.nodes().get(node);
        if (known == null || known.epoch() != epoch) {
            stale.run();
            return;
        }
        sessionEndsMs.put(node, time.nowMs() + SESSION_MS);
        if (!known.fenced() || !ready) return;
        Node unfenced = new Node(known.epoch(), known.incarnation(), false);
        decide(newest.with(node, unfenced, state -> state.with(whereNobodyLeads(state))), () -> {});
    }

    /// Its connection broke, or its session is over, or an operator wants it.
    void fence(int node, long epoch) {
        Node known = newest.nodes().get(node);
        if (!leads() || known == null || known.epoch() != epoch || known.fenced()) return;
        Node fenced = new Node(known.epoch(), known.incarnation(), true);
        decide(newest.with(node, fenced, state -> state.with(withoutNode(state, node))), () -> {});
    }

    private void everyTick() {
        time.afterMs(20, () -> {
            if (leads()) {
                for (int partition : newest.partitions().keySet()) finishReassignment(partition);
                for (var session : List.copyOf(sessionEndsMs.entrySet())) {
                    if (session.getValue() < time.nowMs()) fence(session.getKey(), newest.epochOf(session.getKey()));
                }
            }
            everyTick();
        });
    }

    // ---- Elections ----

    private static Map<Integer, PartitionState> withoutNode(ClusterState cluster, int node) {
        Map<Integer, PartitionState> changed = new TreeMap<>();
        cluster.partitions().forEach((id, state) -> {
            List<Integer> isr = state.isr().stream()
                    .filter(member -> member != node || state.isr().size() == 1)
                    .toList();
            boolean sameIsr = isr.equals(state.isr());
            if (state.leader() == node) changed.put(id, state.led(elected(cluster, state, isr), isr));
            else if (!sameIsr) changed.put(id, state.withIsr(isr));
        });
        return changed;
    }

    private static int elected(ClusterState cluster, PartitionState state, List<Integer> isr) {
        return state.replicas().stream()
                .filter(isr::contains)
                .filter(cluster::mayLead)
                .findFirst()
                .orElse(-1);
    }

    private static Map<Integer, PartitionState> whereNobodyLeads(ClusterState cluster) {
        Map<Integer, PartitionState> changed = new TreeMap<>();
        cluster.partitions().forEach((id, state) -> {
            if (state.leader() >= 0) return;
            int leader = elected(cluster, state, state.isr());
            if (leader >= 0) changed.put(id, state.led(leader, state.isr()));
        });
        return changed;
    }

    /// Another leader although the present one lives: back to the preferred one, or as an operator wishes.
    void moveLeader(int partition) {
        PartitionState state = newest.partition(partition);
        if (!leads() || state.leader() < 0) return;
        List<Integer> others = state.isr().stream()
                .filter(member -> member != state.leader() && newest.mayLead(member))
                .toList();
        if (others.isEmpty()) return;
        int leader = chance.oneOf(others);
        List<Integer> isr = chance.percent(30)
                ? state.isr().stream()
                        .filter(member -> member != state.leader())
                        .toList()
                : state.isr();
        decide(newest.with(Map.of(partition, state.led(leader, isr))), () -> {});
    }

    // ---- In-sync sets and reassignments ----

    void alterPartition(int sender, long senderEpoch, int partition, IsrProposal proposal, Consumer<IsrAnswer> answer) {
        if (!leads()) return;
        PartitionState state = newest.partition(partition);
        Errors refused = refusal(sender, senderEpoch, state, proposal);
        if (refused != Errors.NONE) {
            answer.accept(new IsrAnswer.Refused(refused));
            return;
        }
        List<Integer> isr =
                proposal.isr().stream().map(IsrProposal.Member::replica).toList();
        PartitionState changed = state.withIsr(isr);
        decide(
                newest.with(Map.of(partition, changed)),
                () -> answer.accept(new IsrAnswer.Committed(changed.partitionEpoch())));
        finishReassignment(partition);
    }

    private Errors refusal(int sender, long senderEpoch, PartitionState state, IsrProposal proposal) {
        if (newest.epochOf(sender) != senderEpoch) return Errors.STALE_BROKER_EPOCH;
        if (state.leader() != sender || proposal.leaderEpoch() < state.leaderEpoch()) return Errors.FENCED_LEADER_EPOCH;
        if (proposal.leaderEpoch() > state.leaderEpoch()) return Errors.NOT_CONTROLLER;
        if (proposal.partitionEpoch() != state.partitionEpoch()) return Errors.INVALID_UPDATE_VERSION;
        for (IsrProposal.Member member : proposal.isr()) {
            if (!state.replicas().contains(member.replica())) return Errors.INVALID_REQUEST;
            if (member.replica() == sender || state.isr().contains(member.replica())) continue;
            boolean present =
                    newest.mayLead(member.replica()) && newest.epochOf(member.replica()) == member.nodeEpoch();
            if (!present) return Errors.INELIGIBLE_REPLICA;
        }
        return Errors.NONE;
    }

    void reassign(int partition, List<Integer> target) {
        PartitionState state = newest.partition(partition);
        if (!leads() || !state.target().isEmpty()) return;
        decide(newest.with(Map.of(partition, state.towards(target))), () -> {});
        finishReassignment(partition);
    }

    private void finishReassignment(int partition) {
        PartitionState state = newest.partition(partition);
        if (state.target().isEmpty() || !state.isr().containsAll(state.target())) return;
        boolean stays = state.leader() >= 0 && state.target().contains(state.leader());
        int leader = stays ? state.leader() : elected(newest, state, state.target());
        if (leader >= 0) decide(newest.with(Map.of(partition, state.arrived(leader))), () -> {});
    }

    void configure(int partition) {
        PartitionState state = newest.partition(partition);
        if (leads()) decide(newest.with(Map.of(partition, state.configured())), () -> {});
    }
}
