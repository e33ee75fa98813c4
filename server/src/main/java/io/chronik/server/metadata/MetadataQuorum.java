package io.chronik.server.metadata;

import io.chronik.base.Lane;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.controller.ControllerSettings;
import java.util.function.Consumer;
import org.apache.kafka.common.metrics.Metrics;

/// Everything about metadata that runs on a node, put together: the Raft host, the image it builds, the controller.
public final class MetadataQuorum implements AutoCloseable {
    private final NodeIdentity identity;
    private final RaftHost raft;
    private final ControllerService controller;

    private MetadataQuorum(NodeIdentity identity, RaftHost raft, ControllerService controller) {
        this.identity = identity;
        this.raft = raft;
        this.controller = controller;
    }

    /// The quorum of a node that is alone: see the other.
    public static MetadataQuorum start(
            NodeIdentity identity,
            MetadataDirectory directory,
            RaftSettings raftSettings,
            ControllerSettings controllerSettings,
            ConfigCatalog catalog,
            Lane lane,
            Consumer<Throwable> onFatal) {
        NoPeers alone = new NoPeers(raftSettings.listener());
        return start(identity, directory, raftSettings, alone, lane, controllerSettings, catalog, lane, onFatal);
    }

    /// Recovers the metadata in `directory` and takes part in the quorum at once. Blocks on the disk.
    ///
    /// `timers` are Raft's, and some answers to peers are made there; `lane` is the controller's.
    /// `onFatal` is told, on the Raft thread, when the metadata can't go on: the process must stop.
    public static MetadataQuorum start(
            NodeIdentity identity,
            MetadataDirectory directory,
            RaftSettings raftSettings,
            RaftTransport transport,
            Lane timers,
            ControllerSettings controllerSettings,
            ConfigCatalog catalog,
            Lane lane,
            Consumer<Throwable> onFatal) {
        AppliedImage image = new AppliedImage();
        RaftHost raft = new RaftHost(identity, directory, raftSettings, transport, timers, image, onFatal);
        ControllerService controller = new ControllerService(lane, identity, raft, image, controllerSettings, catalog);
        raft.start(controller);
        return new MetadataQuorum(identity, raft, controller);
    }

    public NodeIdentity identity() {
        return identity;
    }

    /// The metadata as handlers use it, and this node's registration.
    public ControllerService controller() {
        return controller;
    }

    /// The log that all of it rests on.
    public MetadataLog log() {
        return raft;
    }

    /// The Raft library's own measurements.
    public Metrics raftMetrics() {
        return raft.metrics();
    }

    /// Requests under way fail with NOT_CONTROLLER.
    @Override
    public void close() {
        raft.close();
    }
}
