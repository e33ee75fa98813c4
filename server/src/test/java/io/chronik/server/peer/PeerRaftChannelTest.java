package io.chronik.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.Command;
import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.MetadataLog;
import io.chronik.server.peer.PeerConnection.PeerAnswer;
import io.chronik.server.peer.PeerConnection.Reason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.BeginQuorumEpochRequestData;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchSnapshotRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.UpdateRaftVoterRequestData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.VoteResponse;
import org.apache.kafka.raft.RaftRequest;
import org.apache.kafka.raft.RaftResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PeerRaftChannelTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Node LEADER = new Node(2, "host-2", 9093);

    private final Network network = new Network();
    private final PeerRaftChannel channel = new PeerRaftChannel(network, "INTERNAL", 1_000);
    private final Log log = new Log();

    @Test
    void everyRequestOfRaftGoesToTheNodeOnItsRaftConnection() {
        List<ApiMessage> requests = List.of(
                new FetchRequestData(),
                new FetchSnapshotRequestData(),
                new VoteRequestData(),
                new BeginQuorumEpochRequestData(),
                new EndQuorumEpochRequestData(),
                new AddRaftVoterRequestData(),
                new RemoveRaftVoterRequestData(),
                new UpdateRaftVoterRequestData(),
                new ApiVersionsRequestData());
        for (ApiMessage request : requests) {
            // When
            var _ = channel.send(outbound(request, LEADER));

            // Then
            assertThat(network.node(2).sent.removeLast()).isEqualTo(ApiKeys.forId(request.apiKey()));
        }
    }

    @Test
    void anAddressWhoseNodeIsUnknownIsFoundByAddress() {
        // When
        var _ = channel.send(outbound(new FetchRequestData(), new Node(-2, "host-7", 9093)));

        // Then
        assertThat(network.byAddress).containsOnlyKeys(new HostPort("host-7", 9093));
    }

    @Test
    void theAnswerIsThatOfTheRequest() {
        // Given
        network.node(2).next = new VoteResponse(new VoteResponseData().setErrorCode((short) 3));
        RaftRequest.Outbound request = outbound(new VoteRequestData(), LEADER);

        // When
        RaftResponse.Inbound answer = channel.send(request)
                .toCompletableFuture()
                .orTimeout(5, TimeUnit.SECONDS)
                .join();

        // Then
        assertThat(answer.correlationId()).isEqualTo(request.correlationId());
        assertThat(answer.source()).isEqualTo(LEADER);
        assertThat(((VoteResponseData) answer.data()).errorCode()).isEqualTo((short) 3);
        assertThat(network.node(2).released).hasValue(1);
    }

    @Test
    void recordsOutliveTheBufferTheyCameIn() {
        // Given
        ByteBuffer frame = ByteBuffer.wrap(new byte[] {1, 2, 3, 4});
        FetchResponseData fetched = new FetchResponseData();
        FetchResponseData.PartitionData partition =
                new FetchResponseData.PartitionData().setRecords(MemoryRecords.readableRecords(frame));
        fetched.responses().add(new FetchResponseData.FetchableTopicResponse().setPartitions(List.of(partition)));
        network.node(2).next = FetchResponse.of(fetched);

        // When
        RaftResponse.Inbound answer = channel.send(outbound(new FetchRequestData(), LEADER))
                .toCompletableFuture()
                .orTimeout(5, TimeUnit.SECONDS)
                .join();
        frame.put(0, (byte) 9);

        // Then
        FetchResponseData data = (FetchResponseData) answer.data();
        MemoryRecords records = (MemoryRecords)
                data.responses().getFirst().partitions().getFirst().records();
        assertThat(records.buffer()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
        assertThat(network.node(2).released).hasValue(1);
    }

    @Test
    void aRequestWithoutAnswerFails() {
        // Given
        network.node(2).failure = new DisconnectException("reset");

        // Then
        assertThat(channel.send(outbound(new VoteRequestData(), LEADER)).toCompletableFuture())
                .failsWithin(SOON)
                .withThrowableThat()
                .withCauseInstanceOf(DisconnectException.class);
    }

    @Test
    void theLogIsToldWhenItsLeadersPortRefusesOrItsConnectionIsReset() {
        // Given
        channel.watch(log);
        for (int i = 0; i < 3; i++) {
            var _ = channel.send(outbound(new FetchRequestData(), LEADER));
        }

        // When
        network.node(2).close(Reason.CLOSED_BY_PEER);
        network.node(2).close(Reason.REFUSED);

        // Then
        assertThat(log.gone).containsExactly(log.leader(), log.leader());
    }

    @Test
    void silenceAndOtherNodesSayNothingAboutTheLeader() {
        // Given
        channel.watch(log);
        var _ = channel.send(outbound(new FetchRequestData(), LEADER));
        var _ = channel.send(outbound(new VoteRequestData(), new Node(3, "host-3", 9093)));

        // When
        network.node(2).close(Reason.TIMED_OUT);
        network.node(2).close(Reason.UNREACHABLE);
        network.node(2).close(Reason.CLOSED_HERE);
        network.node(3).close(Reason.REFUSED);

        // Then
        assertThat(log.gone).isEmpty();
    }

    private RaftRequest.Outbound outbound(ApiMessage request, Node to) {
        return new RaftRequest.Outbound(channel.newCorrelationId(), request, to, 0);
    }

    private static final class Network implements PeerNetwork {
        private final Map<HostPort, Connection> byAddress = new HashMap<>();

        Connection node(int id) {
            return byAddress.computeIfAbsent(new HostPort("host-" + id, 9093), key -> new Connection());
        }

        @Override
        public PeerConnection to(int nodeId, Purpose purpose) {
            throw new AssertionError("a new node does not know where node " + nodeId + " is");
        }

        @Override
        public PeerConnection to(HostPort address, Purpose purpose) {
            assertThat(purpose).isEqualTo(Purpose.RAFT);
            return byAddress.computeIfAbsent(address, key -> new Connection());
        }

        @Override
        public void close() {}
    }

    private static final class Connection implements PeerConnection {
        private final List<ApiKeys> sent = new ArrayList<>();
        private final List<Consumer<Reason>> listeners = new ArrayList<>();
        private final AtomicInteger released = new AtomicInteger();
        private AbstractResponse next = new VoteResponse(new VoteResponseData());
        private @Nullable DisconnectException failure;

        @Override
        public CompletionStage<PeerAnswer> send(
                AbstractRequest.Builder<? extends AbstractRequest> request, int timeoutMs) {
            sent.add(request.apiKey());
            if (failure != null) return CompletableFuture.failedStage(failure);
            return CompletableFuture.completedStage(new PeerAnswer(next, released::incrementAndGet));
        }

        @Override
        public void onClosed(Consumer<Reason> told) {
            listeners.add(told);
        }

        void close(Reason reason) {
            listeners.forEach(listener -> listener.accept(reason));
        }
    }

    /// A log whose leader is node 2.
    private static final class Log implements MetadataLog {
        private final List<Leader> gone = new ArrayList<>();

        @Override
        public Leader leader() {
            return new Leader(LEADER.id(), 5);
        }

        @Override
        public void onLeaderGone(Leader leader) {
            gone.add(leader);
        }

        @Override
        public CompletableFuture<Long> propose(int epoch, List<Command> commands) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long appliedIndex() {
            return -1;
        }

        @Override
        public CompletableFuture<Void> applied(long index) {
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
        public Optional<HostPort> voterAddress(int nodeId) {
            return Optional.empty();
        }
    }
}
