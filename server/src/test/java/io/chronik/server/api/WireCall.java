package io.chronik.server.api;

import io.chronik.server.net.ClientConnection;
import io.chronik.server.net.ClientRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/// One request to a handler and its reply, both turned into the protocol's bytes of `version` and back.
final class WireCall implements ClientRequest {
    private final RequestHeader header;
    private final AbstractRequest body;
    private final CompletableFuture<AbstractResponse> reply = new CompletableFuture<>();

    private WireCall(RequestHeader header, AbstractRequest body) {
        this.header = header;
        this.body = body;
    }

    static AbstractResponse of(ApiHandler handler, ApiKeys api, short version, ApiMessage request) {
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(request, version).buffer();
        AbstractRequest body = AbstractRequest.parseRequest(api, version, new ByteBufferAccessor(bytes)).request;
        WireCall call = new WireCall(new RequestHeader(api, version, "client", 1), body);
        handler.handle(call);
        AbstractResponse reply = call.reply.join();
        ByteBuffer answer =
                MessageUtil.toByteBufferAccessor(reply.data(), version).buffer();
        return AbstractResponse.parseResponse(api, new ByteBufferAccessor(answer), version);
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
        throw new UnsupportedOperationException();
    }

    @Override
    public long receivedNs() {
        return 0;
    }

    @Override
    public void reply(AbstractResponse response) {
        reply.complete(response);
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
