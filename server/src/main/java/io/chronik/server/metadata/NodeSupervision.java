package io.chronik.server.metadata;

import io.chronik.base.Lane;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.controller.ControllerSettings;
import io.chronik.metadata.controller.Decision;
import io.chronik.metadata.controller.Membership;
import io.chronik.metadata.controller.Membership.Registered;
import io.chronik.metadata.controller.Registration;
import io.chronik.server.controller.ControllerTimes;
import io.chronik.server.controller.NodeLiveness;
import io.chronik.server.controller.NodeProbe;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.StaleBrokerEpochException;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The controller's care for the nodes, from when this node becomes the controller until it no longer is: it takes
/// registrations and heartbeats, and fences who is not heard. On the controller's lane.
final class NodeSupervision {
    private static final Logger LOG = LoggerFactory.getLogger(NodeSupervision.class);

    /// What decides: the controller as it is in this term.
    interface Decisions {
        <R> CompletableFuture<R> decide(Function<ClusterImage, Decision<R>> decision);

        /// With everything proposed.
        ClusterImage newest();

        ClusterImage committed();
    }

    private final Lane lane;
    private final int self;
    private final Decisions decisions;
    private final ControllerSettings settings;
    private final ConfigCatalog catalog;
    private final NodeLiveness liveness;
    /// Of nodes that stop: the index at which others lead.
    private final Map<Integer, Long> shutdownIndexes = new HashMap<>();
    private Lane.Timer timer = () -> {};
    private boolean ended;

    NodeSupervision(
            Lane lane,
            int self,
            Decisions decisions,
            ControllerSettings settings,
            ConfigCatalog catalog,
            ControllerTimes times) {
        this.lane = lane;
        this.self = self;
        this.decisions = decisions;
        this.settings = settings;
        this.catalog = catalog;
        this.liveness = new NodeLiveness(times.liveness(), lane.nowMs());
    }

    /// `formerController` was silent for `silentMs`.
    void begin(int formerController, long silentMs, NodeProbe probe) {
        ClusterImage image = decisions.committed();
        liveness.onTakeOver(image.nodes().values(), formerController, silentMs, image.appliedIndex(), lane.nowMs());
        propose(newest -> membership(newest).overdue());
        for (NodeImage node : image.nodes().values()) {
            if (node.id() != self && !node.fenced()) {
                probe.probe(node.id(), () -> lane.execute(() -> onRefused(node.id(), node.epoch())));
            }
        }
        look();
    }

    /// This node is no longer the controller.
    void end() {
        ended = true;
        timer.cancel();
    }

    NodeLiveness liveness() {
        return liveness;
    }

    CompletableFuture<Registered> register(Registration process) {
        CompletableFuture<Registered> registered = decisions.decide(newest -> {
            Decision<Registered> decision = membership(newest).register(process, liveness::isHeard);
            liveness.onRegistering(process.nodeId(), decision.reply().epoch(), lane.nowMs());
            return decision;
        });
        var _ = registered.thenAccept(done -> onRegistered(process, done));
        return registered;
    }

    private void onRegistered(Registration process, Registered done) {
        long index = decisions.committed().appliedIndex();
        lane.execute(() -> liveness.onRegistered(process.nodeId(), done.epoch(), index));
        var log = done.lostData() ? LOG.atError() : LOG.atInfo();
        log.addKeyValue("node", process.nodeId())
                .addKeyValue("epoch", done.epoch())
                .log(
                        done.lostData()
                                ? "a node came back without the data it had; its replicas are filled anew"
                                : "a node has registered");
    }

    CompletableFuture<BrokerHeartbeatResponseData> heartbeat(BrokerHeartbeatRequestData beat, long connection) {
        NodeImage node = checked(beat.brokerId(), beat.brokerEpoch());
        boolean caughtUp =
                liveness.onHeartbeat(node.id(), node.epoch(), connection, beat.currentMetadataOffset(), lane.nowMs());
        Optional<Function<ClusterImage, Decision<Boolean>>> change = change(node, beat, caughtUp);
        if (change.isEmpty()) return CompletableFuture.completedFuture(answer(beat, caughtUp));
        return decisions.decide(change.get()).thenApply(_ -> answer(beat, caughtUp));
    }

    private Optional<Function<ClusterImage, Decision<Boolean>>> change(
            NodeImage node, BrokerHeartbeatRequestData beat, boolean caughtUp) {
        return switch (node.state()) {
            case FENCED -> whenFenced(node, beat, caughtUp);
            case ACTIVE -> whenActive(node, beat);
            case SHUTTING_DOWN -> whenShuttingDown(node, beat);
        };
    }

