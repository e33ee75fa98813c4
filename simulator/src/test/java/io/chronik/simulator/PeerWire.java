package io.chronik.simulator;

import io.chronik.server.net.ClientConnection;
import io.chronik.server.net.ClientRequest;
import io.chronik.server.peer.PeerConnection.PeerAnswer;
import io.chronik.server.peer.PeerConnection.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterPartitionRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/// One connection from a process to the internal listener of a node, both ends of it. When the network loses a message
/// nothing comes through any more, and the client notices some time later; the server does when it is told.
final class PeerWire {
    private final Cluster cluster;
    private final int from;
    private final int to;
    private final SimulatedProcess client;
    private final Chance chance;
    private final BiConsumer<PeerWire, Reason> onClosed;
    private final SimulatedNetwork.Connection there;
    private final SimulatedNetwork.Connection back;
    private final List<CompletableFuture<PeerAnswer>> unanswered = new ArrayList<>();
    private boolean closed;
    private @Nullable ServerEnd server;

    PeerWire(
            Cluster cluster,
            int from,
            int to,
            SimulatedProcess client,
            Chance chance,
            BiConsumer<PeerWire, Reason> onClosed) {
        this.cluster = cluster;
        this.from = from;
        this.to = to;
        this.client = client;
        this.chance = chance;
        this.onClosed = onClosed;
        this.there = cluster.network().connect(from, to);
        this.back = cluster.network().connect(to, from);
    }

    // ---- The client's end ----

    void send(AbstractRequest request, CompletableFuture<PeerAnswer> answer) {
        unanswered.removeIf(CompletableFuture::isDone);
        unanswered.add(answer);
        there.send(() -> arrive(request, answer), this::reset);
    }

    private void arrive(AbstractRequest request, CompletableFuture<PeerAnswer> answer) {
        SimulatedNode.Running running = cluster.node(to).running().orElse(null);
        if (running == null || (server != null && server.process() != running.process())) {
            closeSoon(server == null ? Reason.REFUSED : Reason.CLOSED_BY_PEER);
            return;
        }
        if (server == null) {
            server = new ServerEnd(running.process(), cluster.newConnectionId(), "CONTROLLER");
            running.accepted(this);
        }
        ServerEnd end = server;
        running.process().run(() -> running.serve(new Request(end, request, answer)));
    }

    /// Neither end hears of the other any more.
    void reset() {
        there.close();
        back.close();
        client.afterMs(chance.between(5, 150), () -> close(Reason.TIMED_OUT));
        ServerEnd end = server;
        if (end != null) end.process().afterMs(chance.between(5, 150), end::close);
    }

    /// A leader does not know then what became of the set that it proposed.
    private boolean losesIsrAnswer() {
        return !cluster.network().isCalm() && chance.percent(cluster.faults().lostIsrAnswerPercent());
    }

    /// What tells of it is sent until it arrives.
    private void closeSoon(Reason reason) {
        boolean soon = cluster.network().areConnected(from, to) && chance.percent(95);
        client.afterMs(soon ? chance.between(0, 3) : chance.between(20, 150), () -> close(reason));
    }

    /// By the client, on its process.
    void close(Reason reason) {
        if (closed) return;
        closed = true;
        there.close();
        back.close();
        onClientGone();
        onClosed.accept(this, reason);
    }

    void failAll(RuntimeException failure) {
        List<CompletableFuture<PeerAnswer>> failed = List.copyOf(unanswered);
        unanswered.clear();
        failed.forEach(answer -> answer.completeExceptionally(failure));
    }

    void onClientGone() {
        ServerEnd end = server;
        if (end != null) cluster.network().send(from, to, () -> end.process().run(end::close));
    }

    void onServerGone() {
        closeSoon(Reason.CLOSED_BY_PEER);
    }

    // ---- The server's end ----

    private final class Request implements ClientRequest {
        private final ServerEnd end;
        private final AbstractRequest body;
        private final CompletableFuture<PeerAnswer> answer;

        Request(ServerEnd end, AbstractRequest body, CompletableFuture<PeerAnswer> answer) {
            this.end = end;
            this.body = body;
            this.answer = answer;
        }

        @Override
        public RequestHeader header() {
            return new RequestHeader(body.apiKey(), body.version(), "node " + from, 0);
        }

        @Override
        public AbstractRequest body() {
            return body;
        }

        @Override
        public ClientConnection connection() {
            return end;
        }

        @Override
        public long receivedNs() {
            return 0;
        }

        @Override
        public void reply(AbstractResponse response) {
            Oracle.check(
                    !response.errorCounts().containsKey(Errors.UNKNOWN_SERVER_ERROR),
                    "M2: node %d fails to answer %s: %s",
                    to,
                    body,
                    response);
            cluster.trace("node %d answers node %d: %s: %s", to, from, body, response);
            if (body instanceof AlterPartitionRequest && losesIsrAnswer()) {
                reset();
                return;
            }
            back.send(() -> client.run(() -> answer.complete(SimulatedPeers.answer(response))), PeerWire.this::reset);
        }

        @Override
        public void replyNothing() {
            throw new UnsupportedOperationException("not for requests of nodes");
        }

        @Override
        public void close(String reason) {
            closeSoon(Reason.CLOSED_BY_PEER);
        }
    }
}
