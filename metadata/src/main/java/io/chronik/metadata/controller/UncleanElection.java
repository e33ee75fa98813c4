package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.TopicImage;
import io.chronik.metadata.config.ConfigCatalog;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/// Which topics rather lose acknowledged records than have no leader: none, unless an operator said so.
final class UncleanElection {
    private UncleanElection() {}

    static Predicate<TopicImage> allowed(ConfigCatalog catalog, ClusterImage image, ControllerSettings settings) {
        EffectiveTopicConfigs configs = new EffectiveTopicConfigs(catalog, image, settings);
        return topic -> configs.value(
                        TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
                        image.configOf(new ConfigResource(ConfigResource.Type.TOPIC, topic.name())))
                .map("true"::equalsIgnoreCase)
                .orElse(false);
    }
}
