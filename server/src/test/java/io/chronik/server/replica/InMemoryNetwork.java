package io.chronik.server.replica;

import io.chronik.server.api.ApiHandler;
import io.chronik.server.config.HostPort;
import io.chronik.server.net.ClientConnection;
import io.chronik.server.net.ClientRequest;
import io.chronik.server.net.SliceRecords;
import io.chronik.server.peer.PeerConnection;
import io.chronik.server.peer.PeerNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/// Connections between the nodes of a test. What passes is turned into the protocol's bytes and back; answers leave in
/// the order of the requests; the memory of an answer is overwritten when it is given back.
final class InMemoryNetwork {
    private record Link(int from, int to) {}

    private final Executor wires;
    private final Map<Integer, ApiHandler> handlers = new ConcurrentHashMap<>();
    private final Map<Link, Wire> links = new ConcurrentHashMap<>();
    private final Set<Integer> cutOff = ConcurrentHashMap.newKeySet();
    final AtomicInteger framesHeld = new AtomicInteger();
    final AtomicInteger releasedTwice = new AtomicInteger();
    final AtomicInteger requests = new AtomicInteger();

    /// `wires`: runs what arrives, one event at a time.
    InMemoryNetwork(Executor wires) {
        this.wires = wires;
    }

    void serve(int node, ApiHandler handler) {
        handlers.put(node, handler);
    }

    /// Ends what is under way to and from `node`, and refuses what comes until it is [#heal]ed.
    void cutOff(int node) {
        cutOff.add(node);
        links.forEach((link, wire) -> {
            if (link.from == node || link.to == node) wires.execute(wire::breakUp);
        });
    }

    void heal(int node) {
        cutOff.remove(node);
    }

    PeerNetwork of(int from) {
        return new PeerNetwork() {
            @Override
            public PeerConnection to(int nodeId, Purpose purpose) {
                return links.computeIfAbsent(new Link(from, nodeId), link -> new Wire(link.from, link.to));
            }

            @Override
            public PeerConnection to(HostPort address, Purpose purpose) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {}
        };
    }

    /// One node's connection to another. Its state is touched on the wires only.
    private final class Wire implements PeerConnection {
        private final int from;
        private final int to;
        private final List<Consumer<Reason>> told = new ArrayList<>();
        private End end = new End();

        Wire(int from, int to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public CompletionStage<PeerAnswer> send(
                AbstractRequest.Builder<? extends AbstractRequest> builder, int timeoutMs) {
            CompletableFuture<PeerAnswer> answer = new CompletableFuture<>();
            AbstractRequest request = builder.build(builder.latestAllowedVersion());
            ByteBuffer bytes = MessageUtil.toByteBufferAccessor(request.data(), request.version())
                    .buffer();
            requests.incrementAndGet();
            wires.execute(() -> arrive(request.apiKey(), request.version(), bytes, answer));
            return answer;
        }

        private void arrive(ApiKeys api, short version, ByteBuffer bytes, CompletableFuture<PeerAnswer> answer) {
            ApiHandler handler = handlers.get(to);
            if (handler == null || cutOff.contains(from) || cutOff.contains(to)) {
                answer.completeExceptionally(new DisconnectException());
                return;
            }
            AbstractRequest body = AbstractRequest.parseRequest(api, version, new ByteBufferAccessor(bytes)).request;
            Call call = new Call(new RequestHeader(api, version, "node " + from, 1), body, end, this, answer);
            end.calls.add(call);
            handler.handle(call);
        }

        void breakUp() {
            End broken = end;
            end = new End();
            broken.closed = true;
            for (Call call : broken.calls) {
                if (call.reply != null) closeSlices(call.reply);
                call.answer.completeExceptionally(new DisconnectException());
            }
            broken.calls.clear();
            broken.closeEvents.forEach(Runnable::run);
            told.forEach(one -> one.accept(Reason.CLOSED_BY_PEER));
        }

        void flush(End of) {
            while (!of.calls.isEmpty() && of.calls.peek().reply != null) {
                Call call = of.calls.remove();
                AbstractResponse reply = call.reply;
                if (reply != null) call.answer.complete(overTheWire(call.header, reply));
            }
        }

        @Override
        public void onClosed(Consumer<Reason> listener) {
            wires.execute(() -> told.add(listener));
        }
    }

    private PeerConnection.PeerAnswer overTheWire(RequestHeader header, AbstractResponse reply) {
        copySlices(reply);
        ByteBuffer frame = MessageUtil.toByteBufferAccessor(reply.data(), header.apiVersion())
                .buffer();
        framesHeld.incrementAndGet();
        AtomicBoolean released = new AtomicBoolean();
        var body = AbstractResponse.parseResponse(header.apiKey(), new ByteBufferAccessor(frame), header.apiVersion());
        return new PeerConnection.PeerAnswer(body, () -> {
            if (!released.compareAndSet(false, true)) {
                releasedTwice.incrementAndGet();
                return;
            }
            for (int at = 0; at < frame.limit(); at++) frame.put(at, (byte) 0xEE);
            framesHeld.decrementAndGet();
        });
    }

    private static void copySlices(AbstractResponse reply) {
        if (!(reply instanceof FetchResponse fetch)) return;
        for (FetchResponseData.FetchableTopicResponse topic : fetch.data().responses()) {
            for (FetchResponseData.PartitionData partition : topic.partitions()) {
                if (!(partition.records() instanceof SliceRecords(var slice))) continue;
                try (slice) {
                    partition.setRecords(MemoryRecords.readableRecords(slice.copy()));
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }
        }
    }

    private static void closeSlices(AbstractResponse reply) {
        copySlices(reply);
    }

    /// One connection, as the side sees it that serves it.
    private static final class End implements ClientConnection {
        private final Deque<Call> calls = new ArrayDeque<>();
        private final List<Runnable> closeEvents = new ArrayList<>();
        private boolean closed;

        @Override
        public long id() {
            return 1;
        }

        @Override
        public String listener() {
            return "INTERNAL";
        }

        @Override
        public InetAddress peer() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public InetSocketAddress local() {
            return new InetSocketAddress(peer(), 1);
        }

        @Override
        public String softwareName() {
            return "test";
        }

        @Override
        public String softwareVersion() {
            return "1";
        }

        @Override
        public Executor eventLoop() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CloseEvent onClose(Runnable event) {
            if (closed) event.run();
            else closeEvents.add(event);
            return () -> {};
        }
    }

    private final class Call implements ClientRequest {
        private final RequestHeader header;
        private final AbstractRequest body;
        private final End end;
        private final Wire wire;
        private final CompletableFuture<PeerConnection.PeerAnswer> answer;
        private @Nullable AbstractResponse reply;

        Call(
                RequestHeader header,
                AbstractRequest body,
                End end,
                Wire wire,
                CompletableFuture<PeerConnection.PeerAnswer> answer) {
            this.header = header;
            this.body = body;
            this.end = end;
            this.wire = wire;
            this.answer = answer;
        }

        @Override
        public RequestHeader header() {
            return header;
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
            wires.execute(() -> {
                if (reply != null) throw new IllegalStateException("answered twice");
                reply = response;
                if (end.closed) closeSlices(response);
                else wire.flush(end);
            });
        }

        @Override
        public void replyNothing() {
            throw new AssertionError("a reply was due");
        }

        @Override
        public void close(String reason) {
            throw new AssertionError("closed: " + reason);
        }
    }
}
