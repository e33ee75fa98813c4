package io.chronik.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.LogSettings;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.replication.Fetched;
import io.chronik.replication.FollowerPosition;
import io.chronik.replication.Partition;
import io.chronik.server.api.AdvertisedAddress;
import io.chronik.server.api.DeleteRecordsHandler;
import io.chronik.server.api.FetchMeter;
import io.chronik.server.api.LeaderHints;
import io.chronik.server.api.ListOffsetsHandler;
import io.chronik.server.api.PartitionLookup;
import io.chronik.server.api.ProduceHandler;
import io.chronik.server.api.ProduceMeter;
import io.chronik.server.fetch.FetchHandler;
import io.chronik.server.fetch.ReadReplicas;
import io.chronik.server.partitions.TopicSettingsSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What clients see of a partition that has a leader and a follower. Here is node 1.
class ReplicatedReadsTest {
    @TempDir
    Path directory;

    private final RecordedRequest.Connection connection = new RecordedRequest.Connection();
    private OneNode node;
    private ClusterImage image = ClusterImage.EMPTY;
    private PartitionLookup lookup;
    private LeaderHints leaders;
    private boolean rackAware = true;

    @BeforeEach
    void open() {
        node = new OneNode(directory);
        AdvertisedAddress addresses = (id, _) -> Optional.of(new AdvertisedAddress.Endpoint("host" + id, 9092));
        lookup = new PartitionLookup(() -> image, id -> Optional.ofNullable(node.partitions.get(id.partition())));
        leaders = new LeaderHints(() -> image, addresses);
        PartitionImage state = new PartitionImage(List.of(1, 2), List.of(1, 2), 2, 1, 1);
        image = image.apply(new Command.AddNode(registered(1, "a")))
                .apply(new Command.AddNode(registered(2, "b")))
                .apply(new Command.CreateTopic("topic", node.topicId, List.of(state), new TreeMap<>()));
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static NodeImage registered(int id, String rack) {
        return new NodeImage(id, 1, Uuid.randomUuid(), List.of(), rack, false);
    }

    private RecordedRequest fetch(int version, long offset, String rack, int maxWaitMs) {
        FetchHandler handler = new FetchHandler(
                lookup,
                new ReadReplicas(OneNode.SELF, () -> image, rackAware),
                leaders,
                new Random(1),
                node.time.lane(),
                new NoFetchMeter(),
                1 << 20);
        FetchTopic topic = new FetchTopic()
                .setTopic(version < 13 ? "topic" : "")
                .setTopicId(version < 13 ? Uuid.ZERO_UUID : node.topicId)
                .setPartitions(List.of(new FetchPartition()
                        .setPartition(0)
                        .setFetchOffset(offset)
                        .setPartitionMaxBytes(1 << 20)));
        FetchRequestData data = new FetchRequestData()
                .setMaxWaitMs(maxWaitMs)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setRackId(rack)
                .setSessionEpoch(-1)
                .setTopics(List.of(topic));
        RecordedRequest request = new RecordedRequest(new FetchRequest(data, (short) version), connection);
        handler.handle(request);
        return request;
    }

    private static PartitionData only(RecordedRequest request) {
        return request.answer(FetchResponse.class)
                .data()
                .responses()
                .getFirst()
                .partitions()
                .getFirst();
    }

    private static Errors error(RecordedRequest fetch) {
        return Errors.forCode(only(fetch).errorCode());
    }

    private static final class NoFetchMeter implements FetchMeter {
        @Override
        public void onFetched(String topic, int bytes) {}

        @Override
        public void onFetchFailed(String topic) {}
    }

    /// A follower with records at 0 and 1, of which its leader says that those below `highWatermark` are committed.
    private Partition follower(long highWatermark) {
        Partition partition = node.follower(0, 1);
        for (long offset = 0; offset < 2; offset++) {
            MemoryRecords batch = OneNode.batch("record " + offset);
            for (var each : batch.batches()) {
                each.setLastOffset(offset);
                each.setPartitionLeaderEpoch(1);
            }
            receive(partition, batch, highWatermark);
        }
        return partition;
    }

    private void receive(Partition partition, MemoryRecords records, long highWatermark) {
        long fetchId = node.points.getLast().fetchId();
        partition.lane().execute(() -> partition.onFetched(new Fetched.Records(fetchId, records, highWatermark, 0)));
        node.syncer.runRound();
    }

    @Test
    void aFollowerServesUpToItsOwnHighWatermark() {
        // Given
        follower(1);
        int oneBatchBytes = OneNode.batch("record 0").sizeInBytes();

        // When
        RecordedRequest request = fetch(18, 0, "", 0);

        // Then
        assertThat(error(request)).isEqualTo(Errors.NONE);
        assertThat(only(request).highWatermark()).isEqualTo(1);
        assertThat(only(request).records().sizeInBytes()).isEqualTo(oneBatchBytes);
    }

    @Test
    void aFetchWaitsUntilTheFollowerLearnsThatMoreIsCommitted() {
        // Given
        Partition partition = follower(1);
        RecordedRequest request = fetch(18, 1, "", 500);
        assertThat(request.waits()).isTrue();

        // When
        receive(partition, MemoryRecords.EMPTY, 2);

        // Then
        assertThat(only(request).records().sizeInBytes()).isPositive();
    }

    @Test
    void aConsumerThatIsFurtherThanTheFollowerIsNotSentBack() {
        // Given
        follower(2);

        // When
        RecordedRequest request = fetch(18, 5, "", 0);

        // Then
        assertThat(error(request)).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
    }

    @Test
    void aClientThatDoesNotKnowFollowersIsServedByTheLeaderOnly() {
        // Given
        follower(2);

        // When
        RecordedRequest request = fetch(10, 0, "", 0);

        // Then
        assertThat(error(request)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void aFollowerOutOfSyncSendsConsumersToTheLeader() {
        // Given
        Partition partition = follower(2);
        OneNode.assign(partition, OneNode.OTHER, 2, List.of(OneNode.OTHER));

        // When
        RecordedRequest request = fetch(18, 0, "", 0);

        // Then
        assertThat(error(request)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(only(request).currentLeader().leaderId()).isEqualTo(OneNode.OTHER);
        assertThat(only(request).currentLeader().leaderEpoch()).isEqualTo(1);
        var endpoint =
                request.answer(FetchResponse.class).data().nodeEndpoints().find(OneNode.OTHER);
        assertThat(endpoint.host()).isEqualTo("host2");
        assertThat(endpoint.rack()).isEqualTo("b");
    }

    @Test
    void aNodeThatIsToldSoSendsNobodyToAFollower() {
        // Given
        rackAware = false;
        Partition partition = node.leader(0, 1);
        node.append(partition, "a");

        // When
        RecordedRequest far = fetch(18, 0, "b", 0);

        // Then
        assertThat(only(far).preferredReadReplica()).isEqualTo(-1);
    }

    @Test
    void aLeaderSendsAConsumerToTheFollowerInItsRack() {
        // Given
        Partition partition = node.leader(0, 1);
        node.append(partition, "a");

        // When
        RecordedRequest far = fetch(18, 0, "b", 500);
        RecordedRequest near = fetch(18, 0, "a", 0);
        RecordedRequest elsewhere = fetch(18, 0, "c", 0);

        // Then
        assertThat(only(far).preferredReadReplica()).isEqualTo(OneNode.OTHER);
        assertThat(only(near).preferredReadReplica()).isEqualTo(-1);
        assertThat(only(elsewhere).preferredReadReplica()).isEqualTo(-1);
    }

    @Test
    void aProducerIsToldWhoLeads() {
        // Given
        follower(0);
        ProduceRequestData data = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1_000);
        data.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setTopicId(node.topicId)
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(0)
                                .setRecords(OneNode.batch("a")))));
        short version = ApiKeys.PRODUCE.latestVersion(false);
        var bytes = MessageUtil.toByteBufferAccessor(data, version).buffer();
        ProduceRequest body = (ProduceRequest)
                AbstractRequest.parseRequest(ApiKeys.PRODUCE, version, new ByteBufferAccessor(bytes)).request;
        RecordedRequest request = new RecordedRequest(body, connection);

        // When
        new ProduceHandler(lookup, leaders, new NoProduceMeter()).handle(request);

        // Then
        var answer = request.answer(ProduceResponse.class).data();
        var slot = answer.responses().iterator().next().partitionResponses().getFirst();
        assertThat(Errors.forCode(slot.errorCode())).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(slot.currentLeader().leaderId()).isEqualTo(OneNode.OTHER);
        assertThat(answer.nodeEndpoints().find(OneNode.OTHER).port()).isEqualTo(9092);
    }

