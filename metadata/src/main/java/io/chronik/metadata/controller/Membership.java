package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.config.ConfigCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Nodes come, go and come back.
public final class Membership {
    private final ClusterImage image;
    private final ControllerSettings settings;
    private final ConfigCatalog catalog;

    public Membership(ClusterImage image, ControllerSettings settings, ConfigCatalog catalog) {
        this.image = image;
        this.settings = settings;
        this.catalog = catalog;
    }

    /// A process of node `nodeId` starts, has the metadata, and lives. The reply is its epoch: larger than any before,
    /// because it is at most the index that its command gets in the log.
    ///
    /// Every partition that it leads, now or again, begins a new leader epoch, since what the process before it had
    /// in memory is gone. With another directory than last time it has lost its data: it is in no ISR.
    public Decision<Long> register(
            int nodeId, Uuid directoryId, List<NodeImage.Endpoint> endpoints, @Nullable String rack) {
        Optional<NodeImage> before = image.node(nodeId);
        long epoch = Math.max(image.appliedIndex(), before.map(NodeImage::epoch).orElse(0L)) + 1;
        NodeImage node = new NodeImage(nodeId, epoch, directoryId, endpoints, rack, false);
        boolean sameDisk = before.isEmpty() || before.get().directoryId().equals(directoryId);
        Elections.Event event = sameDisk ? Elections.Event.RETURNED : Elections.Event.RETURNED_WITHOUT_DATA;
        return new Decision<>(withElections(new Command.AddNode(node), event, nodeId), epoch);
    }

    /// The registration `epoch` of a node is taken to be dead. Nothing when that is not its present one.
    public Decision<Boolean> fence(int nodeId, long epoch) {
        return image.node(nodeId)
                .filter(node -> node.epoch() == epoch && !node.fenced())
                .map(node -> new Decision<>(
                        withElections(new Command.FenceNode(nodeId, epoch), Elections.Event.FENCED, nodeId), true))
                .orElse(Decision.none(false));
    }

    /// The registration `epoch` of a fenced node lives again.
    public Decision<Boolean> unfence(int nodeId, long epoch) {
        return image.node(nodeId)
                .filter(node -> node.epoch() == epoch && node.fenced())
                .map(node -> new Decision<>(
                        withElections(new Command.UnfenceNode(nodeId, epoch), Elections.Event.RETURNED, nodeId), true))
                .orElse(Decision.none(false));
    }

    private List<Command> withElections(Command change, Elections.Event event, int nodeId) {
        ClusterImage changed = image.apply(change);
        List<Command> commands = new ArrayList<>();
        commands.add(change);
        commands.addAll(
                new Elections(changed, UncleanElection.allowed(catalog, changed, settings)).after(event, nodeId));
        return commands;
    }
}
