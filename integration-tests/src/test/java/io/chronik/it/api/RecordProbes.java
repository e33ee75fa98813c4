package io.chronik.it.api;

import static io.chronik.it.api.Probe.error;
import static io.chronik.it.api.Probe.shows;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.wire.RawKafka;
import io.chronik.it.wire.RawKafka.Topic;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Records in and out, and the questions about them.
final class RecordProbes {
    private static final long EARLIEST = RawKafka.ListOffsets.EARLIEST;
    private static final long LATEST = RawKafka.ListOffsets.LATEST;

    private RecordProbes() {}

    static List<Probe> all() {
        return List.of(
                new Probe(
                        ApiKeys.PRODUCE,
                        shows("a batch is appended at the end offset", RecordProbes::produces),
                        shows(
                                "unknown topic: UNKNOWN_TOPIC_OR_PARTITION, by id UNKNOWN_TOPIC_ID",
                                RecordProbes::refusesProduce)),
                new Probe(
                        ApiKeys.FETCH,
                        shows("the batch comes back with its bytes", RecordProbes::fetches),
                        shows("an offset behind the end: OFFSET_OUT_OF_RANGE", RecordProbes::refusesFetch)),
                new Probe(
                        ApiKeys.LIST_OFFSETS,
                        shows("earliest 0, latest = end; by timestamp", RecordProbes::listsOffsets),
                        shows("unknown partition: UNKNOWN_TOPIC_OR_PARTITION", RecordProbes::refusesListOffsets)),
                new Probe(
                        ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                        shows("epoch 0 ends at the end offset", RecordProbes::endsEpoch),
                        shows("a newer current epoch: UNKNOWN_LEADER_EPOCH", RecordProbes::refusesEpoch)),
                new Probe(
                        ApiKeys.DELETE_RECORDS,
                        shows("the low watermark moves", RecordProbes::deletesRecords),
                        shows("behind the end: OFFSET_OUT_OF_RANGE", RecordProbes::refusesDeleteRecords)),
                new Probe(
                        ApiKeys.DESCRIBE_LOG_DIRS,
                        shows("the partition's size in its directory", RecordProbes::describesLogDirs),
                        shows("an unknown topic is left out", RecordProbes::leavesOutUnknownTopic)),
                new Probe(
                        ApiKeys.DESCRIBE_PRODUCERS,
                        shows("an idempotent producer's id, epoch and last sequence", RecordProbes::describesProducers),
                        shows(
                                "unknown partition: UNKNOWN_TOPIC_OR_PARTITION",
                                RecordProbes::refusesDescribeProducers)));
    }

