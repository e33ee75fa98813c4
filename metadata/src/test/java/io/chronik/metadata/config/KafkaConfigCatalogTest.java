package io.chronik.metadata.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KafkaConfigCatalogTest {
    private final KafkaConfigCatalog catalog = new KafkaConfigCatalog();

    @Test
    void knowsKafkasSettingsAndChroniks() {
        assertThat(catalog.keys(ConfigResource.Type.TOPIC)).hasSize(37 + 1);
        assertThat(catalog.keys(ConfigResource.Type.GROUP)).hasSize(21);
        assertThat(catalog.keys(ConfigResource.Type.BROKER).stream().filter(key -> !isOwn(key)))
                .hasSize(352);
        assertThat(catalog.find(ConfigResource.Type.TOPIC, "chronik.durability"))
                .isPresent();
    }

    @ParameterizedTest
    @EnumSource(
            value = ConfigResource.Type.class,
            names = {"TOPIC", "GROUP", "BROKER"})
    void everyKeyIsSortedDocumentedAndHasAPossibleDefault(ConfigResource.Type type) {
        assertThat(catalog.keys(type)).extracting(ConfigKey::name).isSorted();
        assertThat(catalog.keys(type)).allSatisfy(key -> {
            assertThat(key.documentation()).isNotBlank().endsWith(".");
            if (key.defaultValue() != null)
                assertThat(catalog.valueProblem(type, key.name(), key.defaultValue()))
                        .isEmpty();
            for (String synonym : key.synonyms())
                assertThat(catalog.find(ConfigResource.Type.BROKER, synonym)).isPresent();
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            cleanup.policy                 | compact,delete  | -
            cleanup.policy                 | ''              | -
            cleanup.policy                 | compact,compact | must not repeat a value
            cleanup.policy                 | purge           | must be a list of compact, delete
            compression.type               | zstd            | -
            compression.type               | ZSTD            | must be one of
            compression.type               | ''              | must be one of
            compression.gzip.level         | 0               | must be -1, or must be between 1 and 9
            compression.gzip.level         | -1              | -
            compression.zstd.level         | 23              | must be between -131072 and 22
            message.timestamp.type         | CreateTime      | -
            message.timestamp.type         | createtime      | must be one of CreateTime, LogAppendTime
            segment.bytes                  | 1048576         | -
            segment.bytes                  | 1048575         | must be at least 1048576
            segment.bytes                  | 2147483648      | must be a whole number of at most 32 bits
            retention.ms                   | -1              | -
            retention.ms                   | -2              | must be at least -1
            retention.ms                   | 1d              | must be a whole number
            retention.ms                   | ''              | must be a whole number
            min.insync.replicas            | 0               | must be at least 1
            min.cleanable.dirty.ratio      | 1.5             | must be between 0 and 1
            unclean.leader.election.enable | maybe           | must be true or false
            flush.messages                 | 1               | -
            remote.storage.enable          | true            | must be false
            leader.replication.throttled.replicas | 0:1,1:2  | -
            leader.replication.throttled.replicas | *        | -
            leader.replication.throttled.replicas | a        | must be * or a list of partition:node
            chronik.durability             | page-cache      | -
            chronik.durability             | none            | must be one of fsync, page-cache
            no.such.key                    | 1               | Unknown topic config name: no.such.key
            """)
    void saysWhyATopicCanNotHaveAValue(String name, String value, String problem) {
        if (problem == null)
            assertThat(catalog.problem(ConfigResource.Type.TOPIC, name, value)).isEmpty();
        else
            assertThat(catalog.problem(ConfigResource.Type.TOPIC, name, value))
                    .hasValueSatisfying(text -> assertThat(text).contains(problem));
    }

    @Test
    void nodesCanNotBeGivenRefusedSettingsWhileTheyRun() {
        assertThat(catalog.problem(ConfigResource.Type.BROKER, "sasl.jaas.config", "x"))
                .isPresent();
        assertThat(catalog.problem(ConfigResource.Type.BROKER, "log.retention.ms", "3"))
                .isEmpty();
        assertThat(catalog.valueProblem(ConfigResource.Type.BROKER, "num.partitions", "3"))
                .isEmpty();
        assertThat(catalog.updateMode("num.partitions")).contains(UpdateMode.READ_ONLY);
    }

    @Test
    void groupsTakeTheirOwnSettings() {
        assertThat(catalog.problem(ConfigResource.Type.GROUP, "share.auto.offset.reset", "by_duration:PT1H"))
                .isEmpty();
        assertThat(catalog.problem(ConfigResource.Type.GROUP, "share.auto.offset.reset", "by_duration:1h"))
                .isPresent();
        assertThat(catalog.problem(ConfigResource.Type.GROUP, "retention.ms", "1"))
                .isPresent();
    }

    @Test
    void aSecretIsNotRepeatedInAMessage() {
        CatalogEntry secret = new CatalogEntry(
                new ConfigKey("x", ConfigDef.Type.PASSWORD, null, "", List.of(), true, true, true),
                new ValueRule.OneOf(List.of("a"), false),
                UpdateMode.READ_ONLY,
                new Treatment.Honoured());
        assertThat(secret.valueProblem("hunter2"))
                .hasValueSatisfying(text -> assertThat(text).doesNotContain("hunter2"));
    }

    private static boolean isOwn(ConfigKey key) {
        return key.name().startsWith("chronik.") || key.name().equals("config.unknown");
    }
}
