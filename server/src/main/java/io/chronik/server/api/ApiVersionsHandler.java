package io.chronik.server.api;

import io.chronik.server.api.Apis.Range;
import io.chronik.server.net.ClientRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;

/// ApiVersions (18): what this node serves, and the features that clients read before they choose a protocol.
///
/// transaction.version is absent: 2 would make Java producers leave AddPartitionsToTxn out, and there are no
/// transactions yet; idempotent producers don't ask for it. group.version=1 goes with the consumer group API (KIP-848).
public final class ApiVersionsHandler implements ApiHandler {
    /// What a client may check (KIP-1242), and the epoch of the finalized features: the metadata offset they stem from.
    public record Identity(String clusterId, int nodeId, LongSupplier featuresEpoch) {}

    /// Versions `[min, max]` supported, and the finalized one.
    private record Feature(String name, int min, int max, int finalized) {}

    /// Versions before it cannot carry a minimum of 0 (KAFKA-17011).
    private static final int FIRST_VERSION_WITH_MIN_FEATURE_0 = 4;

    private final TreeMap<Short, Range> ranges = new TreeMap<>();
    private final List<Feature> features;
    private final Identity identity;

    ApiVersionsHandler(Map<ApiKeys, Range> served, Identity identity) {
        served.forEach((api, range) -> ranges.put(api.id, range));
        this.features = features(served);
        this.identity = identity;
    }

    /// metadata.version and kraft.version are the levels of Kafka 4.4, for tools that show them.
    private static List<Feature> features(Map<ApiKeys, Range> served) {
        List<Feature> features = new ArrayList<>();
        if (served.containsKey(ApiKeys.CONSUMER_GROUP_HEARTBEAT)) features.add(new Feature("group.version", 0, 1, 1));
        features.add(new Feature("kraft.version", 0, 1, 1));
        features.add(new Feature("metadata.version", 7, 33, 33));
        return features;
    }

    @Override
    public void handle(ClientRequest request) {
        ApiVersionsRequest body = (ApiVersionsRequest) request.body();
        Errors refusal = refusal(body);
        request.reply(
                refusal == Errors.NONE
                        ? new ApiVersionsResponse(answer(body.version()))
                        : body.getErrorResponse(0, refusal.exception()));
    }

    private Errors refusal(ApiVersionsRequest request) {
        if (request.hasUnsupportedRequestVersion()) return Errors.UNSUPPORTED_VERSION;
        if (!request.isValid()) return Errors.INVALID_REQUEST;
        return misrouted(request.data()) ? Errors.REBOOTSTRAP_REQUIRED : Errors.NONE;
    }

    /// The client meant another node (KIP-1242). As in Kafka, a cluster id makes the node id count too; both are absent
    /// before v5.
    private boolean misrouted(ApiVersionsRequestData wanted) {
        if (wanted.clusterId() == null) return false;
        return !wanted.clusterId().equals(identity.clusterId()) || wanted.nodeId() != identity.nodeId();
    }

    private ApiVersionsResponseData answer(short version) {
        ApiVersionsResponseData data = new ApiVersionsResponseData();
        ranges.forEach((key, range) -> data.apiKeys()
                .add(new ApiVersion().setApiKey(key).setMinVersion(range.min()).setMaxVersion(range.max())));
        data.setFinalizedFeaturesEpoch(identity.featuresEpoch().getAsLong());
        for (Feature feature : features) {
            if (feature.min() > 0 || version >= FIRST_VERSION_WITH_MIN_FEATURE_0)
                data.supportedFeatures()
                        .add(new SupportedFeatureKey()
                                .setName(feature.name())
                                .setMinVersion((short) feature.min())
                                .setMaxVersion((short) feature.max()));
            data.finalizedFeatures()
                    .add(new FinalizedFeatureKey()
                            .setName(feature.name())
                            .setMinVersionLevel((short) feature.finalized())
                            .setMaxVersionLevel((short) feature.finalized()));
        }
        return data;
    }
}
