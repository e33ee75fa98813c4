package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.Command.SetPartitionLeader.TopicElections;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Who leads which partition after something happened to a node: an in-sync replica that is alive, the first in order
/// of preference. Without one there is no leader, unless the topic allows an unclean election: then any live replica,
/// and what the others had is lost.
final class Elections {
    /// What happened to the node.
    enum Event {
        /// It registered with the disk that it had before, and lives.
        RETURNED,
        /// It registered with another disk, and lives: it is in no ISR any more.
        RETURNED_WITHOUT_DATA,
        /// It does not live, but its disk may come back.
        FENCED
    }

    private static final int MAX_PARTITIONS_PER_COMMAND = 10_000;

    private final ClusterImage image;
    private final Predicate<TopicImage> uncleanAllowed;
    private final List<TopicElections> topics = new ArrayList<>();
    private final List<Command> commands = new ArrayList<>();
    private int gathered;

    /// `image` already shows the node as it is after the event.
    Elections(ClusterImage image, Predicate<TopicImage> uncleanAllowed) {
        this.image = image;
        this.uncleanAllowed = uncleanAllowed;
    }

    /// The elections among all partitions that `nodeId` has a replica of.
    List<Command> after(Event event, int nodeId) {
        for (TopicImage topic : image.topicsOf(nodeId)) {
            elect(
                    topic,
                    (partition, before) -> before.replicas().contains(nodeId)
                            ? after(event, nodeId, topic, partition, before)
                            : Optional.empty());
        }
        return commands();
    }

    /// Leaders for the partitions of `topic` that have none.
    List<Command> forLeaderless(TopicImage topic) {
        elect(
                topic,
                (partition, before) ->
                        before.hasLeader() ? Optional.empty() : change(topic, partition, before, before.isr(), false));
        return commands();
    }

    private Optional<Command.Election> after(
            Event event, int nodeId, TopicImage topic, int partition, PartitionImage before) {
        List<Integer> isr = switch (event) {
            case RETURNED -> before.isr();
            case RETURNED_WITHOUT_DATA -> without(nodeId, before.isr());
            // The last member stays: it has the data, and nobody else has.
            case FENCED -> before.isr().size() > 1 ? without(nodeId, before.isr()) : before.isr();
        };
        return change(topic, partition, before, isr, before.leader() == nodeId);
    }

    /// `newTerm`: the leader begins a new epoch even if it stays, because its process is another one.
    private Optional<Command.Election> change(
            TopicImage topic, int partition, PartitionImage before, List<Integer> isr, boolean newTerm) {
        boolean stays = before.hasLeader() && isr.contains(before.leader()) && isLive(before.leader());
        int leader = stays ? before.leader() : firstLive(before.replicas(), isr);
        List<Integer> nextIsr = isr;
        boolean unclean = false;
        if (leader == PartitionImage.NO_LEADER && uncleanAllowed.test(topic)) {
            leader = firstLive(before.replicas(), before.replicas());
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

    private int firstLive(List<Integer> replicas, List<Integer> eligible) {
        for (int replica : replicas) {
            if (eligible.contains(replica) && isLive(replica)) return replica;
        }
        return PartitionImage.NO_LEADER;
    }

    private boolean isLive(int nodeId) {
        NodeImage node = image.nodes().get(nodeId);
        return node != null && !node.fenced();
    }

    private static List<Integer> without(int nodeId, List<Integer> isr) {
        return isr.contains(nodeId)
                ? isr.stream().filter(replica -> replica != nodeId).toList()
                : isr;
    }

    private void elect(TopicImage topic, PartitionElection rule) {
        List<Command.Election> elections = new ArrayList<>();
        int partition = 0;
        for (PartitionImage before : topic.partitions()) {
            rule.elect(partition++, before).ifPresent(elections::add);
            if (gathered + elections.size() == MAX_PARTITIONS_PER_COMMAND) {
                gather(topic, elections);
                elections = new ArrayList<>();
            }
        }
        gather(topic, elections);
    }

    private void gather(TopicImage topic, List<Command.Election> elections) {
        if (elections.isEmpty()) return;
        topics.add(new TopicElections(topic.id(), elections));
        gathered += elections.size();
        if (gathered >= MAX_PARTITIONS_PER_COMMAND) finishCommand();
    }

    private void finishCommand() {
        if (!topics.isEmpty()) commands.add(new Command.SetPartitionLeader(topics));
        topics.clear();
        gathered = 0;
    }

    private List<Command> commands() {
        finishCommand();
        return List.copyOf(commands);
    }

    @FunctionalInterface
    private interface PartitionElection {
        Optional<Command.Election> elect(int partition, PartitionImage before);
    }
}
