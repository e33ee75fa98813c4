package io.chronik.simulator;

import io.chronik.server.net.ClientConnection;
import io.chronik.server.net.ClientRequest;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/// A request of a group's client at a node, and who takes the answer. It comes as bytes, so that it says no more than
/// its version can.
final class GroupCall implements ClientRequest {
    /// By name; the one after names topics by id.
    static final short COMMIT_VERSION = 9;

    static final short FETCH_VERSION = 9;
    static final short FIND_VERSION = 6;

    private final AbstractRequest body;
    private final Cluster cluster;
    private final SimulatedNode.Running node;
    private final ServerEnd connection;
    private final Consumer<AbstractResponse> answer;

    GroupCall(
            Cluster cluster,
            SimulatedNode.Running node,
            ApiKeys api,
            short version,
            ApiMessage data,
            Consumer<AbstractResponse> answer) {
        this.cluster = cluster;
        this.body = AbstractRequest.parseRequest(
                        api,
                        version,
                        new ByteBufferAccessor(
                                MessageUtil.toByteBufferAccessor(data, version).buffer()))
                .request;
        this.node = node;
        this.connection = new ServerEnd(node.process(), cluster.newConnectionId(), "PLAINTEXT");
        this.answer = answer;
    }

    @Override
    public RequestHeader header() {
        return new RequestHeader(body.apiKey(), body.version(), "group", 0);
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
        return 0;
    }

    /// As an event of its own: who answers may be inside of a library that catches what is thrown.
    @Override
    public void reply(AbstractResponse response) {
        if (!node.groups().isOpen()) return;
        connection
                .process()
                .run(() -> cluster.time().afterUs(0, () -> {
                    Oracle.check(
                            !response.errorCounts().containsKey(Errors.UNKNOWN_SERVER_ERROR),
                            "G3: the coordinator fails to answer %s: %s",
                            body,
                            response);
                    answer.accept(response);
                }));
    }

    @Override
    public void replyNothing() {
        throw new UnsupportedOperationException("not for requests of groups");
    }

    @Override
    public void close(String reason) {
        throw new UnsupportedOperationException(reason);
    }
}
