package io.chronik.server.api;

import io.chronik.server.net.ClientRequest;
import io.chronik.server.net.RequestHandler;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiKeys;

/// The requests that a listener takes: one handler each, at all stable versions of kafka-clients. What is not
/// registered is not advertised, and ends the connection of whoever sends it. Immutable; any thread.
///
/// Which API belongs to which kind of listener is decided here, not by the library: what nodes say to each other is
/// taken on the internal listener only, and nothing there is for clients.
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

    /// Between nodes only: no client listener takes or shows them.
    private static final Set<ApiKeys> NODES_ONLY = EnumSet.of(
            ApiKeys.VOTE,
            ApiKeys.BEGIN_QUORUM_EPOCH,
            ApiKeys.END_QUORUM_EPOCH,
            ApiKeys.FETCH_SNAPSHOT,
            ApiKeys.UPDATE_RAFT_VOTER,
            ApiKeys.BROKER_REGISTRATION,
            ApiKeys.BROKER_HEARTBEAT,
            ApiKeys.CONTROLLER_REGISTRATION,
            ApiKeys.ALTER_PARTITION,
            ApiKeys.ALLOCATE_PRODUCER_IDS,
            ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
            ApiKeys.ENVELOPE);

    /// On the internal listener besides: what nodes ask of each other as clients do, and what they forward.
    private static final Set<ApiKeys> NODES_TOO = EnumSet.of(
            ApiKeys.FETCH,
            ApiKeys.LIST_OFFSETS,
            ApiKeys.OFFSET_FOR_LEADER_EPOCH,
            ApiKeys.DESCRIBE_CLUSTER,
            ApiKeys.DESCRIBE_QUORUM,
            ApiKeys.CREATE_TOPICS,
            ApiKeys.DELETE_TOPICS,
            ApiKeys.CREATE_PARTITIONS,
            ApiKeys.ALTER_CONFIGS,
            ApiKeys.INCREMENTAL_ALTER_CONFIGS,
            ApiKeys.ELECT_LEADERS,
            ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
            ApiKeys.LIST_PARTITION_REASSIGNMENTS,
            ApiKeys.UPDATE_FEATURES,
            ApiKeys.UNREGISTER_BROKER,
            ApiKeys.ADD_RAFT_VOTER,
            ApiKeys.REMOVE_RAFT_VOTER);

    /// Collects handlers; [#build] adds ApiVersions, which answers with what was registered.
    public static final class Builder {
        private final Map<ApiKeys, ApiHandler> handlers = new EnumMap<>(ApiKeys.class);
        private boolean forNodes;

        /// For the internal listener instead of one for clients. First call.
        public Builder forNodes() {
            forNodes = true;
            return this;
        }

        public Builder add(ApiKeys api, ApiHandler handler) {
            if (!api.hasValidVersion()) throw new IllegalArgumentException(api + " was removed from Kafka");
            if (forNodes ? !NODES_ONLY.contains(api) && !NODES_TOO.contains(api) : NODES_ONLY.contains(api))
                throw new IllegalArgumentException(api + " does not belong to this kind of listener");
            if (handlers.put(api, handler) != null) throw new IllegalArgumentException(api + " registered twice");
            return this;
        }

        /// For the time before a node has a cluster: all that the internal listener will take is advertised already,
        /// because peers ask for it once per connection. What has no handler yet ends the connection.
        public Apis buildStarting(ApiVersionsHandler.Identity identity) {
            ApiHandler tooEarly = request -> request.close("this node is starting");
            for (ApiKeys api : NODES_ONLY) handlers.putIfAbsent(api, tooEarly);
            for (ApiKeys api : NODES_TOO) handlers.putIfAbsent(api, tooEarly);
            return build(identity);
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
