package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.config.ConfigKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.jspecify.annotations.Nullable;

/// Every setting of a topic with the value it has and where that comes from: the topic itself, the cluster's dynamic
/// default, the controller's configuration file, or Kafka's default.
final class EffectiveTopicConfigs {
    private static final ConfigResource CLUSTER = new ConfigResource(ConfigResource.Type.BROKER, "");

    private final ConfigCatalog catalog;
    private final Map<String, String> clusterDefaults;
    private final Map<String, String> brokerProperties;

    EffectiveTopicConfigs(ConfigCatalog catalog, ClusterImage image, ControllerSettings settings) {
        this.catalog = catalog;
        this.clusterDefaults = image.configOf(CLUSTER);
        this.brokerProperties = settings.brokerProperties();
    }

    /// Sorted by name, as CreateTopics answers them (KIP-525).
    List<CreatableTopicConfigs> of(Map<String, String> setOnTopic) {
        List<CreatableTopicConfigs> configs = new ArrayList<>();
        for (ConfigKey key : catalog.keys(ConfigResource.Type.TOPIC)) {
            Value value = valueOf(key, setOnTopic);
            configs.add(new CreatableTopicConfigs()
                    .setName(key.name())
                    .setValue(key.sensitive() ? null : value.text())
                    .setReadOnly(key.readOnly())
                    .setIsSensitive(key.sensitive())
                    .setConfigSource(value.source().id()));
        }
        return configs;
    }

    /// The value that a topic with these settings works with; empty for a name the catalog doesn't know.
    Optional<String> value(String name, Map<String, String> setOnTopic) {
        return catalog.find(ConfigResource.Type.TOPIC, name)
                .map(key -> valueOf(key, setOnTopic).text());
    }

    private Value valueOf(ConfigKey key, Map<String, String> setOnTopic) {
        String own = setOnTopic.get(key.name());
        if (own != null) return new Value(own, DescribeConfigsResponse.ConfigSource.TOPIC_CONFIG);
        String cluster = firstOf(key.synonyms(), clusterDefaults);
        if (cluster != null) {
            return new Value(cluster, DescribeConfigsResponse.ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        }
        String file = firstOf(key.synonyms(), brokerProperties);
        if (file != null) return new Value(file, DescribeConfigsResponse.ConfigSource.STATIC_BROKER_CONFIG);
        return new Value(key.defaultValue(), DescribeConfigsResponse.ConfigSource.DEFAULT_CONFIG);
    }

    private static @Nullable String firstOf(List<String> synonyms, Map<String, String> values) {
        for (String synonym : synonyms) {
            String value = values.get(synonym);
            if (value != null) return inMilliseconds(synonym, value);
        }
        return null;
    }

    /// Kafka's `log.retention.hours` and its like give a default to a setting in milliseconds.
    private static String inMilliseconds(String synonym, String value) {
        if (synonym.endsWith(".hours")) return convert(value, TimeUnit.HOURS);
        if (synonym.endsWith(".minutes")) return convert(value, TimeUnit.MINUTES);
        return value;
    }

    private static String convert(String value, TimeUnit unit) {
        long amount = Long.parseLong(value.trim());
        return amount < 0 ? "-1" : Long.toString(unit.toMillis(amount));
    }

    private record Value(@Nullable String text, DescribeConfigsResponse.ConfigSource source) {}
}
