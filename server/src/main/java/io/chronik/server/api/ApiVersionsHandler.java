package io.chronik.server.api;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.controller.FeatureUpdates;
import io.chronik.server.api.Apis.Range;
import io.chronik.server.net.ClientRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
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
    /// What a client may check (KIP-1242), the epoch of the finalized features, which is the metadata offset they stem
    /// from, and the level of each.
    public record Identity(
            String clusterId, int nodeId, LongSupplier featuresEpoch, ToIntFunction<String> featureLevel) {
        /// Features are as they are when nobody has changed any.
        public Identity(String clusterId, int nodeId, LongSupplier featuresEpoch) {
            this(clusterId, nodeId, featuresEpoch, feature -> FeatureUpdates.level(ClusterImage.EMPTY, feature));
        }
    }

    /// Versions `[min, max]` supported.
    private record Feature(String name, int min, int max) {}

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

    private static List<Feature> features(Map<ApiKeys, Range> served) {
        List<Feature> features = new ArrayList<>();
        new TreeMap<>(FeatureUpdates.SUPPORTED).forEach((name, range) -> {
            boolean ofGroups = name.equals("group.version");
            if (!ofGroups || served.containsKey(ApiKeys.CONSUMER_GROUP_HEARTBEAT)) {
                features.add(new Feature(name, range.min(), range.max()));
            }
        });
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
            short level = (short) identity.featureLevel().applyAsInt(feature.name());
            data.finalizedFeatures()
                    .add(new FinalizedFeatureKey()
                            .setName(feature.name())
                            .setMinVersionLevel(level)
                            .setMaxVersionLevel(level));
        }
        return data;
    }
}