    private static MemoryRecords batch(String value) {
        return MemoryRecords.withRecords(
                Compression.NONE,
                new SimpleRecord(1_700_000_000_000L, value.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    private static PartitionProduceResponse produce(RawKafka kafka, short version, Topic topic) {
        TopicProduceData data = new TopicProduceData();
        if (version >= 13) {
            data.setTopicId(topic.id());
        } else {
            data.setName(topic.name());
        }
        data.setPartitionData(List.of(new PartitionProduceData().setIndex(0).setRecords(batch("produced"))));
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        topics.add(data);
        var request = new ProduceRequestData()
                .setAcks((short) -1)
                .setTimeoutMs(10_000)
                .setTopicData(topics);
        return kafka.wire()
                .call(ApiKeys.PRODUCE, version, request, ProduceResponseData.class)
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0);
    }

    private static void produces(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("produce-v" + version, 1);
        kafka.append(topic, 0, "before");
        PartitionProduceResponse response = produce(kafka, version, topic);
        assertThat(error(response.errorCode())).isEqualTo(Errors.NONE);
        assertThat(response.baseOffset()).isEqualTo(1);
        assertThat(kafka.endOffset(topic, 0)).isEqualTo(2);
    }

    private static void refusesProduce(RawKafka kafka, short version) {
        Topic unknown = new Topic(RawKafka.uniqueName("nowhere"), Uuid.randomUuid());
        Errors expected = version >= 13 ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        assertThat(error(produce(kafka, version, unknown).errorCode())).isEqualTo(expected);
    }

    private static FetchResponseData fetch(RawKafka kafka, short version, Topic topic, long offset) {
        FetchTopic wanted = new FetchTopic();
        if (version >= 13) {
            wanted.setTopicId(topic.id());
        } else {
            wanted.setTopic(topic.name());
        }
        wanted.setPartitions(List.of(
                new FetchPartition().setPartition(0).setFetchOffset(offset).setPartitionMaxBytes(1 << 20)));
        var request = new FetchRequestData()
                .setMaxWaitMs(500)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setTopics(List.of(wanted));
        return kafka.wire().call(ApiKeys.FETCH, version, request, FetchResponseData.class);
    }

    private static void fetches(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("fetch-v" + version, 1);
        kafka.append(topic, 0, "first");
        kafka.append(topic, 0, "second");
        FetchResponseData response = fetch(kafka, version, topic, 1);
        assertThat(error(response.errorCode())).isEqualTo(Errors.NONE);
        var partition = response.responses().get(0).partitions().get(0);
        assertThat(error(partition.errorCode())).isEqualTo(Errors.NONE);
        assertThat(partition.highWatermark()).isEqualTo(2);
        assertThat(partition.lastStableOffset()).isEqualTo(2);
        var record = ((MemoryRecords) partition.records()).records().iterator().next();
        assertThat(record.offset()).isEqualTo(1);
        assertThat(java.nio.charset.StandardCharsets.UTF_8
                        .decode(record.value())
                        .toString())
                .isEqualTo("second");
    }

    private static void refusesFetch(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("fetch-v" + version, 1);
        var partition =
                fetch(kafka, version, topic, 77).responses().get(0).partitions().get(0);
        assertThat(error(partition.errorCode())).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    }

    private static ListOffsetsPartitionResponse listOffset(
            RawKafka kafka, short version, String topic, int partition, long timestamp) {
        var request = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new ListOffsetsPartition()
                                .setPartitionIndex(partition)
                                .setTimestamp(timestamp)))));
        return kafka.wire()
                .call(ApiKeys.LIST_OFFSETS, version, request, ListOffsetsResponseData.class)
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }

    private static void listsOffsets(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("list-v" + version, 1);
        kafka.produce(topic.name(), 0, batch("at 1.7e12"), -1);
        kafka.append(topic, 0, "now");
        assertThat(listOffset(kafka, version, topic.name(), 0, EARLIEST).offset())
                .isZero();
        assertThat(listOffset(kafka, version, topic.name(), 0, LATEST).offset()).isEqualTo(2);
        assertThat(listOffset(kafka, version, topic.name(), 0, 1_700_000_000_001L)
                        .offset())
                .isEqualTo(1);
        if (version >= 7) {
            assertThat(listOffset(kafka, version, topic.name(), 0, RawKafka.ListOffsets.MAX_TIMESTAMP)
                            .offset())
                    .isEqualTo(1);
        }
    }

    private static void refusesListOffsets(RawKafka kafka, short version) {
        var response = listOffset(kafka, version, RawKafka.uniqueName("nowhere"), 3, LATEST);
        assertThat(error(response.errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private static OffsetForLeaderEpochResponseData.EpochEndOffset epochEnd(
            RawKafka kafka, short version, Topic topic, int currentEpoch) {
        OffsetForLeaderTopicCollection topics = new OffsetForLeaderTopicCollection();
        topics.add(new OffsetForLeaderTopic()
                .setTopic(topic.name())
                .setPartitions(List.of(new OffsetForLeaderPartition()
                        .setPartition(0)
                        .setCurrentLeaderEpoch(currentEpoch)
                        .setLeaderEpoch(0))));
        var request = new OffsetForLeaderEpochRequestData().setReplicaId(-1).setTopics(topics);
        return kafka.wire()
                .call(ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, request, OffsetForLeaderEpochResponseData.class)
                .topics()
                .iterator()
                .next()
                .partitions()
                .get(0);
    }

    private static void endsEpoch(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("epoch-v" + version, 1);
        kafka.append(topic, 0, "a", "b", "c");
        var end = epochEnd(kafka, version, topic, -1);
        assertThat(error(end.errorCode())).isEqualTo(Errors.NONE);
        assertThat(end.leaderEpoch()).isZero();
        assertThat(end.endOffset()).isEqualTo(3);
    }

    private static void refusesEpoch(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("epoch-v" + version, 1);
        assertThat(error(epochEnd(kafka, version, topic, 99).errorCode())).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
    }

    private static DeleteRecordsResponseData.DeleteRecordsPartitionResult deleteRecords(
            RawKafka kafka, short version, Topic topic, long offset) {
        var request = new DeleteRecordsRequestData()
                .setTimeoutMs(10_000)
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName(topic.name())
                        .setPartitions(List.of(new DeleteRecordsPartition()
                                .setPartitionIndex(0)
                                .setOffset(offset)))));
        return kafka.wire()
                .call(ApiKeys.DELETE_RECORDS, version, request, DeleteRecordsResponseData.class)
                .topics()
                .iterator()
                .next()
                .partitions()
                .iterator()
                .next();
    }

    private static void deletesRecords(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("delete-v" + version, 1);
        kafka.append(topic, 0, "a", "b", "c");
        var result = deleteRecords(kafka, version, topic, 2);
        assertThat(error(result.errorCode())).isEqualTo(Errors.NONE);
        assertThat(result.lowWatermark()).isEqualTo(2);
        assertThat(kafka.startOffset(topic, 0)).isEqualTo(2);
    }

    private static void refusesDeleteRecords(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("delete-v" + version, 1);
        assertThat(error(deleteRecords(kafka, version, topic, 5).errorCode())).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    }

    private static DescribeLogDirsResponseData logDirs(RawKafka kafka, short version, String topic) {
        var topics = new DescribeLogDirsRequestData.DescribableLogDirTopicCollection();
        topics.add(new DescribeLogDirsRequestData.DescribableLogDirTopic()
                .setTopic(topic)
                .setPartitions(List.of(0)));
        return kafka.wire()
                .call(
                        ApiKeys.DESCRIBE_LOG_DIRS,
                        version,
                        new DescribeLogDirsRequestData().setTopics(topics),
                        DescribeLogDirsResponseData.class);
    }

    private static void describesLogDirs(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("dirs-v" + version, 1);
        kafka.append(topic, 0, "some bytes");
        var directory = logDirs(kafka, version, topic.name()).results().get(0);
        assertThat(error(directory.errorCode())).isEqualTo(Errors.NONE);
        var partition = directory.topics().get(0).partitions().get(0);
        assertThat(partition.partitionSize()).isPositive();
        assertThat(partition.isFutureKey()).isFalse();
        if (version >= 4) {
            assertThat(directory.totalBytes()).isPositive();
        }
    }

    private static void leavesOutUnknownTopic(RawKafka kafka, short version) {
        var response = logDirs(kafka, version, RawKafka.uniqueName("nowhere"));
        assertThat(response.results().get(0).topics()).isEmpty();
    }

    private static DescribeProducersResponseData.PartitionResponse producers(
            RawKafka kafka, short version, String topic) {
        var topics = new DescribeProducersRequestData.TopicRequestCollection();
        topics.add(
                new DescribeProducersRequestData.TopicRequest().setName(topic).setPartitionIndexes(List.of(0)));
        var request = new DescribeProducersRequestData().setTopics(topics);
        return kafka.wire()
                .call(ApiKeys.DESCRIBE_PRODUCERS, version, request, DescribeProducersResponseData.class)
                .topics()
                .iterator()
                .next()
                .partitions()
                .get(0);
    }

    private static void describesProducers(RawKafka kafka, short version) {
        Topic topic = kafka.createTopic("producers-v" + version, 1);
        var id = kafka.initProducerId();
        MemoryRecords records = MemoryRecords.withIdempotentRecords(
                Compression.NONE,
                id.producerId(),
                id.producerEpoch(),
                0,
                new SimpleRecord("a".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                new SimpleRecord("b".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(error(kafka.produce(topic.name(), 0, records, -1).errorCode()))
                .isEqualTo(Errors.NONE);
        var partition = producers(kafka, version, topic.name());
        assertThat(error(partition.errorCode())).isEqualTo(Errors.NONE);
        assertThat(partition.activeProducers()).singleElement().satisfies(producer -> {
            assertThat(producer.producerId()).isEqualTo(id.producerId());
            assertThat(producer.lastSequence()).isEqualTo(1);
            assertThat(producer.currentTxnStartOffset()).isEqualTo(-1);
        });
    }

    private static void refusesDescribeProducers(RawKafka kafka, short version) {
        assertThat(error(producers(kafka, version, RawKafka.uniqueName("nowhere"))
                        .errorCode()))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
}
