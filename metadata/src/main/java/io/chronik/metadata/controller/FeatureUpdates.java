package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.MetadataLevels;
import io.chronik.metadata.NodeImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/// UpdateFeatures: levels of features that the cluster as a whole may use. All of a request's updates happen, or none.
public final class FeatureUpdates {
    /// Levels that this release can be set to, and the one that is in force when nobody set any.
    public record Range(short min, short max, short inForce) {}

    /// metadata.version and kraft.version are the levels of Kafka 4.4, for tools that show them. What is written in the
    /// metadata goes by our own, see [MetadataLevels].
    public static final Map<String, Range> SUPPORTED = Map.of(
            MetadataLevels.FEATURE,
            range(MetadataLevels.OF_THIS_RELEASE),
            "group.version",
            new Range((short) 0, (short) 1, (short) 1),
            "kraft.version",
            new Range((short) 0, (short) 1, (short) 1),
            "metadata.version",
            new Range((short) 7, (short) 33, (short) 33));

    private FeatureUpdates() {}

    private static Range range(MetadataLevels levels) {
        return new Range(levels.known().oldest(), levels.known().newest(), MetadataLevels.FIRST);
    }

    /// The level in force.
    public static short level(ClusterImage image, String feature) {
        Range range = SUPPORTED.get(feature);
        Short set = image.features().get(feature);
        if (set != null) return set;
        return range == null ? 0 : range.inForce();
    }

    public static Decision<UpdateFeaturesResponseData> decide(UpdateFeaturesRequestData request, ClusterImage image) {
        return decide(request, image, MetadataLevels.OF_THIS_RELEASE);
    }

    /// `levels`: those that this node can write.
    public static Decision<UpdateFeaturesResponseData> decide(
            UpdateFeaturesRequestData request, ClusterImage image, MetadataLevels levels) {
        UpdateFeaturesResponseData response = new UpdateFeaturesResponseData();
        List<Command> commands = new ArrayList<>();
        ApiError first = ApiError.NONE;
        for (FeatureUpdateKey update : request.featureUpdates()) {
            ApiError error = check(update, image, levels);
            if (error.isFailure() && first.isSuccess()) first = error;
            response.results()
                    .add(new UpdatableFeatureResult()
                            .setFeature(update.feature())
                            .setErrorCode(error.error().code())
                            .setErrorMessage(error.message()));
            if (error.isSuccess() && update.maxVersionLevel() != level(image, update.feature())) {
                commands.add(new Command.SetFeature(update.feature(), update.maxVersionLevel()));
            }
        }
        if (first.isFailure()) {
            response.setErrorCode(first.error().code())
                    .setErrorMessage("No feature was changed, because one can not be: " + first.message());
            commands.clear();
        }
        return new Decision<>(request.validateOnly() ? List.of() : commands, response);
    }

    private static ApiError check(FeatureUpdateKey update, ClusterImage image, MetadataLevels levels) {
        boolean ofMetadata = update.feature().equals(MetadataLevels.FEATURE);
        Range range = ofMetadata ? range(levels) : SUPPORTED.get(update.feature());
        short level = update.maxVersionLevel();
        if (range == null) {
            return invalid("Feature " + update.feature() + " is not supported.");
        }
        if (level < range.min() || level > range.max()) {
            return invalid("Level " + level + " of feature " + update.feature() + " is not within [" + range.min()
                    + ", " + range.max() + "].");
        }
        UpgradeType type = UpgradeType.fromCode(update.upgradeType());
        short present = level(image, update.feature());
        if (type == UpgradeType.UNKNOWN) {
            return new ApiError(Errors.INVALID_REQUEST, "Unknown type of upgrade " + update.upgradeType() + ".");
        }
        if (level < present && type == UpgradeType.UPGRADE) {
            return invalid("Feature " + update.feature() + " is at level " + present
                    + " and would go down, which has to be allowed.");
        }
        if (level > present && type != UpgradeType.UPGRADE) {
            return invalid("Feature " + update.feature() + " is at level " + present + " and would not go down.");
        }
        return ofMetadata ? checkNodes(level, present, image) : ApiError.NONE;
    }

    /// Every node knows the level, also those that are not there at the moment. It never goes down: what was written at
    /// it stays in the log.
    private static ApiError checkNodes(short level, short present, ClusterImage image) {
        if (level < present) {
            return invalid("Feature " + MetadataLevels.FEATURE + " is at level " + present + " and can't go down.");
        }
        for (NodeImage node : new TreeMap<>(image.nodes()).values()) {
            if (!node.levels().contains(level)) {
                return invalid("Node " + node.id() + " knows " + node.levels() + " of feature " + MetadataLevels.FEATURE
                        + ".");
            }
        }
        return ApiError.NONE;
    }

    private static ApiError invalid(String why) {
        return new ApiError(Errors.INVALID_UPDATE_VERSION, why);
    }
}
