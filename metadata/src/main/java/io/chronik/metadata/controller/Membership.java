package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.Command.RecordNodeIndexes.NodeIndex;
import io.chronik.metadata.MetadataLevels;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.metadata.config.ConfigCatalog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.DuplicateBrokerRegistrationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.protocol.Errors;

/// Nodes come, go and come back.
public final class Membership {
    private final ClusterImage image;
    private final ControllerSettings settings;
    private final ConfigCatalog catalog;

    /// `epoch`: of the registration. `lostData`: the disk is another one than before, or an older state of it.
    public record Registered(long epoch, boolean lostData) {}

    public Membership(ClusterImage image, ControllerSettings settings, ConfigCatalog catalog) {
        this.image = image;
        this.settings = settings;
        this.catalog = catalog;
    }

    /// A process of a node starts. Until it has the metadata it is fenced: it leads nothing, so all that it leads
    /// afterwards it leads in a new epoch; and it is in an ISR only where no other member is `heard`: who is
    /// known to live, and not only not known to be dead. The node's epoch is larger than any before, because it is
    /// at most the index that its command gets in the log.
    ///
    /// When all nodes start again after all were killed, all of them stay in the ISRs, and the first that is
    /// unfenced leads. If each left the ISRs to those that are still to come, the last would be the only one that
    /// counts, and it may never come.
    ///
    /// Asked again by the same process, it gives the same answer.
    ///
    /// @throws UnsupportedVersionException when the process' release may not know what is written in this cluster
    /// @throws DuplicateBrokerRegistrationException when another disk registers in the place of a node that lives;
    ///     the same disk can't, because its lock went with the process before
    public Decision<Registered> register(Registration process, IntPredicate heard) {
        checkLevel(process);
        Optional<NodeImage> before = image.node(process.nodeId());
        if (before.isPresent()) {
            NodeImage present = before.get();
            if (!present.incarnationId().equals(Uuid.ZERO_UUID)
                    && present.incarnationId().equals(process.incarnationId())) {
                return Decision.none(new Registered(present.epoch(), false));
            }
            if (!present.fenced() && !present.directoryId().equals(process.directoryId())) {
                throw new DuplicateBrokerRegistrationException(
                        "Node " + process.nodeId() + " is registered and lives; it has another data directory.");
            }
        }
        return register(process, NodeImage.State.FENCED, (elections, nodeId) -> elections.onRegistered(nodeId, heard));
    }

    private void checkLevel(Registration process) {
        short inForce = MetadataLevels.inForce(image);
        if (process.levels().contains(inForce)) return;
        throw new UnsupportedVersionException("The cluster is at level " + inForce + " of " + MetadataLevels.FEATURE
                + "; the release of node " + process.nodeId() + " knows " + process.levels() + ".");
    }

    /// A process of the node that is alone in the cluster starts. It has the metadata and lives at once.
    public Decision<Registered> registerAlone(Registration process) {
        return register(process, NodeImage.State.ACTIVE, PartitionElections::onNewProcess);
    }

    private Decision<Registered> register(Registration process, NodeImage.State state, ElectionRule whenSameDisk) {
        Optional<NodeImage> before = image.node(process.nodeId());
        long epoch = Math.max(image.appliedIndex(), before.map(NodeImage::epoch).orElse(0L)) + 1;
        boolean lostData = before.isPresent() && !isSameDisk(before.get(), process);
        NodeImage node = new NodeImage(
                process.nodeId(),
                epoch,
                process.directoryId(),
                process.incarnationId(),
                process.endpoints(),
                process.rack(),
                state,
                before.map(NodeImage::draining).orElse(false),
                lostData ? 0 : before.map(NodeImage::reportedIndex).orElse(0L),
                process.levels());
        ElectionRule rule = lostData ? PartitionElections::onNewDisk : whenSameDisk;
        return new Decision<>(
                withElections(new Command.AddNode(node), rule, process.nodeId()), new Registered(epoch, lostData));
    }

    /// A directory that has less metadata than it once reported was put back to an older state: what it
    /// acknowledged since is gone.
    private static boolean isSameDisk(NodeImage before, Registration process) {
        boolean older =
                process.previousIndex() != Registration.UNKNOWN && process.previousIndex() < before.reportedIndex();
        return before.directoryId().equals(process.directoryId()) && !older;
    }

