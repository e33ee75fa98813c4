package io.chronik.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.replication.FetchPoint;
import io.chronik.replication.Partition;
import io.chronik.server.peer.PeerConnection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaFetcherTest {
    private static final int LEADER = OneNode.OTHER;
    private static final int SESSION = 77;

    @TempDir
    Path directory;

    private OneNode node;
    private ReplicaFetcher fetcher;
    private final Leader leader = new Leader();
    private final ReplicationThrottle throttle = ReplicationThrottle.none();

    @BeforeEach
    void open() {
        node = new OneNode(directory);
        fetcher = new ReplicaFetcher(
                OneNode.SELF,
                LEADER,
                () -> 9,
                leader,
                node.time.lane(),
                ReplicaFetchSettings.defaults(),
                ReplicationMeter.NONE,
                throttle);
    }

    @AfterEach
    void close() {
        node.close();
    }

    /// Answers when the test says so.
    private static final class Leader implements PeerConnection {
        private final List<FetchRequestData> requests = new ArrayList<>();
        private final List<CompletableFuture<PeerAnswer>> answers = new ArrayList<>();
        private int released;

        @Override
        public CompletionStage<PeerAnswer> send(
                AbstractRequest.Builder<? extends AbstractRequest> request, int timeoutMs) {
            requests.add(((FetchRequest) request.build(request.latestAllowedVersion())).data());
            CompletableFuture<PeerAnswer> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer;
        }

        @Override
        public void onClosed(Consumer<Reason> told) {}

        void answer(int request, FetchResponseData data) {
            answers.get(request)
                    .complete(new PeerAnswer(FetchResponse.of(data.setSessionId(SESSION)), () -> released++));
        }

        void disconnect(int request) {
            answers.get(request).completeExceptionally(new DisconnectException());
        }

        List<Long> askedOffsets(int request) {
            return requests.get(request).topics().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .map(FetchRequestData.FetchPartition::fetchOffset)
                    .toList();
        }
    }

    private FetchResponseData empty() {
        return new FetchResponseData();
    }

    private FetchResponseData with(int partition, PartitionData data) {
        return new FetchResponseData()
                .setResponses(List.of(new FetchableTopicResponse()
                        .setTopicId(node.topicId)
                        .setPartitions(List.of(data.setPartitionIndex(partition)))));
    }

    private static PartitionData records(int leaderEpoch, long baseOffset, String value) {
        MemoryRecords batch = OneNode.batch(value);
        for (var each : batch.batches()) each.setLastOffset(baseOffset);
        for (var each : batch.batches()) each.setPartitionLeaderEpoch(leaderEpoch);
        return new PartitionData().setRecords(batch).setHighWatermark(0).setLogStartOffset(0);
    }

    private static FetchPoint point(long fetchId, long offset) {
        return new FetchPoint(fetchId, LEADER, 1, offset, -1, 0, 0);
    }

    /// As the partition itself asks.
    private Partition asking(int index) {
        Partition partition = node.follower(index, 1);
        fetcher.ask(partition, node.points.getLast());
        return partition;
    }

    @Test
    void oneRequestOpensTheSessionAndTwoAreUnderWayInIt() {
        // Given
        asking(0);
        asking(1);
        int whileOpening = leader.requests.size();

        // When
        leader.answer(0, empty());
        asking(2);
        asking(3);

        // Then
        assertThat(whileOpening).isEqualTo(1);
        assertThat(leader.requests).hasSize(3);
        assertThat(leader.requests.get(1).sessionId()).isEqualTo(SESSION);
        assertThat(leader.requests).extracting(FetchRequestData::sessionEpoch).containsExactly(0, 1, 2);
        assertThat(leader.requests.get(2).topics().getFirst().partitions()).hasSize(1);
        assertThat(leader.requests.get(2).replicaState().replicaEpoch()).isEqualTo(9);
    }

    @Test
    void recordsAreAppendedAndTheFrameIsGivenBackAfterwards() {
        // Given
        Partition partition = asking(0);
        node.laneOf(0).hold();

        // When
        leader.answer(0, with(0, records(1, 0, "a")));
        int releasedBefore = leader.released;
        node.laneOf(0).goOn();

        // Then
        assertThat(releasedBefore).isZero();
        assertThat(leader.released).isEqualTo(1);
        assertThat(partition.view().log().endOffset()).isEqualTo(1);
    }

    @Test
    void nothingIsAskedForAPartitionUntilItsRecordsAreDurable() {
        // Given
        Partition partition = asking(0);
        leader.answer(0, with(0, records(1, 0, "a")));
        int beforeTheSync = leader.requests.size();

        // When
        node.syncer.runRound();
        fetcher.ask(partition, node.points.getLast());

        // Then
        assertThat(beforeTheSync).isEqualTo(1);
        assertThat(leader.askedOffsets(1)).containsExactly(1L);
    }

    @Test
    void whatALaterLeaderWroteIsNotTakenFromADeposedOne() {
        // Given
        Partition partition = asking(0);

        // When
        leader.answer(0, with(0, records(2, 0, "of epoch 2")));

        // Then
        assertThat(partition.view().log().endOffset()).isZero();
        assertThat(leader.released).isEqualTo(1);
    }

    @Test
    void afterALostConnectionEverythingUnansweredIsAskedAgain() {
        // Given
        asking(0);
        asking(1);
        leader.answer(0, empty());
        assertThat(leader.requests).hasSize(2);

        // When
        leader.disconnect(1);
        node.time.advance(20);

        // Then
        assertThat(leader.requests).hasSize(3);
        assertThat(leader.requests.getLast().sessionId()).isZero();
        assertThat(leader.requests.getLast().sessionEpoch()).isZero();
        assertThat(leader.requests.getLast().topics().getFirst().partitions()).hasSize(2);
    }

    @Test
    void anAnswerOfALostSessionIsDroppedAndItsFrameGivenBack() {
        // Given
        Partition partition = asking(0);
        leader.answer(0, empty());
        asking(1);
        leader.disconnect(1);

        // When
        leader.answer(2, with(0, records(1, 0, "late")));

        // Then
        assertThat(partition.view().log().endOffset()).isZero();
        assertThat(leader.released).isEqualTo(2);
    }

    @Test
    void aRefusedSessionIsOpenedAnew() {
        // Given
        asking(0);
        leader.answer(0, empty());

        // When
        leader.answer(1, new FetchResponseData().setErrorCode(Errors.FETCH_SESSION_ID_NOT_FOUND.code()));
        node.time.advance(20);

        // Then
        assertThat(leader.requests.getLast().sessionId()).isZero();
        assertThat(leader.askedOffsets(2)).containsExactly(0L);
    }

    @Test
    void failuresInARowMakeThePausesLonger() {
        // Given
        asking(0);

        // When
        long pausedMs = 0;
        for (int failure = 0; failure < 4; failure++) {
            int before = leader.requests.size();
            leader.disconnect(before - 1);
            for (; leader.requests.size() == before; pausedMs++) node.time.advance(1);
        }

        // Then
        assertThat(pausedMs).isEqualTo(20 + 40 + 80 + 160);
    }

    @Test
    void anAnswerBelongsToWhatTheLeaderHadHeardWhenItMadeIt() {
        // Given
        OpenQuestions questions = new OpenQuestions();
        Partition partition = node.follower(0, 1);
        ReplicaKey key = ReplicaKey.of(partition.id());
        questions.ask(new OpenQuestions.Question(partition, point(1, 0)));
        questions.send();
        questions.ask(new OpenQuestions.Question(partition, point(2, 5)));
        questions.send();

        // When
        questions.onAnswer();
        var toTheFirst = questions.answered(key);
        questions.onAnswer();
        var toTheSecond = questions.answered(key);

        // Then
        assertThat(toTheFirst).isEmpty();
        assertThat(toTheSecond)
                .hasValueSatisfying(
                        question -> assertThat(question.point().fetchId()).isEqualTo(2));
    }

    private void throttle(long bytesPerSecond) {
        throttle.list(Map.of(node.topicId, new ReplicationThrottle.Partitions(true, Set.of())));
        throttle.limit(bytesPerSecond);
    }

    private Partition catchingUp(int index) {
        Partition partition = node.follower(index, 1);
        OneNode.assign(partition, LEADER, 2, List.of(LEADER));
        fetcher.ask(partition, node.points.getLast());
        return partition;
    }

    @Test
    void overTheThrottleAPartitionThatCatchesUpIsNotAskedFor() {
        // Given
        int batch = OneNode.batch("a").sizeInBytes();
        throttle(batch / 2);
        Partition partition = catchingUp(0);

        // When
        leader.answer(0, with(0, records(1, 0, "a")));
        node.syncer.runRound();
        fetcher.ask(partition, node.points.getLast());

        // Then
        assertThat(leader.requests).hasSize(1);
        node.time.advance(900);
        assertThat(leader.requests).hasSize(1);
        node.time.advance(400);
        assertThat(leader.requests).hasSize(2);
        assertThat(leader.askedOffsets(1)).containsExactly(1L);
    }

    @Test
    void overTheThrottleTheLeaderIsToldToForgetWhatItHasHeard() {
        // Given
        throttle(10);
        catchingUp(0);
        leader.answer(0, empty());
        catchingUp(1);

        // When
        leader.answer(1, with(0, records(1, 0, "more than ten bytes")));

        // Then
        assertThat(leader.requests.getLast().forgottenTopicsData().getFirst().partitions())
                .containsExactly(1);
    }

    @Test
    void anInSyncReplicaIsAskedForWhateverTheThrottleSays() {
        // Given
        throttle(0);
        catchingUp(0);

        // When
        asking(1);

        // Then
        assertThat(leader.requests.getFirst().topics().getFirst().partitions())
                .extracting(FetchRequestData.FetchPartition::partition)
                .containsExactly(1);
    }

    @Test
    void whatIsHeldIsNotAskedInANewSession() {
        // Given
        throttle(0);
        catchingUp(0);
        asking(1);

        // When
        leader.disconnect(0);
        node.time.advance(20);

        // Then
        assertThat(leader.requests.getLast().topics().getFirst().partitions())
                .extracting(FetchRequestData.FetchPartition::partition)
                .containsExactly(1);
    }

    @Test
    void aThrottleThatIsLiftedLetsGoWhatItHeld() {
        // Given
        throttle(0);
        catchingUp(0);

        // When
        throttle.limit(ReplicationThrottle.UNLIMITED);
        node.time.advance(200);

        // Then
        assertThat(leader.askedOffsets(0)).containsExactly(0L);
    }

    @Test
    void aPartitionThatFollowsNobodyIsForgotten() {
        // Given
        Partition partition = asking(0);
        leader.answer(0, empty());

        // When
        fetcher.stop(ReplicaKey.of(partition.id()));

        // Then
        assertThat(leader.requests.getLast().forgottenTopicsData().getFirst().partitions())
                .containsExactly(0);
        leader.answer(1, with(0, records(1, 0, "late")));
        assertThat(partition.view().log().endOffset()).isZero();
    }
}
