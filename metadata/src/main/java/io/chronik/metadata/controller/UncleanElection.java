package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.TopicImage;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.config.EffectiveConfig;
import java.util.function.Predicate;
import org.apache.kafka.common.config.TopicConfig;

/// Which topics rather lose acknowledged records than have no leader: none, unless an operator said so.
final class UncleanElection {
    private UncleanElection() {}

    static Predicate<TopicImage> allowed(ConfigCatalog catalog, ClusterImage image, ControllerSettings settings) {
        EffectiveConfig configs = settings.effective(catalog, image);
        return topic -> configs.topicValue(topic.name(), TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG)
                .map("true"::equalsIgnoreCase)
                .orElse(false);
    }
}
