package io.chronik.it.api;

import static io.chronik.it.api.Probe.error;
import static io.chronik.it.api.Probe.shows;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopicCollection;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// Topics: made, changed, described, deleted.
final class TopicProbes {
    private TopicProbes() {}

    static List<Probe> all() {
        return List.of(
                new Probe(
                        ApiKeys.METADATA,
                        shows("a topic's partitions, leader and id", TopicProbes::describes),
                        shows("unknown topic: UNKNOWN_TOPIC_OR_PARTITION", TopicProbes::refusesUnknown)),
                new Probe(
                        ApiKeys.CREATE_TOPICS,
                        shows("created with defaults (-1, -1) and an id", TopicProbes::creates),
                        shows("twice: TOPIC_ALREADY_EXISTS", TopicProbes::refusesSecond)),
                new Probe(
                        ApiKeys.DELETE_TOPICS,
                        shows("gone from Metadata; by name and by id", TopicProbes::deletes),
                        shows(
                                "unknown: UNKNOWN_TOPIC_OR_PARTITION, by id UNKNOWN_TOPIC_ID",
                                TopicProbes::refusesDelete)),
                new Probe(
                        ApiKeys.CREATE_PARTITIONS,
                        shows("from 1 to 3", TopicProbes::grows),
                        shows("from 3 to 2: INVALID_PARTITIONS", TopicProbes::refusesShrinking)),
                new Probe(
                        ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                        shows("pages with a cursor", TopicProbes::pages),
                        shows("unknown topic: UNKNOWN_TOPIC_OR_PARTITION", TopicProbes::refusesUnknownInPage)));
    }

