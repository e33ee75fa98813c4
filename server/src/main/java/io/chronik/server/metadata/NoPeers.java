package io.chronik.server.metadata;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.raft.RaftRequest;
import org.apache.kafka.raft.RaftResponse;

/// The network of a quorum of one: whoever is asked cannot be reached.
final class NoPeers implements RaftTransport {
    private final ListenerName listener;
    private final AtomicInteger correlationIds = new AtomicInteger();

    NoPeers(String listener) {
        this.listener = ListenerName.normalised(listener);
    }

    @Override
    public void watch(MetadataLog log) {}

    @Override
    public int newCorrelationId() {
        return correlationIds.incrementAndGet();
    }

    @Override
    public CompletionStage<RaftResponse.Inbound> send(RaftRequest.Outbound request) {
        return CompletableFuture.failedStage(new DisconnectException("there are no peers"));
    }

    @Override
    public ListenerName listenerName() {
        return listener;
    }

    @Override
    public void close() {}
}
