package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
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
            /// Without the node, unless it is the only one that has the data.
            LEFT_TO_OTHERS,
            /// Without the node: it has no data.
            LEFT
        }

        List<Integer> isr(PartitionImage before) {
            if (isr == Isr.KEPT || !before.isr().contains(node)) return before.isr();
            if (isr == Isr.LEFT_TO_OTHERS && before.isr().size() == 1) return before.isr();
            return before.isr().stream().filter(replica -> replica != node).toList();
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

    /// The node leads nothing that others can lead, and goes on with the rest until it is gone.
    List<Command> onShuttingDown(int node) {
        return after(new Event(node, Event.Isr.LEFT_TO_OTHERS, false));
    }

    /// The node lives, and what it has on its disk counts again.
    List<Command> onUnfenced(int node) {
        return after(new Event(node, Event.Isr.KEPT, false));
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

    private List<Command> after(Event event) {
        ElectionBatches batches = new ElectionBatches();
        for (TopicImage topic : image.topicsOf(event.node())) {
            int partition = 0;
            for (PartitionImage before : topic.partitions()) {
                int index = partition++;
                if (!before.replicas().contains(event.node())) continue;
                boolean newTerm = event.newProcess() && before.leader() == event.node();
                change(topic, index, before, event.isr(before), newTerm).ifPresent(one -> batches.add(topic.id(), one));
            }
        }
        return batches.commands();
    }

    private Optional<Command.Election> change(
            TopicImage topic, int partition, PartitionImage before, List<Integer> isr, boolean newTerm) {
        int leader = leader(before, isr);
        List<Integer> nextIsr = isr;
        boolean unclean = false;
        if (leader == PartitionImage.NO_LEADER && uncleanAllowed.test(topic)) {
            leader = first(before.replicas(), before.replicas());
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
