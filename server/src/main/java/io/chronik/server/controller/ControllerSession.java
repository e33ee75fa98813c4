package io.chronik.server.controller;

import io.chronik.base.Lane;
import io.chronik.metadata.MetadataLevels;
import io.chronik.server.metadata.MetadataLog;
import io.chronik.server.metadata.MetadataLog.Leader;
import io.chronik.server.peer.PeerConnection;
import io.chronik.server.peer.PeerConnection.PeerAnswer;
import io.chronik.server.peer.PeerConnection.Reason;
import io.chronik.server.peer.PeerNetwork;
import io.chronik.server.peer.PeerNetwork.Purpose;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.InconsistentClusterIdException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.BrokerHeartbeatResponse;
import org.apache.kafka.common.requests.BrokerRegistrationResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's standing with the controller: it registers, tells again and again that it lives, is unfenced when its
/// replicas are open and its metadata is recent, and is let go when it stops. Everything on its lane.
///
///     Registering --accepted--> Fenced <--the controller says so--> Serving
///     any --the controller does not know this epoch--> Registering
///     any --shutDown()--> leaving: the same, and each heartbeat asks to be let go
///
/// A node that the controller has not heard of for most of a session is *isolated*: it tells so, and takes no clients,
/// because they would wait here for what the others no longer count. Safety does not rest on that: leader epochs give
/// it. A node that is the controller itself is never isolated.
public final class ControllerSession {
    /// Told on the session's lane; must not block.
    public interface Events {
        /// The node is registered, with this epoch; again after it was forgotten.
        void onRegistered(long nodeEpoch);

        /// The controller counts on this node (true), or does not: see the class's comment.
        void onServing(boolean serving);
    }

    /// The epoch of a node that is not registered.
    public static final long NO_EPOCH = -1;

    /// Of the session's time-out, the part without an answer that makes a node isolated.
    private static final double ISOLATED_AFTER = 0.8;

    static final long NO_LEADER_RETRY_MS = 20;
    /// Between heartbeats of a node that could serve and is not let.
    static final long FENCED_BEAT_MS = 25;
    static final long WATCH_MS = 200;
    /// How long a node that leaves waits for a sign of a controller that could take over what it leads.
    static final long LEAVE_ALONE_MS = 1_500;
    static final long REGISTER_RETRY_MS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(ControllerSession.class);

    private final SessionSettings node;
    private final Lane lane;
    private final PeerNetwork peers;
    private final MetadataLog log;
    private final Events events;
    private final Consumer<Throwable> onFatal;
    private final CompletableFuture<Void> firstServing = new CompletableFuture<>();
    private final CompletableFuture<Void> mayShutDown = new CompletableFuture<>();
    private final Set<Integer> watched = new HashSet<>();

    private State state = State.REGISTERING;
    private volatile long epoch = NO_EPOCH;
    private boolean replicasOpen;
    private boolean leaving;
    private boolean stopped;
    private boolean told;
    private long lastHeardMs;
    private long leavingSinceMs;
    /// Counts requests; an answer to another one than the last is void.
    private long asked;

    private boolean waiting;
    private boolean sentReady;
    private boolean sentLeaving;
    private Lane.@Nullable Timer next;
    private @Nullable Leader lastLeader;
    private @Nullable Errors lastRefusal;

    private enum State {
        REGISTERING,
        FENCED,
        SERVING
    }

    /// `lane` is for this alone.
    public ControllerSession(
            SessionSettings node,
            Lane lane,
            PeerNetwork peers,
            MetadataLog log,
            Events events,
            Consumer<Throwable> onFatal) {
        this.node = node;
        this.lane = lane;
        this.peers = peers;
        this.log = log;
        this.events = events;
        this.onFatal = onFatal;
    }

    /// Begins to register. The answer completes when the controller first counts on this node.
    public CompletableFuture<Void> start() {
        lane.execute(() -> {
            lastHeardMs = lane.nowMs();
            speak();
            watch();
        });
        return firstServing;
    }

