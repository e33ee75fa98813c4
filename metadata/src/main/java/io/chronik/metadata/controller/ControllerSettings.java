package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.MetadataLevels;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.config.EffectiveConfig;
import java.util.Map;

/// What the controller takes from the node's own configuration.
///
/// `numPartitions`: of a topic whose creator names none. `replicationFactor`: likewise, or [#ALL_UP_TO_THREE].
/// `brokerProperties`: everything set in the configuration file, by Kafka's names: defaults of topics come from it.
/// `levels`: the commands that this node can write.
public record ControllerSettings(
        int numPartitions,
        int replicationFactor,
        boolean topicDeletion,
        Map<String, String> brokerProperties,
        MetadataLevels levels) {
    /// min(3, live nodes).
    public static final int ALL_UP_TO_THREE = -1;

    private static final int NO_NODE = -1;

    public ControllerSettings {
        brokerProperties = Map.copyOf(brokerProperties);
    }

    /// With the commands of this release.
    public ControllerSettings(
            int numPartitions, int replicationFactor, boolean topicDeletion, Map<String, String> brokerProperties) {
        this(numPartitions, replicationFactor, topicDeletion, brokerProperties, MetadataLevels.OF_THIS_RELEASE);
    }

    /// What is in force for topics, wherever it was set; settings of single nodes do not count for topics.
    EffectiveConfig effective(ConfigCatalog catalog, ClusterImage image) {
        return new EffectiveConfig(catalog, image, NO_NODE, brokerProperties);
    }

    public static ControllerSettings defaults() {
        return new ControllerSettings(1, ALL_UP_TO_THREE, true, Map.of());
    }
}