    private Optional<Function<ClusterImage, Decision<Boolean>>> whenFenced(
            NodeImage node, BrokerHeartbeatRequestData beat, boolean caughtUp) {
        if (beat.wantFence() || beat.wantShutDown() || !caughtUp) return Optional.empty();
        LOG.atInfo()
                .addKeyValue("node", node.id())
                .addKeyValue("epoch", node.epoch())
                .log("a node is unfenced");
        return Optional.of(newest -> membership(newest).unfence(node.id(), node.epoch()));
    }

    private Optional<Function<ClusterImage, Decision<Boolean>>> whenActive(
            NodeImage node, BrokerHeartbeatRequestData beat) {
        if (beat.wantShutDown()) {
            LOG.atInfo().addKeyValue("node", node.id()).log("a node wants to stop; others take over what it leads");
            return Optional.of(newest -> membership(newest).beginShutdown(node.id(), node.epoch()));
        }
        return beat.wantFence() ? Optional.of(fence(node)) : Optional.empty();
    }

    private Optional<Function<ClusterImage, Decision<Boolean>>> whenShuttingDown(
            NodeImage node, BrokerHeartbeatRequestData beat) {
        if (!beat.wantShutDown() || !mayStop(node)) return Optional.empty();
        shutdownIndexes.remove(node.id());
        return Optional.of(fence(node));
    }

    private Function<ClusterImage, Decision<Boolean>> fence(NodeImage node) {
        return newest -> membership(newest).fence(node.id(), node.epoch());
    }

    /// What it led is led by others, and they know.
    private boolean mayStop(NodeImage node) {
        ClusterImage committed = decisions.committed();
        boolean known = committed
                .node(node.id())
                .filter(one -> one.state() == NodeImage.State.SHUTTING_DOWN)
                .isPresent();
        if (!known || !membership(committed).mayStop(node.id())) return false;
        long index = shutdownIndexes.computeIfAbsent(node.id(), _ -> committed.appliedIndex());
        List<Integer> others = committed.nodes().values().stream()
                .filter(other -> other.mayLead() && other.id() != self)
                .map(NodeImage::id)
                .toList();
        return liveness.haveApplied(others, index);
    }

    private BrokerHeartbeatResponseData answer(BrokerHeartbeatRequestData beat, boolean caughtUp) {
        boolean fenced = decisions
                .committed()
                .node(beat.brokerId())
                .map(NodeImage::fenced)
                .orElse(true);
        return new BrokerHeartbeatResponseData()
                .setIsCaughtUp(caughtUp)
                .setIsFenced(fenced)
                .setShouldShutDown(beat.wantShutDown() && fenced);
    }

    /// The node in its present registration.
    NodeImage checked(int nodeId, long epoch) {
        NodeImage node = decisions
                .newest()
                .node(nodeId)
                .orElseThrow(() -> new BrokerIdNotRegisteredException("Node " + nodeId + " is not registered."));
        if (node.epoch() != epoch) {
            throw new StaleBrokerEpochException(
                    "Node " + nodeId + " is registered with epoch " + node.epoch() + ", not " + epoch + ".");
        }
        return node;
    }

    void onDisconnected(int node, long connection) {
        liveness.onDisconnected(node, connection, lane.nowMs());
        plan();
    }

    private void onRefused(int node, long epoch) {
        if (ended) return;
        liveness.onRefused(node, epoch, lane.nowMs());
        plan();
    }

    private void look() {
        if (ended) return;
        for (NodeLiveness.Expired expired : liveness.expired(lane.nowMs())) {
            if (expired.node() != self) fence(expired);
        }
        plan();
    }

    private void fence(NodeLiveness.Expired expired) {
        Optional<NodeImage> present =
                decisions.newest().node(expired.node()).filter(node -> node.epoch() == expired.epoch());
        if (present.isEmpty()) return;
        if (!present.get().fenced()) {
            LOG.atWarn()
                    .addKeyValue("node", expired.node())
                    .addKeyValue("epoch", expired.epoch())
                    .log("a node is fenced: {}", expired.why());
        }
        shutdownIndexes.remove(expired.node());
        propose(newest ->
                membership(newest).fence(expired.node(), expired.epoch()).commands());
    }

    private void plan() {
        timer.cancel();
        long nowMs = lane.nowMs();
        timer = lane.after(liveness.nextDueMs(nowMs) - nowMs, this::look);
    }

    private void propose(Function<ClusterImage, List<Command>> commands) {
        var _ = decisions.decide(newest -> new Decision<>(commands.apply(newest), true));
    }

    private Membership membership(ClusterImage image) {
        return new Membership(image, settings, catalog);
    }
}
