package io.chronik.server.partitions;

import io.chronik.log.LogSettings;
import io.chronik.metadata.ClusterImage;

/// What applies to a topic after all overrides and defaults.
public interface TopicSettingsSource {
    LogSettings logSettings(ClusterImage image, String topic);

    int minInSyncReplicas(ClusterImage image, String topic);
}
