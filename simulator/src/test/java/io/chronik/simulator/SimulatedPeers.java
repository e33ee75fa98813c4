package io.chronik.simulator;

import io.chronik.server.config.HostPort;
import io.chronik.server.peer.PeerConnection;
import io.chronik.server.peer.PeerNetwork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.jspecify.annotations.Nullable;

/// The connections of one process to the controllers of others, and to its own: in order, and broken when something is
/// lost on them, which both ends notice later.
final class SimulatedPeers implements PeerNetwork {
    private record Target(int node, Purpose purpose) {}

    private final Cluster cluster;
    private final SimulatedNode.Running self;
    private final Chance chance;
    private final Map<Target, Peer> peers = new LinkedHashMap<>();

    SimulatedPeers(Cluster cluster, SimulatedNode.Running self, Chance chance) {
        this.cluster = cluster;
        this.self = self;
        this.chance = chance;
    }

    @Override
    public PeerConnection to(int nodeId, Purpose purpose) {
        return peers.computeIfAbsent(new Target(nodeId, purpose), Peer::new);
    }

    @Override
    public PeerConnection to(HostPort address, Purpose purpose) {
        throw new UnsupportedOperationException("the cluster has been formed");
    }

    /// The process is gone: who is connected hears of that, or does not.
    @Override
    public void close() {
        for (Peer peer : peers.values()) if (peer.open != null) peer.open.breakOff();
    }

    private final class Peer implements PeerConnection {
        private final Target target;
        private final List<Consumer<Reason>> listeners = new ArrayList<>();
        private @Nullable Session open;

        Peer(Target target) {
            this.target = target;
        }

        @Override
        public CompletionStage<PeerAnswer> send(
                AbstractRequest.Builder<? extends AbstractRequest> request, int timeoutMs) {
            CompletableFuture<PeerAnswer> answer = new CompletableFuture<>();
            Session session = open;
            if (session == null) {
                session = new Session(this);
                open = session;
            }
            session.send(request.build(), answer, timeoutMs);
            return answer;
        }

        @Override
        public void onClosed(Consumer<Reason> told) {
            listeners.add(told);
        }
    }

    /// One connection, until it breaks.
    private final class Session {
        private final Peer peer;
        private final long id = cluster.nextConnection();
        private final SimulatedNetwork.Connection requests;
        private final SimulatedNetwork.Connection answers;
        private final List<CompletableFuture<PeerConnection.PeerAnswer>> waiting = new ArrayList<>();
        private SimulatedNode.@Nullable Running server;
        private boolean over;

        Session(Peer peer) {
            this.peer = peer;
            this.requests = cluster.network().connect(self.nodeId(), peer.target.node);
            this.answers = cluster.network().connect(peer.target.node, self.nodeId());
            requests.onClosed(this::breakOff);
            answers.onClosed(this::breakOff);
        }

        void send(AbstractRequest request, CompletableFuture<PeerConnection.PeerAnswer> answer, int timeoutMs) {
            waiting.add(answer);
            requests.send(() -> cluster.node(peer.target.node)
                    .running()
                    .ifPresentOrElse(running -> serve(running, request, answer), this::refused));
            self.process().afterMs(timeoutMs, () -> {
                if (answer.isDone()) return;
                breakOff();
                end(PeerConnection.Reason.TIMED_OUT);
            });
        }

        private void serve(
                SimulatedNode.Running running,
                AbstractRequest request,
                CompletableFuture<PeerConnection.PeerAnswer> answer) {
            if (!requests.leadsTo(running.process())) return;
            server = running;
            running.process().run(() -> {
                var _ = running.serve(request, id).thenAccept(response -> answer(answer, response));
            });
        }

        @SuppressWarnings("UndefinedEquals") // The very same question.
        private void answer(CompletableFuture<PeerConnection.PeerAnswer> question, AbstractResponse response) {
            answers.send(() -> self.process().run(() -> {
                if (waiting.remove(question)) question.complete(new PeerConnection.PeerAnswer(response, () -> {}));
            }));
        }

        private void refused() {
            if (over) return;
            over = true;
            cluster.network()
                    .connect(peer.target.node, self.nodeId())
                    .send(() -> self.process().run(() -> end(PeerConnection.Reason.REFUSED)));
        }

        /// Each end notices in its own time, if it lives.
        void breakOff() {
            if (over) return;
            over = true;
            requests.close();
            answers.close();
            SimulatedNode.Running other = server;
            if (other != null && chance.percent(70)) {
                other.process()
                        .afterMs(
                                chance.between(1, 100), () -> other.controller().onDisconnected(self.nodeId(), id));
            }
            self.process().afterMs(chance.between(1, 200), () -> end(PeerConnection.Reason.CLOSED_BY_PEER));
        }

        private void end(PeerConnection.Reason reason) {
            if (peer.open != this) return;
            peer.open = null;
            List<CompletableFuture<PeerConnection.PeerAnswer>> failed = List.copyOf(waiting);
            waiting.clear();
            for (Consumer<PeerConnection.Reason> listener : peer.listeners) listener.accept(reason);
            for (CompletableFuture<PeerConnection.PeerAnswer> each : failed) {
                each.completeExceptionally(
                        reason == PeerConnection.Reason.TIMED_OUT ? new TimeoutException() : new DisconnectException());
            }
        }
    }
}
