package io.chronik.server.net;

import io.chronik.server.net.FrameReader.Frame;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/// A request between its arrival and its turn to be answered. The handler's side is thread-safe; all else happens on
/// the connection's event loop.
final class InFlightRequest implements ClientRequest {
    /// Requests whose fields are not all copied out of the frame when it is parsed. The frames of all others are
    /// released at once, so that a waiting Fetch or JoinGroup holds no memory.
    private static final Set<ApiKeys> POINTING_INTO_FRAME =
            Set.of(ApiKeys.PRODUCE, ApiKeys.ENVELOPE, ApiKeys.PUSH_TELEMETRY);

    private final KafkaConnection connection;
    private final RequestHeader header;
    private final AbstractRequest body;
    private final int requestBytes;
    private final long receivedNs;
    private final AtomicBoolean answered = new AtomicBoolean();

    /// The frame, while the body's records point into it or it is not answered.
    private @Nullable Frame frame;
    /// Written before the request is handed to the event loop, read there.
    private @Nullable Reply reply;
    private boolean ready;
    private boolean handled;
    private long handledNs;
    private long answeredNs;
    /// Link of [AnsweredStack].
    @Nullable
    InFlightRequest below;

    InFlightRequest(
            KafkaConnection connection, RequestHeader header, AbstractRequest body, Frame frame, long receivedNs) {
        this.connection = connection;
        this.header = header;
        this.body = body;
        this.requestBytes = frame.bytes().readableBytes();
        this.receivedNs = receivedNs;
        if (POINTING_INTO_FRAME.contains(header.apiKey())) this.frame = frame;
        else frame.release();
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
        return connection;
    }

    @Override
    public long receivedNs() {
        return receivedNs;
    }

    @Override
    public void reply(AbstractResponse response) {
        answer(new Reply.Body(response));
    }

    @Override
    public void replyNothing() {
        answer(new Reply.Nothing());
    }

    @Override
    public void close(String reason) {
        answer(new Reply.HangUp(reason));
    }

    void answer(Reply answer) {
        if (!answered.compareAndSet(false, true)) {
            answer.discard();
            throw new IllegalStateException(header.apiKey() + " request answered twice");
        }
        reply = answer;
        answeredNs = System.nanoTime();
        connection.onAnswered(this);
    }

    KafkaConnection owner() {
        return connection;
    }

    /// Gives back everything, when the connection is gone; answered only.
    void discard() {
        releaseFrame();
        if (reply != null) reply.discard();
        reply = null;
    }

    boolean isAnswered() {
        return answered.get();
    }

    /// The version that the response is written in: that of the body, which differs from the header's only for an
    /// ApiVersions of an unknown version.
    short responseVersion() {
        return body.version();
    }

    int requestBytes() {
        return requestBytes;
    }

    /// The handler's call has returned.
    void onHandled(long nowNs) {
        handled = true;
        handledNs = nowNs;
    }

    /// Spent in the handler's call; all of it until the answer, when that came first.
    long localNs() {
        return (handled ? Math.min(handledNs, answeredNs) : answeredNs) - receivedNs;
    }

    long remoteNs() {
        return handled ? Math.max(0, answeredNs - handledNs) : 0;
    }

    long answeredNs() {
        return answeredNs;
    }

    /// On the event loop, once, after the answer: the frame's memory goes back.
    void releaseFrame() {
        if (frame != null) frame.release();
        frame = null;
    }

    /// The answer has reached the event loop: it may be sent when all before it are.
    void markReady() {
        ready = true;
    }

    boolean ready() {
        return ready;
    }

    Reply takeReply() {
        Reply taken = reply;
        if (taken == null) throw new IllegalStateException("not answered");
        reply = null;
        return taken;
    }
}
