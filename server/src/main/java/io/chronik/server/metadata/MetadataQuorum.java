package io.chronik.server.metadata;

import io.chronik.base.Lane;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.controller.ControllerSettings;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.metrics.Metrics;

/// Everything about metadata that runs on a node, put together: the Raft host, the image it builds, the controller.
public final class MetadataQuorum implements AutoCloseable {
    private static final long PUBLISHER_TIMEOUT_S = 10;

    private final NodeIdentity identity;
    private final ExecutorService publisher;
    private final AppliedImage image;
    private final RaftHost raft;
    private final ControllerService controller;

    private MetadataQuorum(
            NodeIdentity identity,
            ExecutorService publisher,
            AppliedImage image,
            RaftHost raft,
            ControllerService controller) {
        this.identity = identity;
        this.image = image;
        this.publisher = publisher;
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
            Lane listeners,
            Consumer<Throwable> onFatal) {
        NoPeers alone = new NoPeers(raftSettings.listener());
        return start(
                identity, directory, raftSettings, alone, lane, controllerSettings, catalog, lane, listeners, onFatal);
    }

    /// Recovers the metadata in `directory` and takes part in the quorum at once. Blocks on the disk.
    ///
    /// `timers` are Raft's, and some answers to peers are made there; `lane` is the controller's. On `listeners`,
    /// drained by a thread of its own, those who follow the image are told of changes. `onFatal` is told, on the
    /// Raft thread, when the metadata can't go on: the process must stop.
    public static MetadataQuorum start(
            NodeIdentity identity,
            MetadataDirectory directory,
            RaftSettings raftSettings,
            RaftTransport transport,
            Lane timers,
            ControllerSettings controllerSettings,
            ConfigCatalog catalog,
            Lane lane,
            Lane listeners,
            Consumer<Throwable> onFatal) {
        ExecutorService publisher = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("chronik-images").factory());
        AppliedImage image = new AppliedImage(event -> handOver(publisher, () -> listeners.execute(event)));
        RaftHost raft = new RaftHost(identity, directory, raftSettings, transport, timers, image, onFatal);
        ControllerService controller = new ControllerService(lane, identity, raft, image, controllerSettings, catalog);
        raft.start(controller);
        return new MetadataQuorum(identity, publisher, image, raft, controller);
    }

    private static void handOver(ExecutorService publisher, Runnable event) {
        try {
            publisher.execute(event);
        } catch (RejectedExecutionException closing) {
            event.run(); // The node is stopping: who still waits is told here.
        }
    }

    public NodeIdentity identity() {
        return identity;
    }

    /// The metadata as handlers use it, and this node's registration.
    public ControllerService controller() {
        return controller;
    }

    /// What is committed, and the way to wait until those who follow it know.
    public AppliedImage image() {
        return image;
    }

    /// The log that all of it rests on.
    public MetadataLog log() {
        return raft;
    }

    /// The last index of the metadata log as found on the disk, before the node heard of anything newer; -1: none.
    public long recoveredIndex() {
        return raft.recoveredIndex();
    }

    /// The Raft library's own measurements.
    public Metrics raftMetrics() {
        return raft.metrics();
    }

    /// Requests under way fail with NOT_CONTROLLER.
    @Override
    public void close() {
        raft.close();
        publisher.shutdown();
        try {
            publisher.awaitTermination(PUBLISHER_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
