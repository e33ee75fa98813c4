package io.chronik.server.net;

import org.apache.kafka.common.protocol.ApiKeys;

/// Takes decoded requests on an event loop; never blocks it.
@FunctionalInterface
public interface RequestHandler {
    void handle(ClientRequest request);

    /// Whether requests of this kind and version are taken. Others end their connection, as in Kafka, but for
    /// ApiVersions, which is always answered, and Produce before v3, which is refused with an error.
    default boolean serves(ApiKeys api, short version) {
        return api.isVersionEnabled(version, false);
    }
}