    private static MetadataResponseTopic metadata(RawKafka kafka, short version, String topic) {
        var request = new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName(topic)));
        request.setAllowAutoTopicCreation(version < 4);
        return kafka.wire()
                .call(ApiKeys.METADATA, version, request, MetadataResponseData.class)
                .topics()
                .iterator()
                .next();
    }

    private static void describes(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("metadata-v" + version, 2);
        MetadataResponseTopic described = metadata(kafka, version, topic.name());
        assertThat(error(described.errorCode())).isEqualTo(Errors.NONE);
        assertThat(described.partitions()).hasSize(2).allSatisfy(partition -> {
            assertThat(partition.leaderId()).isNotNegative();
            assertThat(partition.replicaNodes()).containsExactly(partition.leaderId());
            assertThat(partition.isrNodes()).containsExactly(partition.leaderId());
        });
        if (version >= 10) {
            assertThat(described.topicId()).isEqualTo(topic.id());
        }
        var request = new MetadataRequestData();
        request.setTopics(version == 0 ? List.of() : null);
        var everything = kafka.wire().call(ApiKeys.METADATA, version, request, MetadataResponseData.class);
        assertThat(everything.topics().stream().map(MetadataResponseTopic::name))
                .contains(topic.name());
        assertThat(everything.brokers()).hasSize(1);
    }

    private static void refusesUnknown(RawKafka kafka, short version) {
        if (version < 4) {
            // Older versions cannot ask without creating: an illegal name shows the refusal instead.
            assertThat(error(metadata(kafka, version, "no/topic").errorCode()))
                    .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
            return;
        }
        assertThat(error(
                        metadata(kafka, version, RawKafka.uniqueName("nowhere")).errorCode()))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private static CreatableTopicResult create(RawKafka kafka, short version, String name) {
        boolean defaults = version >= 4;
        var request = new CreateTopicsRequestData().setTimeoutMs(10_000);
        request.topics()
                .add(new CreatableTopic()
                        .setName(name)
                        .setNumPartitions(defaults ? -1 : 1)
                        .setReplicationFactor((short) (defaults ? -1 : 1)));
        return kafka.wire()
                .call(ApiKeys.CREATE_TOPICS, version, request, CreateTopicsResponseData.class)
                .topics()
                .iterator()
                .next();
    }

    private static void creates(RawKafka kafka, short version) {
        CreatableTopicResult created = create(kafka, version, RawKafka.uniqueName("create-v" + version));
        assertThat(error(created.errorCode())).isEqualTo(Errors.NONE);
        if (version >= 5) {
            assertThat(created.numPartitions()).isEqualTo(1);
            assertThat(created.replicationFactor()).isEqualTo((short) 1);
            assertThat(created.configs()).isNotEmpty();
        }
        if (version >= 7) {
            assertThat(created.topicId()).isNotEqualTo(Uuid.ZERO_UUID);
        }
    }

    private static void refusesSecond(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("create-v" + version, 1);
        assertThat(error(create(kafka, version, topic.name()).errorCode())).isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
    }

    private static Errors delete(RawKafka kafka, short version, DeleteTopicState topic) {
        var request = new DeleteTopicsRequestData().setTimeoutMs(10_000);
        if (version >= 6) {
            request.setTopics(List.of(topic));
        } else {
            request.setTopicNames(List.of(topic.name()));
        }
        return error(kafka.wire()
                .call(ApiKeys.DELETE_TOPICS, version, request, DeleteTopicsResponseData.class)
                .responses()
                .iterator()
                .next()
                .errorCode());
    }

    private static void deletes(RawKafka kafka, short version) {
        Topic byName = kafka.createTopic("delete-v" + version, 1);
        assertThat(delete(kafka, version, new DeleteTopicState().setName(byName.name())))
                .isEqualTo(Errors.NONE);
        assertThat(error(metadata(kafka, (short) 12, byName.name()).errorCode()))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        if (version >= 6) {
            Topic byId = kafka.createTopic("delete-v" + version, 1);
            assertThat(delete(kafka, version, new DeleteTopicState().setTopicId(byId.id())))
                    .isEqualTo(Errors.NONE);
        }
    }

    private static void refusesDelete(RawKafka kafka, short version) {
        assertThat(delete(kafka, version, new DeleteTopicState().setName(RawKafka.uniqueName("nowhere"))))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        if (version >= 6) {
            assertThat(delete(kafka, version, new DeleteTopicState().setTopicId(Uuid.randomUuid())))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        }
    }

    private static Errors createPartitions(RawKafka kafka, short version, Topic topic, int count) {
        CreatePartitionsTopicCollection topics = new CreatePartitionsTopicCollection();
        topics.add(new CreatePartitionsTopic()
                .setName(topic.name())
                .setCount(count)
                .setAssignments(null));
        var request = new CreatePartitionsRequestData().setTimeoutMs(10_000).setTopics(topics);
        return error(kafka.wire()
                .call(ApiKeys.CREATE_PARTITIONS, version, request, CreatePartitionsResponseData.class)
                .results()
                .get(0)
                .errorCode());
    }

    private static void grows(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("grow-v" + version, 1);
        assertThat(createPartitions(kafka, version, topic, 3)).isEqualTo(Errors.NONE);
        assertThat(metadata(kafka, (short) 12, topic.name()).partitions()).hasSize(3);
    }

    private static void refusesShrinking(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("grow-v" + version, 3);
        assertThat(createPartitions(kafka, version, topic, 2)).isEqualTo(Errors.INVALID_PARTITIONS);
    }

    private static DescribeTopicPartitionsResponseData page(
            RawKafka kafka,
            short version,
            String topic,
            DescribeTopicPartitionsRequestData.@org.jspecify.annotations.Nullable Cursor cursor) {
        var request = new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName(topic)))
                .setResponsePartitionLimit(2)
                .setCursor(cursor);
        return kafka.wire()
                .call(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, version, request, DescribeTopicPartitionsResponseData.class);
    }

    private static void pages(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("pages", 3);
        var first = page(kafka, version, topic.name(), null);
        assertThat(first.topics().iterator().next().partitions()).hasSize(2);
        assertThat(first.nextCursor().topicName()).isEqualTo(topic.name());
        assertThat(first.nextCursor().partitionIndex()).isEqualTo(2);
        var rest = page(
                kafka,
                version,
                topic.name(),
                new DescribeTopicPartitionsRequestData.Cursor()
                        .setTopicName(topic.name())
                        .setPartitionIndex(2));
        assertThat(rest.topics().iterator().next().partitions())
                .singleElement()
                .satisfies(partition -> assertThat(partition.partitionIndex()).isEqualTo(2));
        assertThat(rest.nextCursor()).isNull();
    }

    private static void refusesUnknownInPage(RawKafka kafka, short version) {
        var topic = page(kafka, version, RawKafka.uniqueName("nowhere"), null)
                .topics()
                .iterator()
                .next();
        assertThat(error(topic.errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
}
