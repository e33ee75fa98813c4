package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.CATALOG;
import static io.chronik.metadata.controller.Images.SETTINGS;
import static io.chronik.metadata.controller.Images.applied;
import static io.chronik.metadata.controller.Images.nodes;
import static io.chronik.metadata.controller.Images.withTopic;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.config.EffectiveSetting;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigsTest {
    private static final ConfigResource ORDERS = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
    private static final ConfigResource CLUSTER = new ConfigResource(ConfigResource.Type.BROKER, "");

    private final ClusterImage image = withTopic(nodes(1), "orders", 1, 1)
            .apply(new Command.SetConfig(
                    ORDERS, new TreeMap<>(Map.of("retention.ms", "1000", "cleanup.policy", "compact")), List.of()));

    @Test
    void incrementalChangesTouchOnlyWhatTheyName() {
        // When
        ClusterImage after = applied(
                image,
                incremental(
                        ORDERS,
                        operation(OpType.DELETE, "retention.ms", null),
                        operation(OpType.SET, "segment.ms", "7000"),
                        operation(OpType.APPEND, "cleanup.policy", "delete")));

        // Then
        assertThat(after.configOf(ORDERS)).isEqualTo(Map.of("segment.ms", "7000", "cleanup.policy", "compact,delete"));
    }

    @Test
    void aNodeIsDrainedByASettingOfItsOwn() {
        // Given
        ConfigResource node = new ConfigResource(ConfigResource.Type.BROKER, "1");

        // When
        ClusterImage drained = applied(image, incremental(node, operation(OpType.SET, "chronik.node.drain", "true")));
        ClusterImage again = applied(
                drained,
                IncrementalAlterConfigs.decide(
                        request(node, operation(OpType.DELETE, "chronik.node.drain", null)),
                        drained,
                        SETTINGS,
                        CATALOG));

        // Then
        assertThat(drained.node(1).orElseThrow().draining()).isTrue();
        assertThat(again.node(1).orElseThrow().draining()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1, 1, DEFAULT_CONFIG", "2, 1, DEFAULT_CONFIG", "3, 2, DYNAMIC_DEFAULT_BROKER_CONFIG"})
    void threeReplicasWantTwoInSync(int replicas, String expected, ConfigSource source) {
        // Given
        ClusterImage three = withTopic(nodes(3), "orders", 1, replicas);

        // When
        EffectiveSetting minInSync = SETTINGS.effective(CATALOG, three).topic("orders").stream()
                .filter(setting -> setting.key().name().equals("min.insync.replicas"))
                .findFirst()
                .orElseThrow();

        // Then
        assertThat(minInSync.value()).isEqualTo(expected);
        assertThat(minInSync.source()).isEqualTo(source);
        assertThat(SETTINGS.effective(CATALOG, three).topicValue("orders", "min.insync.replicas"))
                .contains(expected);
    }

    @Test
    void whatSomebodySetIsNotOverruled() {
        // Given
        ClusterImage three = withTopic(nodes(3), "orders", 1, 3);
        ClusterImage ofTopic = three.apply(
                new Command.SetConfig(ORDERS, new TreeMap<>(Map.of("min.insync.replicas", "1")), List.of()));
        ClusterImage ofCluster = three.apply(
                new Command.SetConfig(CLUSTER, new TreeMap<>(Map.of("min.insync.replicas", "1")), List.of()));
        ControllerSettings ofFile = new ControllerSettings(1, 3, true, Map.of("min.insync.replicas", "3"));

        // Then
        assertThat(SETTINGS.effective(CATALOG, ofTopic).topicValue("orders", "min.insync.replicas"))
                .contains("1");
        assertThat(SETTINGS.effective(CATALOG, ofCluster).topicValue("orders", "min.insync.replicas"))
                .contains("1");
        assertThat(ofFile.effective(CATALOG, three).topicValue("orders", "min.insync.replicas"))
                .contains("3");
    }

    @Test
    void subtractingGoesFromTheListThatIsThere() {
        // When
        ClusterImage after =
                applied(image, incremental(ORDERS, operation(OpType.APPEND, "cleanup.policy", "delete,compact")));
        ClusterImage back = applied(
                after,
                IncrementalAlterConfigs.decide(
                        request(ORDERS, operation(OpType.SUBTRACT, "cleanup.policy", "compact")),
                        after,
                        SETTINGS,
                        CATALOG));

        // Then
        assertThat(back.configOf(ORDERS)).containsEntry("cleanup.policy", "delete");
    }

    @ParameterizedTest
    @CsvSource({
        "TOPIC,orders,SET,no.such.thing,1,INVALID_CONFIG",
        "TOPIC,orders,SET,retention.ms,soon,INVALID_CONFIG",
        "TOPIC,orders,APPEND,retention.ms,1,INVALID_CONFIG",
        "TOPIC,orders,SET,retention.ms,,INVALID_REQUEST",
        "TOPIC,nobody,SET,retention.ms,1,UNKNOWN_TOPIC_OR_PARTITION",
        "TOPIC,'',SET,retention.ms,1,INVALID_REQUEST",
        "BROKER,7,SET,message.max.bytes,1000,BROKER_ID_NOT_REGISTERED",
        "BROKER,one,SET,message.max.bytes,1000,INVALID_REQUEST",
        "BROKER,1,SET,node.id,2,INVALID_REQUEST",
        "BROKER_LOGGER,1,SET,root,INFO,INVALID_REQUEST",
        "GROUP,'',SET,consumer.session.timeout.ms,45000,INVALID_REQUEST",
        "GROUP,workers,SET,consumer.session.timeout.ms,50000,NONE",
        "BROKER,'',SET,message.max.bytes,2000,NONE",
        "BROKER,1,SET,message.max.bytes,2000,NONE"
    })
    void eachKindOfResourceIsChecked(
            ConfigResource.Type type,
            String name,
            OpType operation,
            String key,
            @Nullable String value,
            Errors expected) {
        // When
        Decision<IncrementalAlterConfigsResponseData> decision =
                incremental(new ConfigResource(type, name), operation(operation, key, value));

        // Then
        assertThat(error(decision)).isEqualTo(expected);
        assertThat(decision.commands().isEmpty()).isEqualTo(expected != Errors.NONE);
    }

    @Test
    void oneBadSettingOfAResourceRefusesAllOfIt() {
        // When
        Decision<IncrementalAlterConfigsResponseData> decision = incremental(
                ORDERS, operation(OpType.SET, "segment.ms", "7000"), operation(OpType.SET, "retention.ms", "soon"));

        // Then
        assertThat(decision.commands()).isEmpty();
    }

    @Test
    void validateOnlyChangesNothing() {
        // When
        Decision<IncrementalAlterConfigsResponseData> decision = IncrementalAlterConfigs.decide(
                request(ORDERS, operation(OpType.SET, "segment.ms", "7000")).setValidateOnly(true),
                image,
                SETTINGS,
                CATALOG);

        // Then
        assertThat(error(decision)).isEqualTo(Errors.NONE);
        assertThat(decision.commands()).isEmpty();
    }

    @Test
    void theOldWayReplacesAll() {
        // Given
        AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(ORDERS.type().id())
                .setResourceName(ORDERS.name());
        resource.configs()
                .mustAdd(new AlterConfigsRequestData.AlterableConfig()
                        .setName("segment.ms")
                        .setValue("7000"));
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources().mustAdd(resource);

        // When
        Decision<AlterConfigsResponseData> decision = AlterConfigs.decide(request, image, SETTINGS, CATALOG);

        // Then
        assertThat(applied(image, decision).configOf(ORDERS)).isEqualTo(Map.of("segment.ms", "7000"));
    }

    @Test
    void theClustersDefaultIsTheTopicsWhenItHasNone() {
        // Given
        ClusterImage changed = applied(image, incremental(CLUSTER, operation(OpType.SET, "log.retention.ms", "1234")));

        // When
        CreatableTopicResult result = Images.createTopics(changed, Images.topic("new", 1, 1))
                .reply()
                .topics()
                .find("new");

        // Then
        assertThat(result.configs())
                .filteredOn(config -> config.name().equals("retention.ms"))
                .singleElement()
                .satisfies(config -> {
                    assertThat(config.value()).isEqualTo("1234");
                    assertThat(config.configSource()).isEqualTo((byte) 3);
                });
    }

    private Decision<IncrementalAlterConfigsResponseData> incremental(
            ConfigResource resource, AlterableConfig... configs) {
        return IncrementalAlterConfigs.decide(request(resource, configs), image, SETTINGS, CATALOG);
    }

    private static IncrementalAlterConfigsRequestData request(ConfigResource resource, AlterableConfig... configs) {
        AlterConfigsResource asked =
                new AlterConfigsResource().setResourceType(resource.type().id()).setResourceName(resource.name());
        for (AlterableConfig config : configs) asked.configs().mustAdd(config);
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().mustAdd(asked);
        return request;
    }

    private static AlterableConfig operation(OpType type, String key, @Nullable String value) {
        return new AlterableConfig().setName(key).setConfigOperation(type.id()).setValue(value);
    }

    private static Errors error(Decision<IncrementalAlterConfigsResponseData> decision) {
        return Errors.forCode(decision.reply().responses().getFirst().errorCode());
    }
}
