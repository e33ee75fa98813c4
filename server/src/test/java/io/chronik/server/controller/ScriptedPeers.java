package io.chronik.server.controller;

import io.chronik.base.Lane;
import io.chronik.server.config.HostPort;
import io.chronik.server.peer.PeerConnection;
import io.chronik.server.peer.PeerNetwork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;

/// Nodes whose answers a test gives.
final class ScriptedPeers implements PeerNetwork {
    private final Lane lane;
    private final Map<String, Peer> peers = new HashMap<>();

    ScriptedPeers(Lane lane) {
        this.lane = lane;
    }

    @Override
    public Peer to(int nodeId, Purpose purpose) {
        return peers.computeIfAbsent(nodeId + "/" + purpose, _ -> new Peer());
    }

    @Override
    public PeerConnection to(HostPort address, Purpose purpose) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}

    record Asked(AbstractRequest request, CompletableFuture<PeerConnection.PeerAnswer> answer, long atMs) {
        void reply(AbstractResponse response) {
            answer.complete(new PeerConnection.PeerAnswer(response, () -> {}));
        }
    }

    /// The connection to one node for one purpose.
    final class Peer implements PeerConnection {
        final ArrayDeque<Asked> asked = new ArrayDeque<>();
        final List<Long> askedAtMs = new ArrayList<>();
        private final List<Consumer<Reason>> told = new ArrayList<>();

        @Override
        public CompletionStage<PeerAnswer> send(
                AbstractRequest.Builder<? extends AbstractRequest> request, int timeoutMs) {
            CompletableFuture<PeerAnswer> answer = new CompletableFuture<>();
            asked.add(new Asked(request.build(), answer, lane.nowMs()));
            askedAtMs.add(lane.nowMs());
            lane.after(timeoutMs, () -> answer.completeExceptionally(new TimeoutException("silent")));
            return answer;
        }

        @Override
        public void onClosed(Consumer<Reason> listener) {
            told.add(listener);
        }

        Asked next() {
            return asked.removeFirst();
        }

        void breakOff(Reason reason) {
            while (!asked.isEmpty()) next().answer().completeExceptionally(new DisconnectException());
            told.forEach(listener -> listener.accept(reason));
        }
    }
}
