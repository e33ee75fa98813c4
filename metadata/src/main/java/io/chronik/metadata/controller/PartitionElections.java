package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/// Who leads which partition after something happened to a node: an in-sync replica that may lead, the first in
/// order of preference. Without one there is no leader, unless the topic allows an unclean election: then any
/// replica that may lead, and what the others had is lost.
///
/// A leader begins a new epoch whenever it is elected, and also when it stays but its process is another one. The
/// image that is given already shows the node as it is after the event.
public final class PartitionElections {
    /// What happens to the ISR and to the leader's term.
    private record Event(int node, Isr isr, boolean newProcess) {
        enum Isr {
            KEPT,
            /// Without those that do not live, where the node leads now.
            OF_THE_LIVING,
            /// Without the node, where another in-sync replica may lead. Where none may, all stay: nothing is
            /// acknowledged until one of them is back, and whoever comes first has everything.
            LEFT_TO_OTHERS,
            /// Without the node: it has no data.
            LEFT
        }
    }

    private final ClusterImage image;
    private final Predicate<TopicImage> uncleanAllowed;

    PartitionElections(ClusterImage image, Predicate<TopicImage> uncleanAllowed) {
        this.image = image;
        this.uncleanAllowed = uncleanAllowed;
    }

    /// The node does not live, as far as is known, but its disk may come back.
    List<Command> onFenced(int node) {
        return after(new Event(node, Event.Isr.LEFT_TO_OTHERS, false));
    }

    /// Another process of a node is there, with the same disk and fenced. `heard`: which other nodes are known to live,
    /// and are not only not known to be dead.
    List<Command> onRegistered(int node, IntPredicate heard) {
        return after(new Event(node, Event.Isr.LEFT_TO_OTHERS, true), heard);
    }

    /// The node leads nothing that others can lead, and goes on with the rest until it is gone.
    List<Command> onShuttingDown(int node) {
        return after(new Event(node, Event.Isr.LEFT_TO_OTHERS, false));
    }

    /// The node lives, and what it has on its disk counts again.
    List<Command> onUnfenced(int node) {
        return after(new Event(node, Event.Isr.OF_THE_LIVING, false));
    }

    /// Another process of the node took the place of the one before, which is gone, without a time in between.
    List<Command> onNewProcess(int node) {
        return after(new Event(node, Event.Isr.KEPT, true));
    }

    /// The node has lost its data, wherever it is in the ISR.
    List<Command> onNewDisk(int node) {
        return after(new Event(node, Event.Isr.LEFT, true));
    }

    /// Leaders for the partitions of these topics that have none.
    List<Command> forLeaderless(Collection<TopicImage> topics) {
        ElectionBatches batches = new ElectionBatches();
        for (TopicImage topic : topics) {
            int partition = 0;
            for (PartitionImage before : topic.partitions()) {
                int index = partition++;
                if (before.hasLeader()) continue;
                settled(topic, index, before).ifPresent(one -> batches.add(topic.id(), one));
            }
        }
        return batches.commands();
    }

    /// A better leader for one partition, if it is not led by one that may lead.
    Optional<Command.Election> settled(TopicImage topic, int partition, PartitionImage before) {
        return change(topic, partition, before, before.isr(), false);
    }

    /// Whether another than the preferred replica leads though that one could.
    boolean imbalanced(PartitionImage state) {
        if (state.replicas().isEmpty()) return false;
        int preferred = state.replicas().getFirst();
        return state.leader() != preferred && state.isr().contains(preferred) && mayLead(preferred);
    }

    static Command.Election preferred(int partition, PartitionImage before) {
        return new Command.Election(
                partition,
                before.replicas().getFirst(),
                before.isr(),
                before.leaderEpoch() + 1,
                before.partitionEpoch() + 1,
                false);
    }

    /// Any replica that may lead, in sync if there is one; empty when there is none.
    Optional<Command.Election> unclean(int partition, PartitionImage before) {
        int inSync = first(before.replicas(), before.isr());
        int leader = inSync == PartitionImage.NO_LEADER ? first(before.replicas(), before.replicas()) : inSync;
        if (leader == PartitionImage.NO_LEADER) return Optional.empty();
        boolean unclean = inSync == PartitionImage.NO_LEADER;
        return Optional.of(new Command.Election(
                partition,
                leader,
                unclean ? List.of(leader) : before.isr(),
                before.leaderEpoch() + 1,
                before.partitionEpoch() + 1,
                unclean));
    }