    /// The registration `epoch` of a node is taken to be dead. Nothing when that is not its present one. One that never
    /// was unfenced leaves the ISRs in which it was kept.
    public Decision<Boolean> fence(int nodeId, long epoch) {
        Optional<NodeImage> present = present(nodeId, epoch);
        if (present.isEmpty()) return Decision.none(false);
        if (present.get().fenced()) return new Decision<>(elections(image).onFenced(nodeId), false);
        return changed(new Command.FenceNode(nodeId, epoch), PartitionElections::onFenced, nodeId);
    }

    /// The present registration of a node has lost some of its replicas, or they are damaged.
    public Decision<AssignReplicasToDirsResponseData> loseReplicas(AssignReplicasToDirsRequestData request) {
        if (present(request.brokerId(), request.brokerEpoch()).isEmpty()) {
            return Decision.none(new AssignReplicasToDirsResponseData().setErrorCode(Errors.STALE_BROKER_EPOCH.code()));
        }
        return new LostReplicas(request.brokerId(), image, elections(image)).decide(request);
    }

    private PartitionElections elections(ClusterImage of) {
        return new PartitionElections(of, UncleanElection.allowed(catalog, of, settings));
    }

    /// The registration `epoch` of a fenced node lives (again).
    public Decision<Boolean> unfence(int nodeId, long epoch) {
        return present(nodeId, epoch)
                .filter(NodeImage::fenced)
                .map(_ -> changed(new Command.UnfenceNode(nodeId, epoch), PartitionElections::onUnfenced, nodeId))
                .orElse(Decision.none(false));
    }

    /// The node wants to stop: others lead what they can.
    public Decision<Boolean> beginShutdown(int nodeId, long epoch) {
        return present(nodeId, epoch)
                .filter(node -> node.state() == NodeImage.State.ACTIVE)
                .map(_ -> changed(new Command.BeginShutdown(nodeId, epoch), PartitionElections::onShuttingDown, nodeId))
                .orElse(Decision.none(false));
    }

    /// Elections that a fenced or stopping node calls for and that are not made yet, whoever should have made them.
    public List<Command> overdue() {
        List<Command> commands = new ArrayList<>();
        ClusterImage newest = image;
        for (NodeImage node : sorted(image.nodes().values())) {
            if (node.state() == NodeImage.State.ACTIVE) continue;
            List<Command> due = elections(newest).onFenced(node.id());
            for (Command command : due) newest = newest.apply(command);
            commands.addAll(due);
        }
        return commands;
    }

    /// Whether the node leads nothing that another node could lead.
    public boolean mayStop(int nodeId) {
        for (TopicImage topic : image.topicsOf(nodeId)) {
            for (PartitionImage partition : topic.partitions()) {
                if (partition.leader() == nodeId && hasAnotherCandidate(partition)) return false;
            }
        }
        return true;
    }

    private boolean hasAnotherCandidate(PartitionImage partition) {
        return partition.isr().stream()
                .filter(replica -> replica != partition.leader())
                .anyMatch(replica ->
                        image.node(replica).filter(NodeImage::mayLead).isPresent());
    }

    /// What nodes told of their disks, as far as it is news.
    public List<Command> recordIndexes(Collection<NodeIndex> reported) {
        List<NodeIndex> news = reported.stream()
                .filter(one -> present(one.nodeId(), one.epoch())
                        .filter(node -> node.reportedIndex() < one.index())
                        .isPresent())
                .sorted(Comparator.comparingInt(NodeIndex::nodeId))
                .toList();
        return news.isEmpty() ? List.of() : List.of(new Command.RecordNodeIndexes(news));
    }

    private Optional<NodeImage> present(int nodeId, long epoch) {
        return image.node(nodeId).filter(node -> node.epoch() == epoch);
    }

    private Decision<Boolean> changed(Command change, ElectionRule rule, int nodeId) {
        return new Decision<>(withElections(change, rule, nodeId), true);
    }

    private List<Command> withElections(Command change, ElectionRule rule, int nodeId) {
        ClusterImage changed = image.apply(change);
        List<Command> commands = new ArrayList<>();
        commands.add(change);
        commands.addAll(rule.elect(elections(changed), nodeId));
        return commands;
    }

    private static List<NodeImage> sorted(Collection<NodeImage> nodes) {
        return nodes.stream().sorted(Comparator.comparingInt(NodeImage::id)).toList();
    }

    @FunctionalInterface
    private interface ElectionRule {
        List<Command> elect(PartitionElections elections, int nodeId);
    }
}
