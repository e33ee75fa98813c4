package io.chronik.server.api;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.config.EffectiveConfig;
import io.chronik.metadata.config.EffectiveSetting;
import io.chronik.server.logging.LoggerLevels;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.jspecify.annotations.Nullable;

/// Settings in the words of the protocol, from one image. A resource that can not be described throws the
/// `ApiException` with its code.
record ConfigDescription(
        ClusterImage image, EffectiveConfig effective, int nodeId, boolean withSynonyms, boolean withDocumentation) {

    /// `names` null or empty means all.
    List<DescribeConfigsResourceResult> of(ConfigResource.Type type, String name, @Nullable List<String> names) {
        Set<String> wanted = names == null ? Set.of() : new HashSet<>(names);
        return switch (type) {
            case TOPIC -> results(topic(name), false, wanted);
            case GROUP -> results(group(name), false, wanted);
            case BROKER -> results(node(name), true, wanted);
            case BROKER_LOGGER -> loggers(name, wanted);
            case CLIENT_METRICS, UNKNOWN -> throw new InvalidRequestException("Unsupported resource type: " + type);
        };
    }

    private List<EffectiveSetting> topic(String name) {
        Topic.validate(name);
        if (image.topic(name).isEmpty())
            throw new UnknownTopicOrPartitionException("The topic '" + name + "' does not exist.");
        return effective.topic(name);
    }

    private List<EffectiveSetting> group(String id) {
        if (id.isEmpty()) throw new InvalidRequestException("Group name must not be empty");
        return effective.group(id);
    }

    private List<EffectiveSetting> node(String name) {
        if (name.isEmpty()) return effective.allNodes();
        requireThisNode(name, " or empty string");
        return effective.node();
    }

    private void requireThisNode(String name, String alternative) {
        if (!name.matches("-?\\d{1,10}"))
            throw new InvalidRequestException("Broker id must be an integer, but it is: " + name);
        if (!name.equals(String.valueOf(nodeId)))
            throw new InvalidRequestException(
                    "Unexpected broker id, expected " + nodeId + alternative + ", but received " + name);
    }

    private List<DescribeConfigsResourceResult> results(
            List<EffectiveSetting> settings, boolean ofNode, Set<String> wanted) {
        List<DescribeConfigsResourceResult> results = new ArrayList<>();
        for (EffectiveSetting setting : settings) {
            if (wanted.isEmpty() || wanted.contains(setting.key().name())) results.add(result(setting, ofNode));
        }
        return results;
    }

    private DescribeConfigsResourceResult result(EffectiveSetting setting, boolean ofNode) {
        DescribeConfigsResourceResult result = new DescribeConfigsResourceResult()
                .setName(setting.key().name())
                .setValue(setting.value())
                .setConfigSource(setting.source().id())
                .setReadOnly(ofNode && setting.key().readOnly())
                .setIsSensitive(setting.key().sensitive())
                .setConfigType(type(setting.key().type()).id());
        result.setDocumentation(withDocumentation ? setting.key().documentation() : null);
        if (withSynonyms) {
            for (EffectiveSetting.Synonym synonym : setting.synonyms()) {
                result.synonyms()
                        .add(new DescribeConfigsSynonym()
                                .setName(synonym.name())
                                .setValue(synonym.value())
                                .setSource(synonym.source().id()));
            }
        }
        return result;
    }

    private List<DescribeConfigsResourceResult> loggers(String name, Set<String> wanted) {
        if (name.isEmpty()) throw new InvalidRequestException("Broker id must not be empty");
        requireThisNode(name, "");
        List<DescribeConfigsResourceResult> results = new ArrayList<>();
        LoggerLevels.all().forEach((logger, level) -> {
            if (wanted.isEmpty() || wanted.contains(logger))
                results.add(new DescribeConfigsResourceResult()
                        .setName(logger)
                        .setValue(level)
                        .setConfigSource(ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG.id())
                        .setConfigType(ConfigType.STRING.id()));
        });
        return results;
    }

    private static ConfigType type(ConfigDef.Type type) {
        return switch (type) {
            case BOOLEAN -> ConfigType.BOOLEAN;
            case STRING -> ConfigType.STRING;
            case INT -> ConfigType.INT;
            case SHORT -> ConfigType.SHORT;
            case LONG -> ConfigType.LONG;
            case DOUBLE -> ConfigType.DOUBLE;
            case LIST -> ConfigType.LIST;
            case CLASS -> ConfigType.CLASS;
            case PASSWORD -> ConfigType.PASSWORD;
        };
    }
}
