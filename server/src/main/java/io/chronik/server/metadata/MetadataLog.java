package io.chronik.server.metadata;

import io.chronik.metadata.Command;
import io.chronik.server.config.HostPort;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiMessage;

/// The metadata log as the rest of the node sees it. Any thread.
public interface MetadataLog {
    /// Who leads the metadata quorum in `epoch`.
    record Leader(int nodeId, int epoch) {
        public static final int NONE = -1;

        public boolean known() {
            return nodeId != NONE;
        }
    }

    /// As told to the controller before: a node that leads has applied everything committed before.
    Leader leader();

    /// Makes `commands` part of the log if this node leads in `epoch`. Completes with the index of the last one when
    /// all are committed and applied here, or with NOT_CONTROLLER: then they may or may not be committed.
    CompletableFuture<Long> propose(int epoch, List<Command> commands);

    /// Index of the last entry that this node's image has; -1 before the first.
    long appliedIndex();

    /// Completes when this node's image has `index`.
    CompletableFuture<Void> applied(long index);

    /// A Raft request of a peer, at `version` of its API; the answer is of the same.
    CompletionStage<ApiMessage> handle(String listener, short version, ApiMessage request);

    /// Gives up leadership of `epoch`, for a controlled shutdown. Nothing when this node does not lead there.
    void resign(int epoch);

    /// A hint that `leader`'s process is gone: its port refuses.
    void onLeaderGone(Leader leader);

    /// Where the internal listener of a voter is; empty for who is no voter.
    Optional<HostPort> voterAddress(int nodeId);
}
