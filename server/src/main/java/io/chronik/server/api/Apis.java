package io.chronik.server.api;

import io.chronik.server.net.ClientRequest;
import io.chronik.server.net.RequestHandler;
import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiKeys;

/// The requests that a listener takes: one handler each, at all stable versions of kafka-clients. What is not
/// registered is not advertised, and ends the connection of whoever sends it. Immutable; any thread.
public final class Apis implements RequestHandler {
    /// Versions `[min, max]` as advertised.
    public record Range(short min, short max) {}

    private final Map<ApiKeys, ApiHandler> handlers;
    private final Map<ApiKeys, Range> ranges;

    private Apis(Map<ApiKeys, ApiHandler> handlers) {
        this.handlers = new EnumMap<>(handlers);
        this.ranges = new EnumMap<>(ApiKeys.class);
        for (ApiKeys api : handlers.keySet()) ranges.put(api, stableRange(api));
    }

    /// Collects handlers; [#build] adds ApiVersions, which answers with what was registered.
    public static final class Builder {
        private final Map<ApiKeys, ApiHandler> handlers = new EnumMap<>(ApiKeys.class);

        public Builder add(ApiKeys api, ApiHandler handler) {
            if (!api.hasValidVersion()) throw new IllegalArgumentException(api + " was removed from Kafka");
            if (handlers.put(api, handler) != null) throw new IllegalArgumentException(api + " registered twice");
            return this;
        }

        public Apis build(ApiVersionsHandler.Identity identity) {
            Map<ApiKeys, ApiHandler> all = new EnumMap<>(handlers);
            all.put(ApiKeys.API_VERSIONS, _ -> {}); // Advertised too; replaced before anyone sees it.
            Apis apis = new Apis(all);
            apis.handlers.put(ApiKeys.API_VERSIONS, new ApiVersionsHandler(apis.ranges(), identity));
            return apis;
        }
    }

    /// Produce begins at 0 on the wire although v0-v2 are refused: old librdkafka derives a broker's codecs from it
    /// (KAFKA-18659).
    private static Range stableRange(ApiKeys api) {
        short min = api == ApiKeys.PRODUCE ? ApiKeys.PRODUCE_API_VERSIONS_RESPONSE_MIN_VERSION : api.oldestVersion();
        return new Range(min, api.latestVersion(false));
    }

    /// What is advertised, in the order of the API keys.
    public Map<ApiKeys, Range> ranges() {
        return Map.copyOf(ranges);
    }

    @Override
    public boolean serves(ApiKeys api, short version) {
        return handlers.containsKey(api) && api.isVersionEnabled(version, false);
    }

    @Override
    public void handle(ClientRequest request) {
        ApiHandler handler = handlers.get(request.header().apiKey());
        if (handler == null) throw new UnsupportedVersionException("not served");
        handler.handle(request);
    }
}
