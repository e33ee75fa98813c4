package io.chronik.server.peer;

import io.chronik.server.config.HostPort;
import io.chronik.server.net.Dialer;
import io.chronik.server.net.Wire;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The requests to one peer for one purpose, over one connection after another. Everything on the dialer's lane.
///
///     no session --a request waits, back-off over--> Greeting --ApiVersions answered--> Ready
///     any session --closed, refused, silent--> no session
///
/// What was sent fails when its session ends. What waits stays for the next session, unless this one was never ready:
/// then nobody is there, and whoever waits should know. A session that answered something is followed at once, one that
/// did not after a back-off.
final class PeerLink implements PeerConnection {
    static final int MAX_IN_FLIGHT = 8;
    static final int MAX_WAITING = 1_000;
    static final long MIN_BACKOFF_MS = 20;
    static final long MAX_BACKOFF_MS = 500;
    /// From the first packet until the peer has said which versions it takes.
    static final long OPEN_TIMEOUT_MS = 1_500;

    static final int MAX_FRAME_BYTES = 100 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);
    /// Answers with fields that are not copied out of the frame when it is parsed.
    private static final Set<ApiKeys> POINTING_INTO_FRAME = Set.of(ApiKeys.FETCH, ApiKeys.FETCH_SNAPSHOT);

    private final Dialer dialer;
    private final Supplier<Optional<HostPort>> address;
    private final Supplier<PeerIdentity> identity;
    private final List<Consumer<Reason>> listeners = new CopyOnWriteArrayList<>();
    private final ArrayDeque<PeerRequest> waiting = new ArrayDeque<>();
    private @Nullable Session session;
    private int lastCorrelationId;
    private long backoffMs;
    private long retryAtMs = Long.MIN_VALUE;
    private boolean retryScheduled;
    private boolean closed;

    PeerLink(Dialer dialer, Supplier<Optional<HostPort>> address, Supplier<PeerIdentity> identity) {
        this.dialer = dialer;
        this.address = address;
        this.identity = identity;
    }

    @Override
    public CompletionStage<PeerAnswer> send(AbstractRequest.Builder<? extends AbstractRequest> request, int timeoutMs) {
        PeerRequest added = new PeerRequest(request);
        dialer.execute(() -> add(added, timeoutMs));
        return added.answer;
    }

    @Override
    public void onClosed(Consumer<Reason> told) {
        listeners.add(told);
    }

    /// For good. What is under way fails.
    void close() {
        dialer.execute(() -> {
            closed = true;
            if (session != null) session.end(Reason.CLOSED_HERE);
            failWaiting("this node closes its connections");
        });
    }

    private void add(PeerRequest request, int timeoutMs) {
        if (closed || waiting.size() >= MAX_WAITING) {
            request.fail(new DisconnectException(closed ? "closed" : "too many requests wait for this node"));
            return;
        }
        request.startTimer(dialer.after(timeoutMs, () -> onTimeout(request, timeoutMs)));
        waiting.add(request);
        advance();
    }

    private void onTimeout(PeerRequest request, int timeoutMs) {
        TimeoutException late = new TimeoutException("no answer within " + timeoutMs + " ms");
        if (waiting.remove(request)) request.fail(late);
        else if (session != null && session.inFlight.remove(request)) {
            request.fail(late);
            session.end(Reason.TIMED_OUT);
        }
    }

    private void advance() {
        if (session != null) session.sendWaiting();
        else if (!closed && !waiting.isEmpty()) open();
    }

    private void open() {
        long restMs = retryAtMs - dialer.nowMs();
        if (retryAtMs == Long.MIN_VALUE || restMs <= 0) {
            session = new Session();
            session.open();
        } else if (!retryScheduled) {
            retryScheduled = true;
            dialer.after(restMs, () -> {
                retryScheduled = false;
                advance();
            });
        }
    }

    private void onEnded(Session ended, Reason reason) {
        session = null;
        backoffMs = ended.answered ? 0 : Math.clamp(2 * backoffMs, MIN_BACKOFF_MS, MAX_BACKOFF_MS);
        retryAtMs = dialer.nowMs() + backoffMs;
        // First, so that who learns that a request has failed knows why.
        for (Consumer<Reason> told : listeners) told.accept(reason);
        for (PeerRequest lost : ended.inFlight) lost.fail(new DisconnectException("connection ended: " + reason));
        if (ended.versions == null) failWaiting("no connection: " + reason);
        advance();
    }

    private void failWaiting(String why) {
        List<PeerRequest> failed = List.copyOf(waiting);
        waiting.clear();
        for (PeerRequest request : failed) request.fail(new DisconnectException(why));
    }

    /// One TCP connection, from before it is opened until it has ended.
    private final class Session implements Wire.Events {
        private final ArrayDeque<PeerRequest> inFlight = new ArrayDeque<>(MAX_IN_FLIGHT);
        private @Nullable Wire wire;
        /// Null until the peer has told them.
        private @Nullable PeerVersions versions;
        private @Nullable RequestHeader greeting;
        private boolean opened;
        private boolean answered;
        private boolean ended;

        void open() {
            Optional<HostPort> known = address.get();
            if (known.isEmpty()) {
                dialer.execute(() -> end(Reason.UNREACHABLE));
                return;
            }
            wire = dialer.open(known.get(), MAX_FRAME_BYTES, this);
            dialer.after(OPEN_TIMEOUT_MS, () -> {
                if (versions == null) end(opened ? Reason.TIMED_OUT : Reason.UNREACHABLE);
            });
        }

        @Override
        public void onOpen() {
            if (ended) return;
            opened = true;
            greet(ApiKeys.API_VERSIONS.latestVersion(false));
        }

        private void greet(short version) {
            ApiVersionsRequest request = new ApiVersionsRequest(identity.get().greeting(), version);
            greeting = write(request);
        }

        private RequestHeader write(AbstractRequest request) {
            RequestHeader header = new RequestHeader(
                    request.apiKey(), request.version(), identity.get().clientId(), ++lastCorrelationId);
            if (wire != null) wire.send(request.serializeWithHeader(header));
            return header;
        }

        void sendWaiting() {
            while (versions != null && !ended && inFlight.size() < MAX_IN_FLIGHT && !waiting.isEmpty()) {
                send(versions, waiting.remove());
            }
        }

        private void send(PeerVersions known, PeerRequest request) {
            OptionalInt version = known.versionFor(request.builder);
            if (version.isEmpty()) {
                request.fail(new UnsupportedVersionException("the node does not take " + request.builder.apiKey()));
                return;
            }
            try {
                request.header = write(request.builder.build((short) version.getAsInt()));
            } catch (RuntimeException e) { // It can't be said in that version.
                request.fail(e);
                return;
            }
            inFlight.add(request);
        }

        @Override
        public void onFrame(ByteBuffer frame, Runnable release) {
            if (ended) {
                release.run();
                return;
            }
            if (versions == null) {
                onGreeted(frame, release);
                return;
            }
            PeerRequest request = inFlight.poll();
            AbstractResponse body = request == null ? null : parsed(request.header, frame);
            if (request == null || body == null) {
                release.run();
                if (request != null) request.fail(new DisconnectException("an answer that can not be read"));
                end(Reason.CLOSED_HERE);
                return;
            }
            answered = true;
            boolean holds = POINTING_INTO_FRAME.contains(body.apiKey());
            if (!holds) release.run();
            request.succeed(body, holds ? release : () -> {});
            sendWaiting();
        }

        private void onGreeted(ByteBuffer frame, Runnable release) {
            AbstractResponse body = parsed(greeting, frame);
            release.run();
            if (!(body instanceof ApiVersionsResponse told)) {
                end(Reason.CLOSED_HERE);
                return;
            }
            Errors error = Errors.forCode(told.data().errorCode());
            switch (error) {
                case NONE -> {
                    versions = new PeerVersions(told);
                    sendWaiting();
                }
                case UNSUPPORTED_VERSION -> {
                    var theirs = told.apiVersion(ApiKeys.API_VERSIONS.id);
                    boolean lower = theirs != null && greeting != null && theirs.maxVersion() < greeting.apiVersion();
                    if (lower) greet(theirs.maxVersion());
                    else end(Reason.UNREACHABLE);
                }
                default -> {
                    (backoffMs == 0 ? LOG.atWarn() : LOG.atDebug())
                            .addKeyValue(
                                    "address",
                                    address.get().map(HostPort::toString).orElse(""))
                            .addKeyValue("error", error)
                            .log("the node at this address is not the one meant");
                    end(Reason.UNREACHABLE);
                }
            }
        }

        private static @Nullable AbstractResponse parsed(@Nullable RequestHeader header, ByteBuffer frame) {
            if (header == null) return null;
            try {
                return AbstractResponse.parseResponse(frame, header);
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).addKeyValue("api", header.apiKey()).log("an answer can not be read");
                return null;
            }
        }

        @Override
        public void onClosed(@Nullable Throwable failure) {
            end(opened ? Reason.CLOSED_BY_PEER : refused(failure) ? Reason.REFUSED : Reason.UNREACHABLE);
        }

        private static boolean refused(@Nullable Throwable failure) {
            return failure instanceof ConnectException
                    && String.valueOf(failure.getMessage()).contains("refused");
        }

        /// Once; later calls do nothing.
        void end(Reason reason) {
            if (ended) return;
            ended = true;
            if (wire != null) wire.close();
            onEnded(this, reason);
        }
    }
}