    boolean mayLead(int nodeId) {
        NodeImage node = image.nodes().get(nodeId);
        return node != null && node.mayLead();
    }

    /// One replica of the node is gone, or damaged, and the node lives.
    Optional<Command.Election> onLostReplica(int node, TopicImage topic, int partition, PartitionImage before) {
        List<Integer> others = without(node, before.isr());
        if (others.equals(before.isr()) && before.leader() != node) return Optional.empty();
        return change(topic, partition, before, others, before.leader() == node);
    }

    private List<Command> after(Event event) {
        return after(event, _ -> true);
    }

    private List<Command> after(Event event, IntPredicate heard) {
        ElectionBatches batches = new ElectionBatches();
        for (TopicImage topic : image.topicsOf(event.node())) {
            int partition = 0;
            for (PartitionImage before : topic.partitions()) {
                int index = partition++;
                if (!before.replicas().contains(event.node())) continue;
                boolean newTerm = event.newProcess() && before.leader() == event.node();
                change(topic, index, before, isr(event, before, heard), newTerm)
                        .map(election ->
                                event.isr() == Event.Isr.OF_THE_LIVING ? ofTheLiving(election, event) : election)
                        .ifPresent(election -> batches.add(topic.id(), election));
            }
        }
        return batches.commands();
    }

    private List<Integer> isr(Event event, PartitionImage before, IntPredicate heard) {
        List<Integer> others = without(event.node(), before.isr());
        return switch (event.isr()) {
            case KEPT, OF_THE_LIVING -> before.isr();
            case LEFT -> others;
            case LEFT_TO_OTHERS ->
                others.stream().anyMatch(other -> goesOn(other, before) && heard.test(other)) ? others : before.isr();
        };
    }

    private boolean goesOn(int member, PartitionImage before) {
        return mayLead(member) || (member == before.leader() && lives(member));
    }

    private static List<Integer> without(int node, List<Integer> replicas) {
        return replicas.contains(node)
                ? replicas.stream().filter(replica -> replica != node).toList()
                : replicas;
    }

    private Command.Election ofTheLiving(Command.Election election, Event event) {
        if (election.leader() != event.node()) return election;
        return new Command.Election(
                election.partition(),
                election.leader(),
                election.isr().stream().filter(this::lives).toList(),
                election.leaderEpoch(),
                election.partitionEpoch(),
                election.unclean());
    }

    private Optional<Command.Election> change(
            TopicImage topic, int partition, PartitionImage before, List<Integer> isr, boolean newTerm) {
        int leader = leader(before, isr);
        List<Integer> nextIsr = isr;
        boolean unclean = false;
        if (leader == PartitionImage.NO_LEADER && uncleanAllowed.test(topic)) {
            // Whoever has just left the ISR has nothing, or does not live: the last to be asked.
            List<Integer> eligible = before.replicas().stream()
                    .filter(replica -> isr.contains(replica) || !before.isr().contains(replica))
                    .toList();
            leader = first(before.replicas(), eligible);
            if (leader == PartitionImage.NO_LEADER) leader = first(before.replicas(), before.replicas());
            unclean = leader != PartitionImage.NO_LEADER;
            if (unclean) nextIsr = List.of(leader);
        }
        boolean elected = newTerm || leader != before.leader();
        if (!elected && nextIsr.equals(before.isr())) return Optional.empty();
        return Optional.of(new Command.Election(
                partition,
                leader,
                nextIsr,
                elected ? before.leaderEpoch() + 1 : before.leaderEpoch(),
                before.partitionEpoch() + 1,
                unclean));
    }

    private int leader(PartitionImage before, List<Integer> isr) {
        boolean inSync = before.hasLeader() && isr.contains(before.leader());
        if (inSync && mayLead(before.leader())) return before.leader();
        int another = first(before.replicas(), isr);
        if (another != PartitionImage.NO_LEADER) return another;
        // Who stops goes on leading what nobody else can lead.
        return inSync && lives(before.leader()) ? before.leader() : PartitionImage.NO_LEADER;
    }

    private int first(List<Integer> replicas, List<Integer> eligible) {
        for (int replica : replicas) {
            if (eligible.contains(replica) && mayLead(replica)) return replica;
        }
        return PartitionImage.NO_LEADER;
    }

    private boolean lives(int nodeId) {
        NodeImage node = image.nodes().get(nodeId);
        return node != null && !node.fenced();
    }
}