    /// The replicas that are assigned to this node are open: it may lead.
    public void onReplicasOpen() {
        lane.execute(() -> {
            replicasOpen = true;
            if (state == State.FENCED) speakNow();
        });
    }

    /// Raft has another leader, or none.
    public void onLeader() {
        lane.execute(this::speakNow);
    }

    /// Asks to be let go; completes when this node leads nothing any more, or when nobody is there to say so. A node
    /// that is never let go stops anyway, when its owner's patience ends.
    public CompletableFuture<Void> shutDown() {
        lane.execute(() -> {
            if (!leaving) leavingSinceMs = lane.nowMs();
            leaving = true;
            speakNow();
        });
        return mayShutDown;
    }

    /// No more heartbeats.
    public void stop() {
        lane.execute(() -> {
            stopped = true;
            cancelNext();
        });
    }

    /// Of the present registration, or [#NO_EPOCH]. Any thread.
    public long epoch() {
        return epoch;
    }

    private void speakNow() {
        Leader leader = log.leader();
        // An answer of the one asked last is still awaited, unless the asked one leads no more.
        if (waiting && leader.equals(lastLeader)) return;
        speak();
    }

    private void speak() {
        cancelNext();
        sentReady = ready();
        sentLeaving = leaving;
        if (stopped) return;
        Leader leader = log.leader();
        if (isDeposed(leader)) {
            lastHeardMs = lane.nowMs() - node.sessionTimeoutMs();
            sendClientsAwayIfIsolated();
        }
        lastLeader = leader;
        long mine = ++asked;
        waiting = leader.known();
        if (!waiting) {
            speakAfter(NO_LEADER_RETRY_MS);
            return;
        }
        PeerConnection connection = peers.to(leader.nodeId(), Purpose.HEARTBEAT);
        if (watched.add(leader.nodeId()))
            connection.onClosed(reason -> lane.execute(() -> onClosed(leader.nodeId(), reason)));
        long sentMs = lane.nowMs();
        var _ = connection
                .send(request(), (int) Math.max(1, node.sessionTimeoutMs() / 2))
                .whenComplete((answer, failure) -> lane.execute(() -> onAnswer(mine, sentMs, answer, failure)));
    }

    private AbstractRequest.Builder<? extends AbstractRequest> request() {
        return state == State.REGISTERING
                ? SessionRequests.registration(node)
                : SessionRequests.heartbeat(node.nodeId(), epoch, log.appliedIndex(), !ready(), leaving);
    }

    private boolean ready() {
        return replicasOpen || leaving;
    }

    /// The controller saw it close too, and gives this node a moment to come back.
    private void onClosed(int nodeId, Reason reason) {
        boolean broken = reason == Reason.CLOSED_BY_PEER || reason == Reason.TIMED_OUT;
        if (broken && log.leader().nodeId() == nodeId) speak();
    }

    private void onAnswer(long mine, long sentMs, @Nullable PeerAnswer answer, @Nullable Throwable failure) {
        if (answer != null) answer.release().run();
        if (mine != asked || stopped) return;
        waiting = false;
        if (answer == null) {
            LOG.atDebug().setCause(failure).log("no answer of the controller");
            speakAfter(Math.min(node.heartbeatMs(), REGISTER_RETRY_MS));
            return;
        }
        switch (answer.body()) {
            case BrokerRegistrationResponse registered ->
                onRegistration(
                        Errors.forCode(registered.data().errorCode()),
                        registered.data().brokerEpoch(),
                        sentMs);
            case BrokerHeartbeatResponse heartbeat -> onHeartbeat(heartbeat.data(), sentMs);
            default -> throw new IllegalStateException("not an answer to a session's request: " + answer.body());
        }
    }

