package io.chronik.server.metadata;

import io.chronik.server.config.HostPort;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.raft.RaftRequest;
import org.apache.kafka.raft.RaftResponse;
import org.jspecify.annotations.Nullable;

/// A network in memory between Raft hosts: messages are encoded and decoded as on the wire, and the end of a process
/// is told to its peers as a kernel would.
final class RaftWire implements AutoCloseable {
    static final String LISTENER = "INTERNAL";

    private record Pending(HostPort to, CompletableFuture<RaftResponse.Inbound> answer) {}

    private final ExecutorService wire = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("wire").factory());
    private final Map<HostPort, Channel> up = new ConcurrentHashMap<>();
    private final Set<Pending> pending = ConcurrentHashMap.newKeySet();
    private final AtomicInteger correlationIds = new AtomicInteger();
    private final Map<ApiKeys, AtomicInteger> sent = new ConcurrentHashMap<>();

    Channel channel(HostPort address) {
        return new Channel(address);
    }

    /// Requests of `api` that have been sent.
    int sent(ApiKeys api) {
        AtomicInteger count = sent.get(api);
        return count == null ? 0 : count.get();
    }

    /// The process ends: its connections are reset, and its port refuses.
    void kill(HostPort address) {
        up.remove(address);
        reset(address);
    }

    /// The process stands still, or no packet gets to it: nobody is told anything.
    void stop(HostPort address) {
        up.remove(address);
    }

    private void reset(HostPort address) {
        wire.execute(() -> {
            for (Pending lost : List.copyOf(pending)) {
                if (!lost.to().equals(address)) continue;
                pending.remove(lost);
                lost.answer().completeExceptionally(new DisconnectException("reset"));
            }
            up.values().forEach(peer -> peer.onRefused(address));
        });
    }

    @Override
    public void close() {
        wire.shutdownNow();
    }

    final class Channel implements RaftTransport {
        private final HostPort address;
        private final Set<HostPort> dead = ConcurrentHashMap.newKeySet();
        private volatile @Nullable MetadataLog log;

        private Channel(HostPort address) {
            this.address = address;
        }

        @Override
        public void watch(MetadataLog told) {
            log = told;
            up.put(address, this);
            up.values().forEach(peer -> peer.dead.remove(address));
        }

        /// From now on connections to `peer` are refused at once.
        void refuse(HostPort peer) {
            dead.add(peer);
        }

        private void onRefused(HostPort peer) {
            MetadataLog told = log;
            if (told == null) return;
            MetadataLog.Leader leader = told.leader();
            if (leader.known()
                    && told.voterAddress(leader.nodeId()).filter(peer::equals).isPresent()) {
                told.onLeaderGone(leader);
            }
        }

        @Override
        public int newCorrelationId() {
            return correlationIds.incrementAndGet();
        }

        @Override
        public CompletionStage<RaftResponse.Inbound> send(RaftRequest.Outbound request) {
            Node to = request.destination();
            HostPort peer = new HostPort(to.host(), to.port());
            ApiKeys api = ApiKeys.forId(request.data().apiKey());
            sent.computeIfAbsent(api, key -> new AtomicInteger()).incrementAndGet();
            Pending sending = new Pending(peer, new CompletableFuture<>());
            pending.add(sending);
            wire.execute(() -> deliver(request, api, sending));
            return sending.answer();
        }

        private void deliver(RaftRequest.Outbound request, ApiKeys api, Pending sending) {
            Channel peer = up.get(sending.to());
            if (!up.containsValue(this) || (peer == null && !dead.contains(sending.to()))) return; // Silence.
            if (peer == null) {
                pending.remove(sending);
                sending.answer().completeExceptionally(new DisconnectException("refused"));
                onRefused(sending.to());
                return;
            }
            short version = api.latestVersion();
            ApiMessage arrived =
                    copy(request.data(), ApiMessageType.fromApiKey(api.id).newRequest(), version);
            var _ = peer.answer(version, arrived)
                    .thenAcceptAsync(
                            answer -> {
                                if (!up.containsValue(this) || !up.containsValue(peer)) return;
                                pending.remove(sending);
                                ApiMessageType type = ApiMessageType.fromApiKey(api.id);
                                sending.answer()
                                        .complete(new RaftResponse.Inbound(
                                                request.correlationId(),
                                                RaftRecords.copied(copy(answer, type.newResponse(), version)),
                                                request.destination()));
                            },
                            wire);
        }

        private CompletionStage<ApiMessage> answer(short version, ApiMessage request) {
            MetadataLog told = log;
            if (told == null) return new CompletableFuture<>();
            if (request instanceof ApiVersionsRequestData) return CompletableFuture.completedStage(features());
            return told.handle(LISTENER, version, request);
        }

        @Override
        public ListenerName listenerName() {
            return ListenerName.normalised(LISTENER);
        }

        @Override
        public void close() {}
    }

    private static ApiMessage features() {
        ApiVersionsResponseData answer = new ApiVersionsResponseData();
        answer.supportedFeatures()
                .add(new SupportedFeatureKey()
                        .setName("kraft.version")
                        .setMinVersion((short) 0)
                        .setMaxVersion((short) 1));
        return answer;
    }

    private static ApiMessage copy(ApiMessage message, ApiMessage into, short version) {
        into.read(MessageUtil.toByteBufferAccessor(message, version), version);
        return into;
    }
}
