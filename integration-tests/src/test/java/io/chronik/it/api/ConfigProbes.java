package io.chronik.it.api;

import static io.chronik.it.api.Probe.error;
import static io.chronik.it.api.Probe.shows;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// Settings: described, changed, listed.
final class ConfigProbes {
    private static final byte TOPIC = ConfigResource.Type.TOPIC.id();
    private static final byte DYNAMIC_TOPIC_CONFIG = 1;

    private ConfigProbes() {}

    static List<Probe> all() {
        return List.of(
                new Probe(
                        ApiKeys.DESCRIBE_CONFIGS,
                        shows("a topic's settings with source and synonyms", ConfigProbes::describes),
                        shows("unknown topic: UNKNOWN_TOPIC_OR_PARTITION", ConfigProbes::refusesDescribe)),
                new Probe(
                        ApiKeys.ALTER_CONFIGS,
                        shows("sets the whole, drops what is not named", ConfigProbes::alters),
                        shows("a bad value: INVALID_CONFIG", ConfigProbes::refusesAlter)),
                new Probe(
                        ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                        shows("set, append, subtract and delete", ConfigProbes::altersIncrementally),
                        shows("an unknown name: INVALID_CONFIG", ConfigProbes::refusesIncremental)),
                new Probe(
                        ApiKeys.LIST_CONFIG_RESOURCES,
                        shows("lists topics (v1) or client metrics (v0)", ConfigProbes::lists),
                        shows("an unknown type: UNSUPPORTED_VERSION", ConfigProbes::refusesList)));
    }

