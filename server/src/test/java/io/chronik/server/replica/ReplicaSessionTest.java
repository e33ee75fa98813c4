package io.chronik.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.replication.AppendOutcome;
import io.chronik.replication.Assignment;
import io.chronik.replication.Partition;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaSessionTest {
    private static final int FOLLOWER = OneNode.OTHER;
    private static final long NODE_EPOCH = 5;
    private static final short VERSION = 18;

    @TempDir
    Path directory;

    private OneNode node;
    private VirtualTime.Strand sessionLane;
    private ReplicaFetchHandler handler;
    private ClusterImage image = ClusterImage.EMPTY;
    private final ReplicationThrottle throttle = ReplicationThrottle.none();
    private final RecordedRequest.Connection connection = new RecordedRequest.Connection();
    private int sessionId;
    private int sessionEpoch;

    @BeforeEach
    void open() {
        node = new OneNode(directory);
        sessionLane = node.time.lane();
        handler = new ReplicaFetchHandler(
                node::find, () -> image, _ -> sessionLane, new Random(1), OneNode.MAX_LAG_MS, throttle);
    }

    @AfterEach
    void close() {
        connection.close();
        node.close();
    }

    private final class Asked {
        private final RecordedRequest request;

        Asked(FetchRequest body) {
            this.request = new RecordedRequest(body, connection);
        }

        boolean waits() {
            return request.waits();
        }

        FetchResponseData answer() {
            return request.answer(FetchResponse.class).data();
        }

        Errors error() {
            return Errors.forCode(answer().errorCode());
        }

        List<PartitionData> partitions() {
            return answer().responses().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .toList();
        }

        PartitionData only() {
            assertThat(partitions()).hasSize(1);
            return partitions().getFirst();
        }
    }

    private static FetchPartition at(int partition, int leaderEpoch, long offset, int lastEpoch, long highWatermark) {
        return new FetchPartition()
                .setPartition(partition)
                .setCurrentLeaderEpoch(leaderEpoch)
                .setFetchOffset(offset)
                .setLastFetchedEpoch(lastEpoch)
                .setLogStartOffset(0)
                .setHighWatermark(highWatermark)
                .setPartitionMaxBytes(1 << 20);
    }

    private static FetchPartition at(int partition, long offset) {
        return at(partition, 1, offset, offset == 0 ? -1 : 1, Long.MAX_VALUE);
    }

    private Asked send(long nodeEpoch, int maxBytes, FetchPartition... partitions) {
        FetchRequestData data = new FetchRequestData()
                .setReplicaState(new ReplicaState().setReplicaId(FOLLOWER).setReplicaEpoch(nodeEpoch))
                .setMaxWaitMs(500)
                .setMinBytes(1)
                .setMaxBytes(maxBytes)
                .setSessionId(sessionId)
                .setSessionEpoch(sessionEpoch++)
                .setTopics(
                        partitions.length == 0
                                ? List.of()
                                : List.of(new FetchTopic()
                                        .setTopicId(node.topicId)
                                        .setPartitions(List.of(partitions))));
        Asked asked = new Asked(new FetchRequest(data, VERSION));
        handler.handle(asked.request);
        return asked;
    }

    private Asked fetch(FetchPartition... partitions) {
        return send(NODE_EPOCH, 4 << 20, partitions);
    }

    private Asked openSession(FetchPartition... partitions) {
        sessionId = 0;
        sessionEpoch = 0;
        Asked opening = fetch(partitions);
        sessionId = opening.answer().sessionId();
        return opening;
    }

    @Test
    void whatWasSentIsNotSentAgainUntilItIsAskedFor() {
        // Given
        Partition partition = node.leader(0, 1);
        openSession(at(0, 0));
        Asked first = fetch();
        node.append(partition, "a");
        assertThat(first.only().records().sizeInBytes()).isPositive();

        // When
        Asked second = fetch();
        node.append(partition, "b");

        // Then
        assertThat(second.waits()).isTrue();
        Asked third = fetch(at(0, 1));
        assertThat(second.partitions()).isEmpty();
        assertThat(third.only().records().sizeInBytes()).isPositive();
    }

    @Test
    void anAcknowledgementCountsAtOnceWhileARequestWaits() {
        // Given
        Partition partition = node.leader(0, 1);
        openSession(at(0, 0));
        fetch();
        node.append(partition, "a");
        node.syncer.runRound();
        Asked waiting = fetch();
        assertThat(waiting.waits()).isTrue();
        assertThat(node.outcomes).isEmpty();

        // When
        fetch(at(0, 1));

        // Then
        assertThat(node.outcomes)
                .hasOnlyElementsOfType(AppendOutcome.Committed.class)
                .hasSize(1);
    }

    @Test
    void aRequestWaitsForItsTimeAndNoLonger() {
        // Given
        node.leader(0, 1);
        openSession(at(0, 0));
        Asked asked = fetch();

        // When
        node.time.advance(499);
        boolean waited = asked.waits();
        node.time.advance(1);

        // Then
        assertThat(waited).isTrue();
        assertThat(asked.partitions()).isEmpty();
    }

    @Test
    void idlePartitionsCostNothing() {
        // Given
        int count = 5_000;
        FetchPartition[] all = new FetchPartition[count];
        for (int i = 0; i < count; i++) {
            node.leader(i, 1);
            all[i] = at(i, 0);
        }
        openSession(all);
        int partitionEvents =
                node.lanes.values().stream().mapToInt(lane -> lane.executed).sum();
        int sessionEvents = sessionLane.executed;

        // When
        for (int i = 0; i < 2; i++) {
            fetch();
            node.time.advance(500);
        }

        // Then
        assertThat(node.lanes.values().stream().mapToInt(lane -> lane.executed).sum())
                .isEqualTo(partitionEvents);
        assertThat(sessionLane.executed - sessionEvents).isLessThan(10);
    }

    @Test
    void aFollowerThatWaitsForMoreStaysInSync() {
        // Given
        Partition partition = node.leader(0, 1);
        openSession(at(0, 0));
        for (int i = 0; i < 60; i++) {
            fetch();
            node.time.advance(500);
        }

        // When
        node.append(partition, "after half a minute");
        partition.lane().execute(partition::checkIsr);

        // Then
        assertThat(node.proposals).isEmpty();
    }

    @Test
    void aFollowerThatIsSilentDoesNotStayInSync() {
        // Given
        Partition partition = node.leader(0, 1);
        openSession(at(0, 0));
        node.time.advance(OneNode.MAX_LAG_MS + 1);

        // When
        node.append(partition, "a");
        partition.lane().execute(partition::checkIsr);

        // Then
        assertThat(node.proposals).hasSize(1);
    }

    @Test
    void aProcessThatHasBeenReplacedDoesNotCount() {
        // Given
        Partition partition = node.leader(0, 1);
        node.append(partition, "a");
        node.syncer.runRound();
        image = ClusterImage.EMPTY.apply(new Command.AddNode(
                new NodeImage(FOLLOWER, NODE_EPOCH + 1, Uuid.randomUuid(), List.of(), null, false)));

        // When
        Asked asked = fetch(at(0, 1));

        // Then
        assertThat(asked.error()).isEqualTo(Errors.STALE_BROKER_EPOCH);
        assertThat(partition.view().highWatermark()).isZero();
    }

    @Test
    void anOldSessionOfAReplacedProcessIsNotTakenForTheNewOne() {
        // Given
        node.leader(0, 1);
        openSession(at(0, 0));

        // When
        Asked asked = send(NODE_EPOCH + 1, 4 << 20, at(0, 0));

        // Then
        assertThat(asked.error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void aRequestOutOfOrderIsRefused() {
        // Given
        node.leader(0, 1);
        openSession(at(0, 0));
        sessionEpoch++;

        // When
        Asked asked = fetch(at(0, 0));

        // Then
        assertThat(asked.error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
    }

    @Test
    void newsOfTheHighWatermarkComesSoonAndAlone() {
        // Given
        Partition partition = node.leader(0, 1);
        openSession(at(0, 0));
        fetch();
        node.append(partition, "a");
        node.syncer.runRound();
        Asked acknowledging = fetch(at(0, 1, 1, 1, 0));
        assertThat(acknowledging.waits()).isTrue();

        // When
        node.time.advance(25);

        // Then
        assertThat(acknowledging.only().highWatermark()).isEqualTo(1);
        assertThat(acknowledging.only().records().sizeInBytes()).isZero();
    }

    @Test
    void whatWasFoundForAnEarlierQuestionIsNoAnswerToTheNext() {
        // Given
        Partition partition = node.leader(0, 2);
        node.laneOf(0).hold();
        openSession(at(0, 1, 0, -1, 0)); // Of an old leader epoch; found only after the answer has left.
        node.laneOf(0).goOn();

        // When
        Asked asked = fetch(at(0, 2, 0, -1, 0));
        node.append(partition, "a");

        // Then
        assertThat(Errors.forCode(asked.only().errorCode())).isEqualTo(Errors.NONE);
        assertThat(asked.only().records().sizeInBytes()).isPositive();
    }

    @Test
    void aFollowerIsToldThatAnotherLeads() {
        // Given
        Partition partition = node.leader(0, 1);
        openSession(at(0, 0));
        Asked asked = fetch();

        // When
        OneNode.assign(partition, FOLLOWER, 2, List.of(OneNode.SELF, FOLLOWER));

        // Then
        assertThat(Errors.forCode(asked.only().errorCode())).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void aDivergedFollowerIsToldWhereItsEpochEnds() {
        // Given
        Partition partition = node.leader(0, 1);
        node.append(partition, "a");
        OneNode.assign(partition, OneNode.SELF, 3, List.of(OneNode.SELF, FOLLOWER));
        node.append(partition, "b");

        // When
        openSession();
        Asked asked = fetch(at(0, 3, 5, 2, 0));

        // Then
        assertThat(asked.only().divergingEpoch().epoch()).isEqualTo(1);
        assertThat(asked.only().divergingEpoch().endOffset()).isEqualTo(1);
    }

    @Test
    void whoCatchesUpComesLastAndIsNotStarved() {
        // Given
        String large = "x".repeat(100_000);
        Partition far = node.leader(0, 1);
        Partition live = node.leader(1, 1);
        for (int i = 0; i < 10; i++) {
            node.append(far, large);
            node.append(live, large);
        }
        OneNode.assign(far, OneNode.SELF, 2, List.of(OneNode.SELF));

        // When
        openSession();
        Asked asked = send(NODE_EPOCH, 400_000, at(0, 2, 0, -1, Long.MAX_VALUE), at(1, 0));

        // Then
        assertThat(asked.partitions()).extracting(PartitionData::partitionIndex).containsExactly(1, 0);
        assertThat(asked.partitions().getFirst().records().sizeInBytes()).isBetween(200_000, 300_000);
        assertThat(asked.partitions().getLast().records().sizeInBytes()).isBetween(100_000, 200_000);
    }

    private void throttle(long bytesPerSecond) {
        throttle.list(Map.of(node.topicId, new ReplicationThrottle.Partitions(true, Set.of())));
        throttle.limit(bytesPerSecond);
    }

    @Test
    void overTheThrottleNothingIsSentToWhoCatchesUpAndAllToWhoIsInSync() {
        // Given
        String large = "x".repeat(100_000);
        Partition far = node.leader(0, 1);
        Partition live = node.leader(1, 1);
        node.append(far, large);
        OneNode.assign(far, OneNode.SELF, 2, List.of(OneNode.SELF));
        throttle(50_000);
        openSession();
        Asked first = fetch(at(0, 2, 0, -1, Long.MAX_VALUE), at(1, 0));
        assertThat(first.only().partitionIndex()).isEqualTo(0);
        node.append(far, large);

        // When
        Asked second = fetch(at(0, 2, 1, 1, Long.MAX_VALUE));
        node.time.advance(400);
        assertThat(second.waits()).isTrue();
        node.append(live, large);

        // Then
        assertThat(second.only().partitionIndex()).isEqualTo(1);
        Asked third = fetch(at(1, 1));
        node.time.advance(400);
        assertThat(third.waits()).isTrue();
        Asked fourth = fetch();
        node.time.advance(300);
        assertThat(third.partitions()).isEmpty();
        assertThat(fourth.only().partitionIndex()).isEqualTo(0);
    }

    @Test
    void oneAnswerTakesNoMoreThanOnePartitionBeyondTheThrottle() {
        // Given
        String large = "x".repeat(100_000);
        for (int i = 0; i < 3; i++) {
            Partition far = node.leader(i, 1);
            node.append(far, large);
            OneNode.assign(far, OneNode.SELF, 2, List.of(OneNode.SELF));
        }
        throttle(150_000);
        openSession();

        // When
        Asked asked = fetch(
                at(0, 2, 0, -1, Long.MAX_VALUE), at(1, 2, 0, -1, Long.MAX_VALUE), at(2, 2, 0, -1, Long.MAX_VALUE));

        // Then
        assertThat(asked.partitions()).extracting(PartitionData::partitionIndex).containsExactly(0, 1);
        Asked next = fetch();
        assertThat(next.waits()).isTrue();
        node.time.advance(400);
        assertThat(next.only().partitionIndex()).isEqualTo(2);
    }

    @Test
    void whoHasComeIntoSyncIsNotHeldForLong() {
        // Given
        Partition partition = node.leader(0, 1);
        OneNode.assign(partition, OneNode.SELF, 2, List.of(OneNode.SELF));
        throttle(0);
        openSession(at(0, 2, 0, -1, Long.MAX_VALUE));
        Asked asked = fetch();
        node.append(partition, "a");
        assertThat(asked.waits()).isTrue();

        // When
        partition
                .lane()
                .execute(() -> partition.assign(new Assignment(
                        List.of(OneNode.SELF, FOLLOWER), List.of(OneNode.SELF, FOLLOWER), OneNode.SELF, 2, 3, -1)));
        node.time.advance(200);

        // Then
        assertThat(asked.only().records().sizeInBytes()).isPositive();
    }

    @Test
    void whatFindsNoRoomComesFirstNextTime() {
        // Given
        String large = "x".repeat(100_000);
        for (int i = 0; i < 3; i++) node.append(node.leader(i, 1), large);

        // When
        openSession();
        Asked first = send(NODE_EPOCH, 150_000, at(0, 0), at(1, 0), at(2, 0));
        Asked second = send(NODE_EPOCH, 150_000);
        Asked third = send(NODE_EPOCH, 150_000);

        // Then
        assertThat(first.only().partitionIndex()).isEqualTo(0);
        assertThat(second.only().partitionIndex()).isEqualTo(1);
        assertThat(third.only().partitionIndex()).isEqualTo(2);
    }
}
