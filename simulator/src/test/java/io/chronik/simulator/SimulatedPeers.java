package io.chronik.simulator;

import io.chronik.server.config.HostPort;
import io.chronik.server.peer.PeerConnection;
import io.chronik.server.peer.PeerNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.jspecify.annotations.Nullable;

/// One process' connections to the internal listeners of others: in place of the sockets.
final class SimulatedPeers implements PeerNetwork {
    private record Key(int node, Purpose purpose) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return node != other.node ? Integer.compare(node, other.node) : purpose.compareTo(other.purpose);
        }
    }

    private final Cluster cluster;
    private final int self;
    private final SimulatedProcess process;
    private final Chance chance;
    private final Map<Key, Link> links = new TreeMap<>();

    SimulatedPeers(Cluster cluster, int self, SimulatedProcess process, Chance chance) {
        this.cluster = cluster;
        this.self = self;
        this.process = process;
        this.chance = chance;
    }

    @Override
    public PeerConnection to(int nodeId, Purpose purpose) {
        return links.computeIfAbsent(new Key(nodeId, purpose), key -> new Link(nodeId));
    }

    @Override
    public PeerConnection to(HostPort address, Purpose purpose) {
        throw new UnsupportedOperationException("nobody looks for a cluster here");
    }

    @Override
    public void close() {}

    /// The process has ended: whoever is at the other ends learns of it now.
    void onEnded() {
        for (Link link : links.values()) if (link.wire != null) link.wire.onClientGone();
    }

    /// As when something in between forgets them.
    void breakAll() {
        for (Link link : links.values()) if (link.wire != null) link.wire.reset();
    }

    private final class Link implements PeerConnection {
        private final int node;
        private final List<Consumer<Reason>> told = new ArrayList<>();
        private @Nullable PeerWire wire;

        Link(int node) {
            this.node = node;
        }

        @Override
        public CompletionStage<PeerAnswer> send(
                AbstractRequest.Builder<? extends AbstractRequest> request, int timeoutMs) {
            CompletableFuture<PeerAnswer> answer = new CompletableFuture<>();
            process.afterUs(chance.between(0, 50), () -> send(request.build(), timeoutMs, answer));
            return answer;
        }

        private void send(AbstractRequest request, int timeoutMs, CompletableFuture<PeerAnswer> answer) {
            if (wire == null) wire = new PeerWire(cluster, self, node, process, chance, this::onClosed);
            PeerWire over = wire;
            over.send(request, answer);
            process.afterMs(timeoutMs, () -> {
                if (!answer.isDone()) over.close(Reason.TIMED_OUT);
            });
        }

        private void onClosed(PeerWire closed, Reason reason) {
            if (wire == closed) wire = null;
            for (Consumer<Reason> listener : List.copyOf(told)) listener.accept(reason);
            closed.failAll(reason == Reason.TIMED_OUT ? new TimeoutException() : new DisconnectException());
        }

        @Override
        public void onClosed(Consumer<Reason> listener) {
            told.add(listener);
        }
    }

    static PeerConnection.PeerAnswer answer(AbstractResponse body) {
        return new PeerConnection.PeerAnswer(body, () -> {});
    }
}
