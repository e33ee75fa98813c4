package io.chronik.metadata.controller;

import java.util.Map;

/// What the controller takes from the node's own configuration.
///
/// `numPartitions`: of a topic whose creator names none. `replicationFactor`: likewise, or [#ALL_UP_TO_THREE].
/// `brokerProperties`: everything set in the configuration file, by Kafka's names: defaults of topics come from it.
public record ControllerSettings(
        int numPartitions, int replicationFactor, boolean topicDeletion, Map<String, String> brokerProperties) {
    /// min(3, live nodes).
    public static final int ALL_UP_TO_THREE = -1;

    public ControllerSettings {
        brokerProperties = Map.copyOf(brokerProperties);
    }

    public static ControllerSettings defaults() {
        return new ControllerSettings(1, ALL_UP_TO_THREE, true, Map.of());
    }
}
