package io.chronik.server;

import io.chronik.log.LogSettings;
import io.chronik.metadata.ClusterImage;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.config.TopicSettings;
import io.chronik.server.partitions.TopicSettingsSource;

/// Topic settings as this node's configuration and the cluster's overrides make them.
record NodeTopicSettings(NodeConfig config) implements TopicSettingsSource {
    @Override
    public LogSettings logSettings(ClusterImage image, String topic) {
        return TopicSettings.logSettings(image, topic, config);
    }

    @Override
    public int minInSyncReplicas(ClusterImage image, String topic) {
        return TopicSettings.of(image, topic, config).minInSyncReplicas();
    }
}
