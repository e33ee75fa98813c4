package io.chronik.server.peer;

import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.MetadataLog;
import io.chronik.server.metadata.MetadataLog.Leader;
import io.chronik.server.metadata.RaftRecords;
import io.chronik.server.metadata.RaftTransport;
import io.chronik.server.peer.PeerConnection.PeerAnswer;
import io.chronik.server.peer.PeerConnection.Reason;
import io.chronik.server.peer.PeerNetwork.Purpose;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.BeginQuorumEpochRequestData;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchSnapshotRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.UpdateRaftVoterRequestData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AddRaftVoterRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.BeginQuorumEpochRequest;
import org.apache.kafka.common.requests.EndQuorumEpochRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchSnapshotRequest;
import org.apache.kafka.common.requests.RemoveRaftVoterRequest;
import org.apache.kafka.common.requests.UpdateRaftVoterRequest;
import org.apache.kafka.common.requests.VoteRequest;
import org.apache.kafka.raft.RaftRequest;
import org.apache.kafka.raft.RaftResponse;
import org.jspecify.annotations.Nullable;

/// Raft's requests to other nodes, over their own connections.
///
/// It also tells the metadata log when the leader's process is gone. The library would only notice that it is silent.
public final class PeerRaftChannel implements RaftTransport {
    private final PeerNetwork network;
    private final ListenerName listener;
    private final int timeoutMs;
    private final AtomicInteger correlationIds = new AtomicInteger();
    private final Set<Node> watched = ConcurrentHashMap.newKeySet();
    private volatile @Nullable MetadataLog log;

    /// `timeoutMs`: when a request is given up; the library gives up after as much.
    public PeerRaftChannel(PeerNetwork network, String listener, int timeoutMs) {
        this.network = network;
        this.listener = ListenerName.normalised(listener);
        this.timeoutMs = timeoutMs;
    }

    @Override
    public void watch(MetadataLog told) {
        log = told;
    }

    @Override
    public int newCorrelationId() {
        return correlationIds.getAndIncrement();
    }

    @Override
    public CompletionStage<RaftResponse.Inbound> send(RaftRequest.Outbound request) {
        Node destination = request.destination();
        if (destination == null) return CompletableFuture.failedStage(new DisconnectException("no address"));
        return connection(destination)
                .send(builder(request.data()), timeoutMs)
                .thenApply(answer -> inbound(request, destination, answer));
    }

    private static RaftResponse.Inbound inbound(RaftRequest.Outbound request, Node from, PeerAnswer answer) {
        ApiMessage body;
        try {
            body = RaftRecords.copied(answer.body().data());
        } finally {
            answer.release().run();
        }
        return new RaftResponse.Inbound(request.correlationId(), body, from);
    }

    /// The library knows best where a node is: from the voters, or from who leads it. A new node has no image that says
    /// so, and no voters. Addresses whose node it does not know yet get negative numbers, its own for each start.
    private PeerConnection connection(Node destination) {
        PeerConnection connection = network.to(new HostPort(destination.host(), destination.port()), Purpose.RAFT);
        if (destination.id() >= 0 && watched.add(destination))
            connection.onClosed(reason -> onClosed(destination.id(), reason));
        return connection;
    }

    /// The kernel of a killed process closes its connections, and then refuses new ones.
    private void onClosed(int nodeId, Reason reason) {
        MetadataLog told = log;
        if (told == null || (reason != Reason.REFUSED && reason != Reason.CLOSED_BY_PEER)) return;
        Leader leader = told.leader();
        if (leader.nodeId() == nodeId) told.onLeaderGone(leader);
    }

    private static AbstractRequest.Builder<? extends AbstractRequest> builder(ApiMessage message) {
        return switch (message) {
            case FetchRequestData fetch -> new FetchRequest.SimpleBuilder(fetch);
            case FetchSnapshotRequestData fetch -> new FetchSnapshotRequest.Builder(fetch);
            case VoteRequestData vote -> new VoteRequest.Builder(vote);
            case BeginQuorumEpochRequestData begin -> new BeginQuorumEpochRequest.Builder(begin);
            case EndQuorumEpochRequestData end -> new EndQuorumEpochRequest.Builder(end);
            case AddRaftVoterRequestData add -> new AddRaftVoterRequest.Builder(add);
            case RemoveRaftVoterRequestData remove -> new RemoveRaftVoterRequest.Builder(remove);
            case UpdateRaftVoterRequestData update -> new UpdateRaftVoterRequest.Builder(update);
            case ApiVersionsRequestData versions ->
                new ApiVersionsRequest.Builder(
                        versions, ApiKeys.API_VERSIONS.oldestVersion(), ApiKeys.API_VERSIONS.latestVersion());
            default -> throw new IllegalArgumentException("Raft does not send " + message.getClass());
        };
    }

    @Override
    public ListenerName listenerName() {
        return listener;
    }

    /// The connections are the network's.
    @Override
    public void close() {}
}
