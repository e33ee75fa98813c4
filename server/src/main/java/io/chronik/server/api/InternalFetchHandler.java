package io.chronik.server.api;

import io.chronik.server.net.ClientRequest;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;

/// Fetch on the internal listener: of the metadata by the quorum's nodes, of records by followers; nobody else.
public final class InternalFetchHandler implements ApiHandler {
    private final ApiHandler metadata;
    private final ApiHandler replicas;

    public InternalFetchHandler(ApiHandler metadata, ApiHandler replicas) {
        this.metadata = metadata;
        this.replicas = replicas;
    }

    @Override
    public void handle(ClientRequest request) {
        FetchRequest body = (FetchRequest) request.body();
        if (ofMetadata(body.data())) metadata.handle(request);
        else if (body.replicaId() >= 0) replicas.handle(request);
        else request.reply(body.getErrorResponse(Errors.INVALID_REQUEST.exception()));
    }

    private static boolean ofMetadata(FetchRequestData fetch) {
        return fetch.topics().size() == 1 && fetch.topics().getFirst().topicId().equals(Uuid.METADATA_TOPIC_ID);
    }
}
