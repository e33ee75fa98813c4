package io.chronik.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.TopicImage;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.config.NodeConfigLoader;
import io.chronik.server.config.StartFlags;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;
import org.apache.kafka.common.requests.ListConfigResourcesResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// Every request and reply here goes through the protocol's bytes, in every version where that is cheap.
class ConfigApisTest {
    private static final ConfigResource ORDERS = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
    private static final ConfigResource NODE = new ConfigResource(ConfigResource.Type.BROKER, "1");
    private static final ConfigResource ALL_NODES = new ConfigResource(ConfigResource.Type.BROKER, "");
    private static final ConfigResource GROUP = new ConfigResource(ConfigResource.Type.GROUP, "readers");
    private static final ConfigResource LOGGERS = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1");
    private static final short LAST = 4;

    static IntStream describeVersions() {
        return IntStream.rangeClosed(
                ApiKeys.DESCRIBE_CONFIGS.oldestVersion(), ApiKeys.DESCRIBE_CONFIGS.latestVersion());
    }

    @ParameterizedTest
    @MethodSource("describeVersions")
    void everySettingOfATopicIsDescribedInEveryVersion(int version) {
        // Given
        RecordedMetadata metadata = metadata(Map.of(ORDERS, Map.of("retention.ms", "1000")));

        // When
        DescribeConfigsResult result = describe(metadata, node(), version, ORDERS, true);

        // Then
        assertThat(result.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(result.configs()).hasSize(38).allSatisfy(setting -> {
            assertThat(setting.readOnly()).isFalse();
            assertThat(setting.isSensitive()).isFalse();
            if (version >= 3) {
                assertThat(setting.documentation()).isNotBlank();
                assertThat(setting.configType()).isNotEqualTo(ConfigType.UNKNOWN.id());
            }
        });
        DescribeConfigsResourceResult retention = setting(result, "retention.ms");
        assertThat(retention.value()).isEqualTo("1000");
        assertThat(ConfigSource.forId(retention.configSource())).isEqualTo(ConfigSource.TOPIC_CONFIG);
        assertThat(setting(result, "segment.bytes").value()).isEqualTo("1073741824");
        assertThat(ConfigSource.forId(setting(result, "segment.bytes").configSource()))
                .isEqualTo(ConfigSource.DEFAULT_CONFIG);
    }

    @Test
    void synonymsShowEveryLayerStrongestFirst() {
        // Given
        RecordedMetadata metadata = metadata(Map.of(
                ORDERS, Map.of("segment.bytes", "2000000"),
                NODE, Map.of("log.segment.bytes", "3000000"),
                ALL_NODES, Map.of("log.segment.bytes", "4000000")));
        NodeConfig node = node("log.segment.bytes=5000000");

        // When
        DescribeConfigsResult result = describe(metadata, node, LAST, ORDERS, true);

        // Then
        assertThat(setting(result, "segment.bytes").synonyms())
                .containsExactly(
                        synonym("segment.bytes", "2000000", ConfigSource.TOPIC_CONFIG),
                        synonym("log.segment.bytes", "3000000", ConfigSource.DYNAMIC_BROKER_CONFIG),
                        synonym("log.segment.bytes", "4000000", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG),
                        synonym("log.segment.bytes", "5000000", ConfigSource.STATIC_BROKER_CONFIG),
                        synonym("log.segment.bytes", "1073741824", ConfigSource.DEFAULT_CONFIG));
    }

    @Test
    void aTopicShowsTheNodesHoursInMilliseconds() {
        // When
        DescribeConfigsResult result = describe(metadata(Map.of()), node("log.retention.hours=2"), LAST, ORDERS, true);

        // Then
        DescribeConfigsResourceResult retention = setting(result, "retention.ms");
        assertThat(retention.value()).isEqualTo("7200000");
        assertThat(ConfigSource.forId(retention.configSource())).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
        assertThat(retention.synonyms())
                .containsExactly(
                        synonym("log.retention.hours", "2", ConfigSource.STATIC_BROKER_CONFIG),
                        synonym("log.retention.hours", "168", ConfigSource.DEFAULT_CONFIG));
    }

    @Test
    void whatWasNotAskedForIsLeftOut() {
        // When
        DescribeConfigsResult result = describe(metadata(Map.of()), node(), LAST, ORDERS, false, "retention.ms", "x");

        // Then
        assertThat(result.configs()).hasSize(1);
        assertThat(result.configs().getFirst().synonyms()).isEmpty();
        assertThat(result.configs().getFirst().documentation()).isNull();
    }

    @Test
    void aNodeShowsWhatItWasStartedWithAndHidesSecrets() {
        // Given
        RecordedMetadata metadata = metadata(Map.of(NODE, Map.of("log.cleaner.threads", "2")));
        NodeConfig node = node("num.partitions=3", "log.retention.minutes=5");

        // When
        DescribeConfigsResult result = describe(metadata, node, LAST, NODE, true);

        // Then
        assertThat(result.configs()).hasSizeGreaterThanOrEqualTo(350);
        DescribeConfigsResourceResult partitions = setting(result, "num.partitions");
        assertThat(partitions.value()).isEqualTo("3");
        assertThat(partitions.readOnly()).isTrue();
        assertThat(partitions.synonyms())
                .containsExactly(
                        synonym("num.partitions", "3", ConfigSource.STATIC_BROKER_CONFIG),
                        synonym("num.partitions", "1", ConfigSource.DEFAULT_CONFIG));
        assertThat(ConfigSource.forId(setting(result, "log.cleaner.threads").configSource()))
                .isEqualTo(ConfigSource.DYNAMIC_BROKER_CONFIG);
        assertThat(setting(result, "log.retention.hours").value()).isEqualTo("168");
        assertThat(setting(result, "log.retention.ms").value()).isNull();
        DescribeConfigsResourceResult secret = setting(result, "ssl.key.password");
        assertThat(secret.isSensitive()).isTrue();
        assertThat(secret.value()).isNull();
    }

    @Test
    void allNodesShowOnlyWhatWasSetForAllOfThem() {
        // Given
        RecordedMetadata metadata = metadata(Map.of(ALL_NODES, Map.of("log.retention.ms", "7")));

        // When
        DescribeConfigsResult result = describe(metadata, node("num.partitions=3"), LAST, ALL_NODES, true);

        // Then
        assertThat(result.configs()).hasSize(1);
        assertThat(result.configs().getFirst().value()).isEqualTo("7");
        assertThat(result.configs().getFirst().synonyms())
                .containsExactly(synonym("log.retention.ms", "7", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG));
    }

    @Test
    void aGroupShowsItsOwnSettingsAndTheNodes() {
        // Given
        RecordedMetadata metadata = metadata(Map.of(GROUP, Map.of("consumer.session.timeout.ms", "50000")));
        NodeConfig node = node("group.consumer.heartbeat.interval.ms=6000");

        // When
        DescribeConfigsResult result = describe(metadata, node, LAST, GROUP, true);

        // Then
        assertThat(result.configs()).hasSize(21);
        assertThat(ConfigSource.forId(
                        setting(result, "consumer.session.timeout.ms").configSource()))
                .isEqualTo(ConfigSource.GROUP_CONFIG);
        assertThat(setting(result, "consumer.heartbeat.interval.ms").value()).isEqualTo("6000");
    }

    @Test
    void loggersHaveLevels() {
        // When
        DescribeConfigsResult result = describe(metadata(Map.of()), node(), LAST, LOGGERS, false);

        // Then
        DescribeConfigsResourceResult root = setting(result, "root");
        assertThat(root.value()).isIn("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");
        assertThat(ConfigSource.forId(root.configSource())).isEqualTo(ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG);
    }

    @ParameterizedTest
    @CsvSource({
        "TOPIC, missing, UNKNOWN_TOPIC_OR_PARTITION",
        "TOPIC, a/b, INVALID_TOPIC_EXCEPTION",
        "TOPIC, '', INVALID_TOPIC_EXCEPTION",
        "BROKER, 2, INVALID_REQUEST",
        "BROKER, one, INVALID_REQUEST",
        "BROKER_LOGGER, '', INVALID_REQUEST",
        "GROUP, '', INVALID_REQUEST",
        "CLIENT_METRICS, x, INVALID_REQUEST",
        "UNKNOWN, x, INVALID_REQUEST"
    })
    void whatCanNotBeDescribedHasItsCode(ConfigResource.Type type, String name, Errors expected) {
        // When
        DescribeConfigsResult result = describe(metadata(Map.of()), node(), LAST, new ConfigResource(type, name), true);

        // Then
        assertThat(Errors.forCode(result.errorCode())).isEqualTo(expected);
        assertThat(result.errorMessage()).isNotBlank();
        assertThat(result.configs()).isEmpty();
        assertThat(result.resourceType()).isEqualTo(type.id());
        assertThat(result.resourceName()).isEqualTo(name);
    }

    @Test
    void aResourceIsDescribedOnce() {
        // Given
        DescribeConfigsRequestData request = new DescribeConfigsRequestData();
        for (int i = 0; i < 2; i++) request.resources().add(resource(ORDERS));

        // When
        DescribeConfigsResponse response =
                (DescribeConfigsResponse) call(metadata(Map.of()), node(), ApiKeys.DESCRIBE_CONFIGS, LAST, request);

        // Then
        assertThat(response.data().results())
                .extracting(DescribeConfigsResult::errorCode)
                .containsExactly(Errors.NONE.code(), Errors.INVALID_REQUEST.code());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BROKER | 1  | log.retention.ms | 5     | SET    | NONE
            BROKER | '' | log.retention.ms | 5     | SET    | NONE
            BROKER | 2  | log.retention.ms | 5     | SET    | INVALID_REQUEST
            BROKER | x  | log.retention.ms | 5     | SET    | INVALID_REQUEST
            BROKER | 1  | num.partitions   | 5     | SET    | INVALID_REQUEST
            BROKER | 1  | num.partitions   | 5     | DELETE | NONE
            BROKER | 1  | log.retention.ms | never | SET    | INVALID_REQUEST
            BROKER | 1  | sasl.jaas.config | x     | SET    | INVALID_REQUEST
            BROKER | '' | ssl.keystore.location | x | SET   | INVALID_REQUEST
            TOPIC  | orders | retention.ms | never | SET    | NONE
            TOPIC  | orders | min.compaction.lag.ms | 9 | SET | NONE
            TOPIC  | orders | max.compaction.lag.ms | 9 | SET | INVALID_CONFIG
            GROUP  | g  | consumer.session.timeout.ms | 45000 | SET | NONE
            GROUP  | g  | consumer.session.timeout.ms | 44999 | SET | INVALID_CONFIG
            GROUP  | g  | consumer.session.timeout.ms | 60001 | SET | INVALID_CONFIG
            GROUP  | g  | consumer.heartbeat.interval.ms | 15001 | SET | INVALID_CONFIG
            BROKER_LOGGER | 1 | io.chronik | INFO  | SET    | NONE
            BROKER_LOGGER | 1 | root       | LOUD  | SET    | INVALID_CONFIG
            BROKER_LOGGER | 1 | no.such    | INFO  | SET    | INVALID_CONFIG
            BROKER_LOGGER | 1 | root       | INFO  | DELETE | INVALID_REQUEST
            BROKER_LOGGER | 1 | root       | INFO  | APPEND | INVALID_REQUEST
            BROKER_LOGGER | 2 | root       | INFO  | SET    | INVALID_REQUEST
            """)
    void aNodeRefusesWhatOnlyItCanJudge(
            ConfigResource.Type type, String name, String setting, String value, OpType operation, Errors expected) {
        // Given
        RecordedMetadata metadata = metadata(Map.of(ORDERS, Map.of("min.compaction.lag.ms", "10")));
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(incremental(new ConfigResource(type, name), setting, value, operation));

        for (int version = 0; version <= ApiKeys.INCREMENTAL_ALTER_CONFIGS.latestVersion(); version++) {
            // When
            IncrementalAlterConfigsResponse response = (IncrementalAlterConfigsResponse)
                    call(metadata, node(), ApiKeys.INCREMENTAL_ALTER_CONFIGS, version, request);

            // Then
            assertThat(response.data().responses()).hasSize(1).allSatisfy(answer -> {
                assertThat(Errors.forCode(answer.errorCode())).isEqualTo(expected);
                assertThat(answer.resourceName()).isEqualTo(name);
                assertThat(answer.resourceType()).isEqualTo(type.id());
            });
        }
    }

    @Test
    void goodChangesGoToTheControllerAndBadOnesDoNotHoldThemUp() {
        // Given
        RecordedMetadata metadata = metadata(Map.of());
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData().setValidateOnly(true);
        request.resources().add(incremental(ORDERS, "retention.ms", "5", OpType.SET));
        request.resources().add(incremental(NODE, "num.partitions", "5", OpType.SET));

        // When
        IncrementalAlterConfigsResponse response =
                (IncrementalAlterConfigsResponse) call(metadata, node(), ApiKeys.INCREMENTAL_ALTER_CONFIGS, 1, request);

        // Then
        assertThat(response.data().responses()).hasSize(2);
        assertThat(metadata.incremental.validateOnly()).isTrue();
        assertThat(metadata.incremental.resources())
                .extracting(AlterConfigsResource::resourceName)
                .containsExactly("orders");
    }

    @Test
    void theOldAlterConfigsIsJudgedTheSameInEveryVersion() {
        // Given
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources().add(old(ORDERS, "retention.ms", "5"));
        request.resources().add(old(NODE, "num.partitions", "5"));
        request.resources().add(old(LOGGERS, "root", "INFO"));

        for (int version = 0; version <= ApiKeys.ALTER_CONFIGS.latestVersion(); version++) {
            RecordedMetadata metadata = metadata(Map.of());

            // When
            AlterConfigsResponse response =
                    (AlterConfigsResponse) call(metadata, node(), ApiKeys.ALTER_CONFIGS, version, request);

            // Then
            assertThat(response.errors())
                    .hasSize(3)
                    .hasEntrySatisfying(
                            ORDERS, error -> assertThat(error.error()).isEqualTo(Errors.NONE))
                    .hasEntrySatisfying(NODE, error -> assertThat(error.error()).isEqualTo(Errors.INVALID_REQUEST))
                    .hasEntrySatisfying(
                            LOGGERS, error -> assertThat(error.error()).isEqualTo(Errors.INVALID_REQUEST));
            assertThat(metadata.old.resources()).hasSize(1);
        }
    }

    @Test
    void resourcesAreListedByKind() {
        // Given
        RecordedMetadata metadata = metadata(Map.of(GROUP, Map.of("consumer.session.timeout.ms", "50000")));
        ListConfigResourcesRequestData all = new ListConfigResourcesRequestData();
        ListConfigResourcesRequestData groups =
                new ListConfigResourcesRequestData().setResourceTypes(List.of(ConfigResource.Type.GROUP.id()));
        ListConfigResourcesRequestData none = new ListConfigResourcesRequestData().setResourceTypes(List.of((byte) 99));

        // Then
        assertThat(list(metadata, 0, all).configResources()).isEmpty();
        assertThat(list(metadata, 1, all).configResources())
                .extracting(ListConfigResourcesResponseData.ConfigResource::resourceName)
                .containsExactly("orders", "readers");
        assertThat(list(metadata, 1, groups).configResources())
                .extracting(ListConfigResourcesResponseData.ConfigResource::resourceName)
                .containsExactly("readers");
        assertThat(list(metadata, 1, none).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    private static ListConfigResourcesResponseData list(
            RecordedMetadata metadata, int version, ListConfigResourcesRequestData request) {
        return ((ListConfigResourcesResponse) call(metadata, node(), ApiKeys.LIST_CONFIG_RESOURCES, version, request))
                .data();
    }

    private static DescribeConfigsResult describe(
            RecordedMetadata metadata,
            NodeConfig node,
            int version,
            ConfigResource asked,
            boolean details,
            String... names) {
        DescribeConfigsResource resource = resource(asked);
        if (names.length > 0) resource.setConfigurationKeys(List.of(names));
        DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                .setIncludeSynonyms(details)
                .setIncludeDocumentation(details && version >= 3)
                .setResources(List.of(resource));
        AbstractResponse response = call(metadata, node, ApiKeys.DESCRIBE_CONFIGS, version, request);
        return ((DescribeConfigsResponse) response).data().results().getFirst();
    }

    private static DescribeConfigsResource resource(ConfigResource asked) {
        return new DescribeConfigsResource()
                .setResourceType(asked.type().id())
                .setResourceName(asked.name())
                .setConfigurationKeys(null);
    }

    private static AlterConfigsResource incremental(
            ConfigResource resource, String setting, String value, OpType operation) {
        AlterConfigsResource asked =
                new AlterConfigsResource().setResourceType(resource.type().id()).setResourceName(resource.name());
        asked.configs()
                .add(new AlterableConfig().setName(setting).setValue(value).setConfigOperation(operation.id()));
        return asked;
    }

    private static AlterConfigsRequestData.AlterConfigsResource old(
            ConfigResource resource, String setting, String value) {
        AlterConfigsRequestData.AlterConfigsResource asked = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(resource.type().id())
                .setResourceName(resource.name());
        asked.configs()
                .add(new AlterConfigsRequestData.AlterableConfig()
                        .setName(setting)
                        .setValue(value));
        return asked;
    }

    private static AbstractResponse call(
            RecordedMetadata metadata, NodeConfig node, ApiKeys api, int version, ApiMessage request) {
        ApiHandler handler = Objects.requireNonNull(
                new ConfigApis(metadata, node, Runnable::run).handlers().get(api));
        return WireCall.of(handler, api, (short) version, request);
    }

    private static DescribeConfigsResourceResult setting(DescribeConfigsResult result, String name) {
        Map<String, DescribeConfigsResourceResult> byName = result.configs().stream()
                .collect(Collectors.toMap(
                        DescribeConfigsResourceResult::name, Function.identity(), (a, b) -> b, TreeMap::new));
        return Objects.requireNonNull(byName.get(name), name);
    }

    private static DescribeConfigsSynonym synonym(String name, String value, ConfigSource source) {
        return new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id());
    }

    private static NodeConfig node(String... sets) {
        return new NodeConfigLoader(new KafkaConfigCatalog()).load(null, Map.of(), List.of(sets), StartFlags.NONE);
    }

    private static RecordedMetadata metadata(Map<ConfigResource, Map<String, String>> configs) {
        PMap<ConfigResource, PMap<String, String>> all = HashTreePMap.empty();
        for (var entry : configs.entrySet()) all = all.plus(entry.getKey(), HashTreePMap.from(entry.getValue()));
        TopicImage topic = new TopicImage("orders", Uuid.randomUuid(), List.of());
        ClusterImage empty = ClusterImage.EMPTY;
        return new RecordedMetadata(new ClusterImage(
                0,
                empty.topicsByName().plus("orders", topic),
                empty.topicsById().plus(topic.id(), topic),
                empty.nodes(),
                all,
                empty.nextProducerId()));
    }
}