    private static final class NoProduceMeter implements ProduceMeter {
        @Override
        public void onProduced(String topic, int bytes) {}

        @Override
        public void onProduceFailed(String topic) {}
    }

    private ListOffsetsPartitionResponse listOffsets(int version, long timestamp) {
        ListOffsetsRequestData data = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName("topic")
                        .setPartitions(List.of(
                                new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(timestamp)))));
        var bytes = MessageUtil.toByteBufferAccessor(data, (short) version).buffer();
        AbstractRequest body = AbstractRequest.parseRequest(
                        ApiKeys.LIST_OFFSETS, (short) version, new ByteBufferAccessor(bytes))
                .request;
        RecordedRequest request = new RecordedRequest(body, connection);
        new ListOffsetsHandler(lookup, Runnable::run).handle(request);
        return request.answer(ListOffsetsResponse.class)
                .data()
                .topics()
                .getFirst()
                .partitions()
                .getFirst();
    }

    private static FollowerPosition at(int leaderEpoch, long offset, long startOffset) {
        return new FollowerPosition(OneNode.OTHER, 1, leaderEpoch, offset, offset == 0 ? -1 : 1, startOffset);
    }

    @Test
    void aNewLeaderDoesNotSayWhereTheEndIsUntilItKnows() {
        // Given
        Partition partition = node.leader(0, 1);
        node.append(partition, "a");
        node.syncer.runRound();
        OneNode.assign(partition, OneNode.SELF, 2, List.of(OneNode.SELF, OneNode.OTHER));

        // When
        short atOnce = listOffsets(10, ListOffsetsRequest.LATEST_TIMESTAMP).errorCode();
        short toAnOldClient =
                listOffsets(4, ListOffsetsRequest.LATEST_TIMESTAMP).errorCode();
        short byTime = listOffsets(10, 5).errorCode();
        ListOffsetsPartitionResponse earliest = listOffsets(10, ListOffsetsRequest.EARLIEST_TIMESTAMP);
        partition.lane().execute(() -> partition.onFollowerFetch(at(2, 1, 0)));
        ListOffsetsPartitionResponse later = listOffsets(10, ListOffsetsRequest.LATEST_TIMESTAMP);

        // Then
        assertThat(Errors.forCode(atOnce)).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
        assertThat(Errors.forCode(toAnOldClient)).isEqualTo(Errors.LEADER_NOT_AVAILABLE);
        assertThat(Errors.forCode(byTime)).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
        assertThat(earliest.offset()).isZero();
        assertThat(later.offset()).isEqualTo(1);
    }

    private RecordedRequest deleteRecords(long offset) {
        DeleteRecordsRequestData data = new DeleteRecordsRequestData()
                .setTimeoutMs(1_000)
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName("topic")
                        .setPartitions(List.of(new DeleteRecordsPartition()
                                .setPartitionIndex(0)
                                .setOffset(offset)))));
        RecordedRequest request =
                new RecordedRequest(new DeleteRecordsRequest.Builder(data).build((short) 2), connection);
        new DeleteRecordsHandler(lookup, new DefaultSettings(), Runnable::run).handle(request);
        return request;
    }

    private static final class DefaultSettings implements TopicSettingsSource {
        @Override
        public LogSettings logSettings(ClusterImage image, String topic) {
            return LogSettings.defaults();
        }

        @Override
        public int minInSyncReplicas(ClusterImage image, String topic) {
            return 1;
        }
    }

    private static DeleteRecordsPartitionResult deleted(RecordedRequest request) {
        return request.answer(DeleteRecordsResponse.class)
                .data()
                .topics()
                .iterator()
                .next()
                .partitions()
                .iterator()
                .next();
    }

    private Partition leaderWithCommitted() {
        Partition partition = node.leader(0, 1);
        node.append(partition, "a");
        node.append(partition, "b");
        node.syncer.runRound();
        partition.lane().execute(() -> partition.onFollowerFetch(at(1, 2, 0)));
        return partition;
    }

    @Test
    void recordsAreDeletedWhenTheFollowersHaveDeletedThemToo() {
        // Given
        Partition partition = leaderWithCommitted();
        RecordedRequest request = deleteRecords(1);
        boolean waited = request.waits();

        // When
        partition.lane().execute(() -> partition.onFollowerFetch(at(1, 2, 1)));

        // Then
        assertThat(waited).isTrue();
        assertThat(deleted(request).lowWatermark()).isEqualTo(1);
    }

    @Test
    void aFollowerThatDoesNotDeleteInTimeIsTold() {
        // Given
        leaderWithCommitted();
        RecordedRequest request = deleteRecords(1);

        // When
        node.time.advance(1_000);

        // Then
        assertThat(Errors.forCode(deleted(request).errorCode())).isEqualTo(Errors.REQUEST_TIMED_OUT);
    }
}
