package io.chronik.server.net;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.chronik.server.net.FrameReader.Frame;
import io.chronik.server.net.RequestParser.BadRequest;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// One client's connection: frames in, requests to the handler, replies out in the order of the requests.
/// Everything happens on its event loop, but what [ClientConnection] and [ClientRequest] offer to other threads.
///
/// Reading pauses while too many replies are unsent, the peer does not read its replies, or the memory for requests
/// is used up; what is paused goes on by itself.
final class KafkaConnection extends ChannelInboundHandlerAdapter implements ClientConnection {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaConnection.class);
    private static final LogGate REJECTED = new LogGate(LOG, Level.WARN);
    private static final LogGate FAILED = new LogGate(LOG, Level.ERROR);
    private static final int MAX_SOFTWARE_CHARS = 64;

    private final long id;
    private final String listener;
    private final Channel channel;
    private final RequestHandler handler;
    private final NetSettings settings;
    private final NetListener metrics;
    private final MemoryBudget budget;
    private final LoopConnections loop;
    private final FrameReader frames;
    private final InetAddress peer;
    private final CloseEvents closeEvents = new CloseEvents();
    private final ChannelFutureListener onSent = this::onSent;

    /// Requests whose reply has not been written, in order of arrival.
    private final ArrayDeque<InFlightRequest> unanswered = new ArrayDeque<>();
    /// Replies written but not yet taken by the socket.
    private int unsent;

    private boolean reading;
    private boolean processing;
    private boolean unflushed;
    private boolean awaitsBudget;
    private boolean touched;
    private boolean draining;
    private boolean closing;
    private long frameStartNs;
    private long lastActiveNs = System.nanoTime();
    private volatile String softwareName = "unknown";
    private volatile String softwareVersion = "unknown";

    KafkaConnection(
            long id,
            String listener,
            Channel channel,
            InetAddress peer,
            RequestHandler handler,
            NetShared shared,
            LoopConnections loop) {
        this.id = id;
        this.listener = listener;
        this.channel = channel;
        this.peer = peer;
        this.handler = handler;
        this.settings = shared.settings();
        this.metrics = shared.metrics();
        this.budget = shared.budget();
        this.loop = loop;
        this.frames = new FrameReader(settings, budget, channel.alloc());
    }

    FrameReader frames() {
        return frames;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        reading = true;
        lastActiveNs = System.nanoTime();
        frames.offer((ByteBuf) bytes);
        process();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) process();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause);
    }

    /// A reset by the peer is ordinary; anything else is a mistake of ours, and ends this connection only.
    private void fail(Throwable cause) {
        if (!(cause instanceof IOException))
            FAILED.line()
                    .addKeyValue("peer", peer.getHostAddress())
                    .setCause(cause)
                    .log("connection failed");
        close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closing = true;
    }

    /// The channel is closed and unregistered, whether it was ever active or not.
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        closing = true;
        frames.close();
        for (InFlightRequest request : unanswered) if (request.ready()) request.discard();
        unanswered.clear();
        loop.remove(this);
        closeEvents.run();
    }

    /// Takes frames as long as there are any and nothing speaks against it.
    private void process() {
        if (processing) return;
        processing = true;
        try {
            while (!closing && !draining && mayTakeMore()) {
                Frame frame = frames.next();
                if (frame == null) break;
                accept(frame);
            }
            if (!closing) adjustReading();
        } catch (BadFrame e) {
            REJECTED.line()
                    .addKeyValue("listener", listener)
                    .addKeyValue("peer", peer.getHostAddress())
                    .addKeyValue("declaredBytes", e.declaredBytes())
                    .addKeyValue("reason", e.getMessage())
                    .log("connection closed: bad frame");
            close();
        } catch (RuntimeException | Error e) {
            fail(e);
        } finally {
            processing = false;
            if (!reading) flush();
        }
    }

    /// Replies that wait only for a flush are sent first: they are not the peer's fault.
    private boolean mayTakeMore() {
        if (crowded()) flush();
        return !crowded();
    }

    private boolean crowded() {
        return unanswered.size() + unsent >= settings.maxInFlight() || !channel.isWritable();
    }

    private void adjustReading() {
        boolean blocked = frames.blocked();
        if (blocked && !awaitsBudget) {
            awaitsBudget = true;
            budget.await(() -> loop.loop().execute(this::onBudget));
        }
        boolean paused = blocked || draining || crowded();
        if (paused || !frames.midFrame()) frameStartNs = 0;
        else if (frameStartNs == 0) frameStartNs = lastActiveNs;
        if (channel.config().isAutoRead() == paused) channel.config().setAutoRead(!paused);
    }

    private void onBudget() {
        awaitsBudget = false;
        process();
        budget.passOn();
    }

    private void accept(Frame frame) {
        long receivedNs = System.nanoTime();
        frameStartNs = 0;
        InFlightRequest request;
        try {
            request = parse(frame, receivedNs);
        } catch (BadRequest e) {
            frame.release();
            REJECTED.line()
                    .addKeyValue("listener", listener)
                    .addKeyValue("peer", peer.getHostAddress())
                    .addKeyValue("reason", e.getMessage())
                    .log("connection closed: bad request");
            close();
            return;
        } catch (Throwable e) {
            frame.release();
            throw e;
        }
        if (!request.isAnswered()) handle(request);
    }

    private InFlightRequest parse(Frame frame, long receivedNs) throws BadRequest {
        ByteBuffer bytes = frame.bytes().nioBuffer();
        RequestHeader header = RequestParser.header(bytes);
        if (OldProduce.is(header)) {
            ProduceRequest body = OldProduce.parse(bytes);
            InFlightRequest request = queued(new InFlightRequest(this, header, body, frame, receivedNs));
            request.answer(OldProduce.refusal(header, body, channel.alloc()));
            return request;
        }
        AbstractRequest body = RequestParser.body(header, bytes, handler);
        if (body instanceof ApiVersionsRequest versions) learnSoftware(versions);
        return queued(new InFlightRequest(this, header, body, frame, receivedNs));
    }

    private InFlightRequest queued(InFlightRequest request) {
        unanswered.add(request);
        return request;
    }

    /// A handler may throw an ApiException to answer with it; anything else it throws is a mistake of ours.
    private void handle(InFlightRequest request) {
        try {
            handler.handle(request);
        } catch (Throwable e) {
            if (!(e instanceof ApiException)) {
                FAILED.line()
                        .addKeyValue("api", request.header().apiKey())
                        .addKeyValue("version", request.header().apiVersion())
                        .setCause(e)
                        .log("request handler failed");
            }
            if (!request.isAnswered()) request.answer(errorReply(request, e));
        }
        request.onHandled(System.nanoTime());
    }

    private static Reply errorReply(InFlightRequest request, Throwable e) {
        try {
            Throwable toldError = e instanceof ApiException ? e : new UnknownServerException("internal error");
            AbstractResponse response = request.body().getErrorResponse(toldError);
            return response == null ? new Reply.HangUp("handler failed") : new Reply.Body(response);
        } catch (RuntimeException noErrorResponse) {
            return new Reply.HangUp("handler failed");
        }
    }

    private void learnSoftware(ApiVersionsRequest request) {
        if (request.version() < 3 || !request.isValid()) return;
        softwareName = cut(request.data().clientSoftwareName());
        softwareVersion = cut(request.data().clientSoftwareVersion());
    }

    private static String cut(String name) {
        return name.length() <= MAX_SOFTWARE_CHARS ? name : name.substring(0, MAX_SOFTWARE_CHARS);
    }

    /// Any thread. An answer given while its request is being handled here needs no detour.
    void onAnswered(InFlightRequest request) {
        if (channel.eventLoop().inEventLoop() && processing) {
            acceptAnswer(request);
            touched = false;
            writeReady();
        } else {
            loop.onAnswered(request);
        }
    }

    /// True: [#sendReady] must be called, once for all answers that were accepted meanwhile.
    boolean acceptAnswer(InFlightRequest request) {
        request.releaseFrame();
        if (closing) {
            request.discard();
            return false;
        }
        request.markReady();
        boolean first = !touched;
        touched = true;
        return first;
    }

    void sendReady() {
        touched = false;
        try {
            writeReady();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
        if (!reading) flush();
        if (closing) return;
        if (draining) closeIfDrained();
        else process();
    }

    private void writeReady() {
        for (InFlightRequest head; (head = unanswered.peek()) != null && head.ready(); ) {
            unanswered.remove();
            write(head);
        }
    }

    private void write(InFlightRequest request) {
        Reply reply = request.takeReply();
        if (closing) {
            reply.discard();
            return;
        }
        long bytes = 0;
        switch (reply) {
            case Reply.Body(AbstractResponse response) -> bytes = writeBody(request, response);
            case Reply.Encoded(ByteBuf frame) -> {
                bytes = frame.readableBytes();
                send(frame);
            }
            case Reply.Nothing() -> {}
            case Reply.HangUp(String reason) -> {
                LOG.atDebug().addKeyValue("reason", reason).log("connection closed instead of an answer");
                flush();
                close();
            }
        }
        metrics.onAnswered(
                request.header().apiKey(),
                request.requestBytes(),
                bytes,
                request.localNs(),
                request.remoteNs(),
                System.nanoTime() - request.answeredNs());
    }

    private long writeBody(InFlightRequest request, AbstractResponse response) {
        ResponseEncoder.Parts parts;
        try {
            parts = ResponseEncoder.encode(
                    request.header(), response, request.responseVersion(), channel.alloc(), true);
        } catch (RuntimeException e) {
            FAILED.line()
                    .addKeyValue("api", request.header().apiKey())
                    .addKeyValue("version", request.header().apiVersion())
                    .setCause(e)
                    .log("response could not be encoded");
            close();
            return 0;
        }
        int last = parts.list().size() - 1;
        for (int i = 0; i < last; i++) {
            var _ = channel.write(parts.list().get(i), channel.voidPromise());
        }
        send(parts.list().get(last));
        return parts.sizeBytes();
    }

    private void send(Object lastPart) {
        unsent++;
        unflushed = true;
        channel.write(lastPart).addListener(onSent);
    }

    private void onSent(ChannelFuture sent) {
        unsent--;
        if (!sent.isSuccess()) {
            close();
            return;
        }
        lastActiveNs = System.nanoTime();
        if (draining) closeIfDrained();
        else if (!processing && !channel.config().isAutoRead()) process();
    }

    private void flush() {
        if (!unflushed) return;
        unflushed = false;
        channel.flush();
    }

    /// On the loop: takes no more requests, answers those it has, then closes.
    void drain() {
        draining = true;
        channel.config().setAutoRead(false);
        closeIfDrained();
    }

    private void closeIfDrained() {
        if (unanswered.isEmpty() && unsent == 0) close();
    }

    void close() {
        closing = true;
        var _ = channel.close();
    }

    /// Time limits may be as long as Long.MAX_VALUE: never.
    void checkDeadlines(long nowNs) {
        if (frameStartNs != 0 && nowNs - frameStartNs > MILLISECONDS.toNanos(settings.frameMs())) {
            REJECTED.line().addKeyValue("peer", peer.getHostAddress()).log("connection closed: frame took too long");
            close();
        } else if (unanswered.isEmpty() && nowNs - lastActiveNs > MILLISECONDS.toNanos(settings.idleMs())) {
            LOG.atDebug().addKeyValue("peer", peer.getHostAddress()).log("idle connection closed");
            close();
        }
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String listener() {
        return listener;
    }

    @Override
    public InetAddress peer() {
        return peer;
    }

    @Override
    public InetSocketAddress local() {
        return (InetSocketAddress) channel.localAddress();
    }

    @Override
    public String softwareName() {
        return softwareName;
    }

    @Override
    public String softwareVersion() {
        return softwareVersion;
    }

    @Override
    public Executor eventLoop() {
        return task -> {
            try {
                channel.eventLoop().execute(() -> {
                    if (!closing) task.run();
                });
            } catch (RejectedExecutionException e) {
                LOG.atDebug().log("event dropped: the event loop has ended");
            }
        };
    }

    @Override
    public CloseEvent onClose(Runnable event) {
        return closeEvents.add(event);
    }
}
