package io.chronik.server;

import io.chronik.metadata.NodeImage;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.controller.ControllerSession;
import io.chronik.server.controller.SessionSettings;
import io.chronik.server.lane.Strands;
import io.chronik.server.metadata.MetadataDirectory;
import io.chronik.server.metadata.MetadataQuorum;
import io.chronik.server.net.Network;
import io.chronik.server.partitions.LossReport;
import io.chronik.server.partitions.PartitionRegistry;
import io.chronik.server.peer.PeerNetwork;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node as one of its cluster, from its registration to its farewell. It serves clients while the controller
/// counts on it, and sends them away while it may be cut off from the others: they would wait here for nothing.
final class Membership implements AutoCloseable, ControllerSession.Events {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    /// For handing over what it leads; then it goes all the same.
    private static final long FAREWELL_MS = 5_000;

    private final NodeConfig config;
    private final MetadataQuorum quorum;
    private final MetadataDirectory directory;
    private final PeerNetwork peers;
    private final Strands strands;
    private final Consumer<Throwable> onFatal;
    private final CompletableFuture<Long> registered = new CompletableFuture<>();
    private volatile @Nullable ControllerSession session;
    private volatile boolean serving;
    private @Nullable Network clients;

    Membership(
            NodeConfig config,
            MetadataQuorum quorum,
            MetadataDirectory directory,
            PeerNetwork peers,
            Strands strands,
            Consumer<Throwable> onFatal) {
        this.config = config;
        this.quorum = quorum;
        this.directory = directory;
        this.peers = peers;
        this.strands = strands;
        this.onFatal = onFatal;
    }

    /// Of the present registration, [ControllerSession#NO_EPOCH] before it.
    long nodeEpoch() {
        ControllerSession known = session;
        return known == null ? ControllerSession.NO_EPOCH : known.epoch();
    }

    boolean serving() {
        return serving;
    }

    /// Registers, opens the replicas that are assigned here, and returns when the controller counts on this node.
    void enter(List<NodeImage.Endpoint> endpoints, PartitionRegistry registry, LossReport lost) {
        ControllerSession opened = new ControllerSession(
                new SessionSettings(
                        config.nodeId(),
                        quorum.identity().clusterId(),
                        quorum.identity().directoryId(),
                        Uuid.randomUuid(),
                        endpoints,
                        config.rack(),
                        quorum.recoveredIndex(),
                        config.cluster().heartbeatMs(),
                        config.cluster().sessionTimeoutMs()),
                strands.lane("controller session"),
                peers,
                quorum.log(),
                this,
                onFatal);
        session = opened;
        quorum.controller().onControllerChange(opened::onLeader);
        CompletableFuture<Void> counted = opened.start();
        registry.enter(quorum.controller(), registered.join()).join();
        registry.reportLost(lost).join();
        opened.onReplicasOpen();
        counted.join();
    }

    @Override
    public void onRegistered(long nodeEpoch) {
        registered.complete(nodeEpoch);
        strands.workers().execute(() -> directory.registered(nodeEpoch));
    }

    @Override
    public synchronized void onServing(boolean counted) {
        serving = counted;
        if (clients != null) clients.admit(counted);
    }

    /// Clients come through `network` from now on.
    synchronized void admitThrough(Network network) {
        clients = network;
        network.admit(serving);
    }

    /// Lets others lead first.
    @Override
    public void close() {
        ControllerSession known = session;
        if (known == null) return;
        boolean alone = quorum.controller().image().nodes().size() <= 1;
        if (config.cluster().controlledShutdown() && !alone) {
            try {
                known.shutDown().get(FAREWELL_MS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException late) {
                LOG.atWarn().setCause(late).log("the controller did not let this node go in time; it goes");
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        known.stop();
    }
}