    private static DescribeConfigsResult describe(RawKafka kafka, short version, String topic) {
        var request = new DescribeConfigsRequestData()
                .setIncludeSynonyms(true)
                .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                        .setResourceType(TOPIC)
                        .setResourceName(topic)
                        .setConfigurationKeys(null)));
        if (version >= 3) {
            request.setIncludeDocumentation(true);
        }
        return kafka.wire()
                .call(ApiKeys.DESCRIBE_CONFIGS, version, request, DescribeConfigsResponseData.class)
                .results()
                .get(0);
    }

    private static DescribeConfigsResourceResult config(RawKafka kafka, short version, String topic, String name) {
        return describe(kafka, version, topic).configs().stream()
                .filter(config -> config.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void describes(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("configs-v" + version, 1, java.util.Map.of("retention.ms", "12345"));
        assertThat(describe(kafka, version, topic.name()).configs()).hasSizeGreaterThanOrEqualTo(30);
        DescribeConfigsResourceResult retention = config(kafka, version, topic.name(), "retention.ms");
        assertThat(retention.value()).isEqualTo("12345");
        assertThat(retention.configSource()).isEqualTo(DYNAMIC_TOPIC_CONFIG);
        assertThat(retention.synonyms()).isNotEmpty();
        if (version >= 3) {
            assertThat(retention.documentation()).isNotBlank();
        }
    }

    private static void refusesDescribe(RawKafka kafka, short version) {
        assertThat(error(
                        describe(kafka, version, RawKafka.uniqueName("nowhere")).errorCode()))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private static Errors alter(RawKafka kafka, short version, Topic topic, String name, String value) {
        var configs = new AlterConfigsRequestData.AlterableConfigCollection();
        configs.add(new AlterConfigsRequestData.AlterableConfig().setName(name).setValue(value));
        var resources = new AlterConfigsRequestData.AlterConfigsResourceCollection();
        resources.add(new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(TOPIC)
                .setResourceName(topic.name())
                .setConfigs(configs));
        var request = new AlterConfigsRequestData().setResources(resources);
        return error(kafka.wire()
                .call(ApiKeys.ALTER_CONFIGS, version, request, AlterConfigsResponseData.class)
                .responses()
                .get(0)
                .errorCode());
    }

    private static void alters(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("alter-v" + version, 1, java.util.Map.of("retention.ms", "12345"));
        assertThat(alter(kafka, version, topic, "max.message.bytes", "2000")).isEqualTo(Errors.NONE);
        assertThat(config(kafka, (short) 4, topic.name(), "max.message.bytes").value())
                .isEqualTo("2000");
        assertThat(config(kafka, (short) 4, topic.name(), "retention.ms").value())
                .isEqualTo("604800000");
    }

    private static void refusesAlter(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("alter-v" + version, 1);
        assertThat(alter(kafka, version, topic, "retention.ms", "soon")).isEqualTo(Errors.INVALID_CONFIG);
    }

    /// As KIP-339 numbers them.
    private enum Operation {
        SET(0),
        DELETE(1),
        APPEND(2),
        SUBTRACT(3);

        private final byte code;

        Operation(int code) {
            this.code = (byte) code;
        }
    }

    private static Errors incrementally(
            RawKafka kafka,
            short version,
            Topic topic,
            Operation operation,
            String name,
            @org.jspecify.annotations.Nullable String value) {
        var configs = new IncrementalAlterConfigsRequestData.AlterableConfigCollection();
        configs.add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                .setName(name)
                .setConfigOperation(operation.code)
                .setValue(value));
        var resources = new IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection();
        resources.add(new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(TOPIC)
                .setResourceName(topic.name())
                .setConfigs(configs));
        var request = new IncrementalAlterConfigsRequestData().setResources(resources);
        return error(kafka.wire()
                .call(ApiKeys.INCREMENTAL_ALTER_CONFIGS, version, request, IncrementalAlterConfigsResponseData.class)
                .responses()
                .get(0)
                .errorCode());
    }

    private static void altersIncrementally(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("alter-v" + version, 1);
        assertThat(incrementally(kafka, version, topic, Operation.SET, "retention.ms", "99999"))
                .isEqualTo(Errors.NONE);
        assertThat(incrementally(kafka, version, topic, Operation.APPEND, "cleanup.policy", "compact"))
                .isEqualTo(Errors.NONE);
        assertThat(config(kafka, (short) 4, topic.name(), "retention.ms").value())
                .isEqualTo("99999");
        assertThat(config(kafka, (short) 4, topic.name(), "cleanup.policy").value())
                .isEqualTo("delete,compact");
        assertThat(incrementally(kafka, version, topic, Operation.SUBTRACT, "cleanup.policy", "compact"))
                .isEqualTo(Errors.NONE);
        assertThat(incrementally(kafka, version, topic, Operation.DELETE, "retention.ms", null))
                .isEqualTo(Errors.NONE);
        assertThat(config(kafka, (short) 4, topic.name(), "cleanup.policy").value())
                .isEqualTo("delete");
        assertThat(config(kafka, (short) 4, topic.name(), "retention.ms").value())
                .isEqualTo("604800000");
    }

    private static void refusesIncremental(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("alter-v" + version, 1);
        assertThat(incrementally(kafka, version, topic, Operation.SET, "no.such.setting", "1"))
                .isEqualTo(Errors.INVALID_CONFIG);
    }

    private static ListConfigResourcesResponseData list(RawKafka kafka, short version, List<Byte> types) {
        return kafka.wire()
                .call(
                        ApiKeys.LIST_CONFIG_RESOURCES,
                        version,
                        new ListConfigResourcesRequestData().setResourceTypes(types),
                        ListConfigResourcesResponseData.class);
    }

    private static void lists(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("resources", 1);
        var response = list(kafka, version, version == 0 ? List.of() : List.of(TOPIC));
        assertThat(error(response.errorCode())).isEqualTo(Errors.NONE);
        if (version == 0) {
            assertThat(response.configResources()).isEmpty();
        } else {
            assertThat(response.configResources()).anySatisfy(resource -> {
                assertThat(resource.resourceName()).isEqualTo(topic.name());
                assertThat(resource.resourceType()).isEqualTo(TOPIC);
            });
        }
    }

    private static void refusesList(RawKafka kafka, short version) {
        if (version == 0) {
            return; // Version 0 has no field at all.
        }
        assertThat(error(list(kafka, version, List.of((byte) 99)).errorCode())).isEqualTo(Errors.UNSUPPORTED_VERSION);
    }
}
