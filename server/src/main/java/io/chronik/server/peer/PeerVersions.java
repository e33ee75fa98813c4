package io.chronik.server.peer;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;

/// The versions that a peer takes, as it said when the connection opened.
final class PeerVersions {
    private record Range(short min, short max) {}

    private final Map<ApiKeys, Range> ranges = new EnumMap<>(ApiKeys.class);

    PeerVersions(ApiVersionsResponse answer) {
        for (ApiVersion api : answer.data().apiKeys()) {
            if (ApiKeys.hasId(api.apiKey()))
                ranges.put(ApiKeys.forId(api.apiKey()), new Range(api.minVersion(), api.maxVersion()));
        }
    }

    /// The highest version that both sides know.
    OptionalInt versionFor(AbstractRequest.Builder<? extends AbstractRequest> request) {
        Range peer = ranges.get(request.apiKey());
        if (peer == null) return OptionalInt.empty();
        int version = Math.min(request.latestAllowedVersion(), peer.max());
        boolean common = version >= request.oldestAllowedVersion() && version >= peer.min();
        return common ? OptionalInt.of(version) : OptionalInt.empty();
    }
}