    private void onRegistration(Errors error, long newEpoch, long sentMs) {
        switch (error) {
            case NONE -> {
                epoch = newEpoch;
                state = State.FENCED;
                lastRefusal = null;
                lastHeardMs = sentMs;
                LOG.atInfo().addKeyValue("nodeEpoch", newEpoch).log("registered");
                events.onRegistered(newEpoch);
                speak();
            }
            case INCONSISTENT_CLUSTER_ID -> {
                stopped = true;
                onFatal.accept(new InconsistentClusterIdException("the controller belongs to another cluster than "
                        + node.clusterId() + ", which this data directory belongs to"));
            }
            case UNSUPPORTED_VERSION -> {
                stopped = true;
                onFatal.accept(new UnsupportedVersionException("the metadata of this cluster is at another level of "
                        + MetadataLevels.FEATURE + " than this release knows ("
                        + MetadataLevels.OF_THIS_RELEASE.known() + "): start the release that the other nodes run"));
            }
            default -> {
                refused("the controller does not register this node yet", error);
                speakAfter(REGISTER_RETRY_MS);
            }
        }
    }

    private void onHeartbeat(BrokerHeartbeatResponseData answer, long sentMs) {
        Errors error = Errors.forCode(answer.errorCode());
        switch (error) {
            case NONE -> {
                lastHeardMs = sentMs;
                lastRefusal = null;
                boolean wasServing = state == State.SERVING;
                state = answer.isFenced() ? State.FENCED : State.SERVING;
                if (wasServing != (state == State.SERVING)) onFencing(answer.isFenced());
                tell(state == State.SERVING);
                if (leaving && answer.shouldShutDown()) mayShutDown.complete(null);
                if (sentReady != ready() || sentLeaving != leaving) speak();
                else speakAfter(state == State.FENCED && replicasOpen ? FENCED_BEAT_MS : node.heartbeatMs());
            }
            case STALE_BROKER_EPOCH, BROKER_ID_NOT_REGISTERED -> {
                refused("the controller has forgotten this node; it registers again", error);
                state = State.REGISTERING;
                epoch = NO_EPOCH;
                if (leaving) mayShutDown.complete(null); // There is nothing to hand over.
                tell(false);
                speak();
            }
            default -> {
                refused("the controller refuses a heartbeat", error);
                speakAfter(Math.min(node.heartbeatMs(), REGISTER_RETRY_MS));
            }
        }
    }

    private void onFencing(boolean fenced) {
        if (!fenced) LOG.atInfo().addKeyValue("nodeEpoch", epoch).log("unfenced: this node may lead");
        else if (!leaving) LOG.atWarn().addKeyValue("nodeEpoch", epoch).log("the controller has fenced this node");
        if (!fenced) firstServing.complete(null);
    }

    /// Once per kind, not per heartbeat: NOT_CONTROLLER is ordinary while an election settles.
    private void refused(String what, Errors error) {
        if (error == lastRefusal) return;
        lastRefusal = error;
        var line = error == Errors.NOT_CONTROLLER ? LOG.atDebug() : LOG.atWarn();
        line.addKeyValue("error", error).log(what);
    }

    private void watch() {
        if (stopped) return;
        if (!log.leader().equals(lastLeader) && log.leader().known()) speak();
        sendClientsAwayIfIsolated();
        if (leaving && lane.nowMs() - Math.max(lastHeardMs, leavingSinceMs) > LEAVE_ALONE_MS)
            mayShutDown.complete(null);
        lane.after(WATCH_MS, this::watch);
    }

    private void sendClientsAwayIfIsolated() {
        if (!isolated()) return;
        if (told) LOG.atWarn().log("no answer of the controller for most of a session: clients are sent away");
        tell(false);
    }

    /// This node was the controller, and heard of itself all the time; the others have not heard of it for as long as
    /// they wait before they elect another, which counts this node out that much sooner.
    private boolean isDeposed(Leader now) {
        return !leaving && lastLeader != null && lastLeader.nodeId() == node.nodeId() && now.nodeId() != node.nodeId();
    }

    private boolean isolated() {
        return lane.nowMs() - lastHeardMs > ISOLATED_AFTER * node.sessionTimeoutMs()
                && log.leader().nodeId() != node.nodeId();
    }

    private void tell(boolean serving) {
        if (told == serving) return;
        told = serving;
        events.onServing(serving);
    }

    private void speakAfter(long delayMs) {
        cancelNext();
        next = lane.after(delayMs, this::speak);
    }

    private void cancelNext() {
        if (next != null) next.cancel();
        next = null;
    }
}
