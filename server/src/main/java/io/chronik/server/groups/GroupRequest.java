package io.chronik.server.groups;

import io.chronik.server.net.ClientConnection;
import io.chronik.server.net.ClientRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A request on its way through the groups: who asks, and how every failure becomes the API's own error answer.
record GroupRequest(ClientRequest request) {
    private static final Logger LOG = LoggerFactory.getLogger(GroupRequest.class);

    short version() {
        return request.header().apiVersion();
    }

    AuthorizableRequestContext context() {
        ClientConnection connection = request.connection();
        return new RequestContext(
                request.header(),
                Long.toString(connection.id()),
                connection.peer(),
                KafkaPrincipal.ANONYMOUS,
                ListenerName.normalised(connection.listener()),
                SecurityProtocol.PLAINTEXT,
                new ClientInformation(connection.softwareName(), connection.softwareVersion()),
                false);
    }

    /// Replies once, with what `answer` comes to or with its failure.
    void replyWith(Supplier<CompletableFuture<? extends AbstractResponse>> answer) {
        CompletableFuture<? extends AbstractResponse> future;
        try {
            future = answer.get();
        } catch (RuntimeException e) {
            reply(e);
            return;
        }
        var _ = future.whenComplete((response, failure) -> {
            if (failure == null) request.reply(response);
            else reply(failure);
        });
    }

    void reply(Errors error) {
        request.reply(request.body().getErrorResponse(error.exception()));
    }

    private void reply(Throwable failure) {
        Throwable cause = causeOf(failure);
        if (Errors.forException(cause) == Errors.UNKNOWN_SERVER_ERROR) {
            LOG.atError()
                    .addKeyValue("api", request.header().apiKey())
                    .addKeyValue("version", version())
                    .setCause(cause)
                    .log("A group request failed unexpectedly");
        }
        request.reply(request.body().getErrorResponse(cause));
    }

    static Throwable causeOf(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) cause = cause.getCause();
        return cause;
    }
}
