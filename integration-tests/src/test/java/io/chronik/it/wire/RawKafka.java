package io.chronik.it.wire;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.awaitility.Awaitility;

/// The few requests that tests need to set a scene, over one [WireClient], each in a fixed version.
public final class RawKafka implements AutoCloseable {
    private static final int PRODUCE_BY_NAME = 12;
    private static final int LIST_OFFSETS = 10;

    private final WireClient wire;

    public RawKafka(int port) {
        this.wire = WireClient.connect(port);
    }

    public RawKafka(String host, int port) {
        this.wire = WireClient.connect(new InetSocketAddress(host, port));
    }

    public WireClient wire() {
        return wire;
    }

    /// A name that nobody uses.
    public static String uniqueName(String prefix) {
        return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /// A topic as tests know it.
    public record Topic(String name, Uuid id) {}

    /// Keeps its records whatever their timestamps: nodes under test look for old segments twice a second.
    public Topic createTopic(String prefix, int partitions) {
        return createTopic(prefix, partitions, Map.of("retention.ms", "-1"));
    }

    public Topic createTopic(String prefix, int partitions, Map<String, String> configs) {
        Topic created = createTopicOnly(prefix, partitions, 1, configs);
        Awaitility.await("leader of " + created.name()).until(() -> error(listOffset(created, 0, -1)) == Errors.NONE);
        return created;
    }

    /// Returns as soon as the answer is there.
    public Topic createTopicOnly(String prefix, int partitions, int replicas, Map<String, String> configs) {
        String name = uniqueName(prefix);
        CreatableTopic topic =
                new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) replicas);
        configs.forEach((key, value) ->
                topic.configs().add(new CreatableTopicConfig().setName(key).setValue(value)));
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(30_000);
        request.topics().add(topic);
        CreateTopicsResponseData response =
                wire.call(ApiKeys.CREATE_TOPICS, 7, request, CreateTopicsResponseData.class);
        var result = response.topics().iterator().next();
        if (result.errorCode() != 0) {
            throw new AssertionError(
                    "create " + name + ": " + Errors.forCode(result.errorCode()) + " " + result.errorMessage());
        }
        return new Topic(name, result.topicId());
    }

    private static Errors error(ListOffsetsResponseData.ListOffsetsPartitionResponse response) {
        return Errors.forCode(response.errorCode());
    }

    /// Appends one uncompressed batch with acks=all; returns the base offset.
    public long append(Topic topic, int partition, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(
                    System.currentTimeMillis(),
                    ("k" + i).getBytes(StandardCharsets.UTF_8),
                    values[i].getBytes(StandardCharsets.UTF_8));
        }
        PartitionProduceResponse response =
                produce(topic.name(), partition, MemoryRecords.withRecords(Compression.NONE, records), -1);
        if (response.errorCode() != 0) {
            throw new AssertionError(
                    "produce: " + Errors.forCode(response.errorCode()) + " " + response.errorMessage());
        }
        return response.baseOffset();
    }

    /// Sends these record bytes as they are.
    public PartitionProduceResponse produce(String topic, int partition, BaseRecords records, int acks) {
        ProduceResponseData response = wire.call(
                ApiKeys.PRODUCE,
                PRODUCE_BY_NAME,
                produceRequest(topic, partition, records, acks),
                ProduceResponseData.class);
        return response.responses().iterator().next().partitionResponses().get(0);
    }

    public static ProduceRequestData produceRequest(String topic, int partition, BaseRecords records, int acks) {
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData()
                .setName(topic)
                .setPartitionData(
                        List.of(new PartitionProduceData().setIndex(partition).setRecords(records))));
        return new ProduceRequestData()
                .setAcks((short) acks)
                .setTimeoutMs(30_000)
                .setTopicData(topics);
    }

    public long endOffset(Topic topic, int partition) {
        return listOffset(topic, partition, ListOffsets.LATEST).offset();
    }

    public long startOffset(Topic topic, int partition) {
        return listOffset(topic, partition, ListOffsets.EARLIEST).offset();
    }

    /// The special timestamps of ListOffsets.
    public static final class ListOffsets {
        public static final long LATEST = -1;
        public static final long EARLIEST = -2;
        public static final long MAX_TIMESTAMP = -3;

        private ListOffsets() {}
    }

    public ListOffsetsResponseData.ListOffsetsPartitionResponse listOffset(Topic topic, int partition, long timestamp) {
        ListOffsetsRequestData request = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName(topic.name())
                        .setPartitions(List.of(new ListOffsetsPartition()
                                .setPartitionIndex(partition)
                                .setTimestamp(timestamp)))));
        return wire.call(ApiKeys.LIST_OFFSETS, LIST_OFFSETS, request, ListOffsetsResponseData.class)
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }

    /// A fresh producer id with epoch 0.
    public InitProducerIdResponseData initProducerId() {
        InitProducerIdRequestData request =
                new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(60_000);
        InitProducerIdResponseData response = Awaitility.await("producer id")
                .until(
                        () -> wire.call(ApiKeys.INIT_PRODUCER_ID, 4, request, InitProducerIdResponseData.class),
                        answer -> answer.errorCode() != Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
        if (response.errorCode() != 0) {
            throw new AssertionError("InitProducerId: " + Errors.forCode(response.errorCode()));
        }
        return response;
    }

    public String clusterId() {
        return wire.call(
                        ApiKeys.DESCRIBE_CLUSTER,
                        1,
                        new DescribeClusterRequestData(),
                        DescribeClusterResponseData.class)
                .clusterId();
    }

    public ApiVersionsResponseData apiVersions() {
        ApiVersionsRequestData request = new ApiVersionsRequestData()
                .setClientSoftwareName("wire-client")
                .setClientSoftwareVersion("1");
        return wire.call(ApiKeys.API_VERSIONS, 4, request, ApiVersionsResponseData.class);
    }

    @Override
    public void close() {
        wire.close();
    }
}
