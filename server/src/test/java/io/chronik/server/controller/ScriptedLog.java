package io.chronik.server.controller;

import io.chronik.metadata.Command;
import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.MetadataLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiMessage;

/// A metadata log that says what a test wants.
final class ScriptedLog implements MetadataLog {
    private record Waiting(long index, CompletableFuture<Void> applied) {}

    private final List<Waiting> waiting = new ArrayList<>();
    private Leader leader = new Leader(Leader.NONE, 0);
    private long applied = -1;

    void lead(int nodeId) {
        leader = new Leader(nodeId, leader.epoch() + 1);
    }

    void applyUpTo(long index) {
        applied = index;
        for (Waiting one : List.copyOf(waiting)) if (one.index <= index) one.applied.complete(null);
    }

    @Override
    public Leader leader() {
        return leader;
    }

    @Override
    public long appliedIndex() {
        return applied;
    }

    @Override
    public CompletableFuture<Void> applied(long index) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (index <= applied) done.complete(null);
        else waiting.add(new Waiting(index, done));
        return done;
    }

    @Override
    public CompletableFuture<Long> propose(int epoch, List<Command> commands) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<ApiMessage> handle(String listener, short version, ApiMessage request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resign(int epoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void onLeaderGone(Leader gone) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<HostPort> voterAddress(int nodeId) {
        return Optional.empty();
    }
}
