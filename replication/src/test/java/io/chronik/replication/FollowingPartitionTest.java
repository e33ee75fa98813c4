package io.chronik.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.DiskSyncer;
import io.chronik.log.FileDisk;
import io.chronik.log.FileLogStore;
import io.chronik.log.LogSettings;
import io.chronik.log.LogStoreOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A partition that follows, and one that leads followers; the other nodes are the test.
class FollowingPartitionTest {
    private static final int SELF = 1;
    private static final int OTHER = 2;
    private static final int TIMEOUT_MS = 30_000;
    private static final int MAX_LAG_MS = 10_000;

    @TempDir
    private Path directory;

    private final ManualLane lane = new ManualLane();
    private final ManualSyncer syncer = new ManualSyncer();
    private final RecordingPeers peers = new RecordingPeers();
    private final List<AppendOutcome> answers = new ArrayList<>();
    private FileLogStore store;
    private Partition partition;

    @BeforeEach
    void open() {
        store = FileLogStore.open(new FileDisk(), directory, LogStoreOptions.defaults(), new NoListener());
        var id = new TopicIdPartition(Uuid.randomUuid(), 0, "topic");
        var log = store.openOrCreate(id, LogSettings.defaults(), 0);
        partition = new Partition(id, SELF, lane, () -> 1_000, log, syncer, peers, 1, MAX_LAG_MS, 0);
    }

    @AfterEach
    void close() {
        partition.close();
        store.close();
    }

    private static Assignment led(int leader, int epoch, int partitionEpoch, Integer... isr) {
        return new Assignment(List.of(SELF, OTHER), List.of(isr), leader, epoch, partitionEpoch, -1);
    }

    private static MemoryRecords batch(String value) {
        return MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1_000, value.getBytes(UTF_8)));
    }

    private static MemoryRecords fetched(long baseOffset, int epoch, String value) {
        MemoryRecords records = batch(value);
        var first = records.batches().iterator().next();
        first.setLastOffset(baseOffset);
        first.setPartitionLeaderEpoch(epoch);
        return records;
    }

    private void answer(MemoryRecords records, long highWatermark) {
        partition.onFetched(new Fetched.Records(peers.lastPoint().fetchId(), records, highWatermark, 0));
    }

    private void followWithTwoRecords() {
        partition.assign(led(OTHER, 1, 1, SELF, OTHER));
        answer(fetched(0, 1, "a"), 0);
        syncer.runRound();
        answer(fetched(1, 1, "b"), 1);
        syncer.runRound();
    }

    @Test
    void aFollowerAsksAgainOnlyWhenWhatItHasIsDurable() {
        // Given
        partition.assign(led(OTHER, 1, 1, SELF, OTHER));
        assertThat(peers.lastPoint().fetchOffset()).isZero();
        assertThat(peers.lastPoint().lastFetchedEpoch()).isEqualTo(-1);

        // When
        answer(fetched(0, 1, "a"), 1);

        // Then
        assertThat(peers.points).hasSize(1);
        assertThat(partition.view().highWatermark()).isZero();
        syncer.runRound();
        assertThat(peers.points).hasSize(2);
        assertThat(peers.lastPoint().fetchOffset()).isEqualTo(1);
        assertThat(peers.lastPoint().lastFetchedEpoch()).isEqualTo(1);
        assertThat(partition.view().highWatermark()).isEqualTo(1);
    }

    @Test
    void aLeaderThatBecomesAFollowerSyncsBeforeItsFirstFetch() {
        // Given
        partition.assign(led(SELF, 1, 1, SELF, OTHER));
        partition.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);

        // When
        partition.assign(led(OTHER, 2, 2, SELF, OTHER));

        // Then
        assertThat(peers.points).isEmpty();
        syncer.runRound();
        assertThat(peers.lastPoint().fetchOffset()).isEqualTo(1);
    }

    @Test
    void aLateAnswerChangesNothing() {
        // Given
        followWithTwoRecords();
        FetchPoint before = peers.points.get(1);

        // When
        partition.onFetched(new Fetched.Diverged(before.fetchId(), 0, 0));

        // Then
        assertThat(partition.view().log().endOffset()).isEqualTo(2);
    }

    @Test
    void divergenceCutsTheLogAndAsksFromThere() {
        // Given
        followWithTwoRecords();
        partition.assign(led(OTHER, 2, 2, SELF, OTHER));

        // When
        partition.onFetched(new Fetched.Diverged(peers.lastPoint().fetchId(), 1, 1));
        syncer.runRound();

        // Then
        assertThat(partition.view().log().endOffset()).isEqualTo(1);
        assertThat(peers.lastPoint().fetchOffset()).isEqualTo(1);
    }

    @Test
    void whatIsCommittedIsNotCutWithoutAnUncleanElection() {
        // Given
        followWithTwoRecords();
        partition.assign(led(OTHER, 2, 2, SELF, OTHER));

        // When
        partition.onFetched(new Fetched.Diverged(peers.lastPoint().fetchId(), 0, 0));
        syncer.runRound();

        // Then
        assertThat(partition.view().log().endOffset()).isEqualTo(2);
        int asked = peers.points.size();
        lane.advance(60_000);
        assertThat(peers.points).hasSize(asked);
    }

    @Test
    void afterAnUncleanElectionWhatTheLeaderLacksIsCut() {
        // Given
        followWithTwoRecords();
        partition.assign(new Assignment(List.of(SELF, OTHER), List.of(OTHER), OTHER, 2, 2, 2));

        // When
        partition.onFetched(new Fetched.Diverged(peers.lastPoint().fetchId(), 0, 0));
        syncer.runRound();

        // Then
        assertThat(partition.view().log().endOffset()).isZero();
        assertThat(partition.view().highWatermark()).isZero();
        assertThat(peers.lost).containsExactly("0..1");
    }

    @Test
    void aFollowerBelowTheLeadersStartBeginsAnewThere() {
        // Given
        followWithTwoRecords();

        // When
        partition.onFetched(new Fetched.OutOfRange(peers.lastPoint().fetchId(), 100, 200));
        syncer.runRound();

        // Then
        assertThat(partition.view().log().startOffset()).isEqualTo(100);
        assertThat(peers.lastPoint().fetchOffset()).isEqualTo(100);
    }

    @Test
    void aFollowerThatEndsInsideTheBatchWhereItsLeadersLogBeginsTakesThatBatch() {
        // Given
        followWithTwoRecords();
        MemoryRecords three = MemoryRecords.withRecords(
                Compression.NONE,
                new SimpleRecord(1_000, "B".getBytes(UTF_8)),
                new SimpleRecord(1_000, "C".getBytes(UTF_8)),
                new SimpleRecord(1_000, "D".getBytes(UTF_8)));
        var batch = three.batches().iterator().next();
        batch.setLastOffset(3);
        batch.setPartitionLeaderEpoch(2);

        // When
        partition.onFetched(new Fetched.Records(peers.lastPoint().fetchId(), three, 4, 2));
        syncer.runRound();

        // Then
        assertThat(partition.view().log().startOffset()).isEqualTo(2);
        assertThat(partition.view().log().endOffset()).isEqualTo(4);
        assertThat(peers.lastPoint().fetchOffset()).isEqualTo(4);
    }

    @Test
    void damagedRecordsAreRefusedAndAskedForAgain() {
        // Given
        partition.assign(led(OTHER, 1, 1, SELF, OTHER));
        MemoryRecords damaged = fetched(0, 1, "a");
        damaged.buffer().put(damaged.sizeInBytes() - 1, (byte) 99);

        // When
        answer(damaged, 1);

        // Then
        assertThat(partition.view().log().endOffset()).isZero();
        lane.advance(1_000);
        assertThat(peers.points).hasSize(2);
    }

    @Test
    void anAppendIsAcknowledgedWhenTheFollowerHasItDurably() {
        // Given
        partition.assign(led(SELF, 1, 1, SELF, OTHER));
        partition.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);
        syncer.runRound();
        partition.onFollowerFetch(new FollowerPosition(OTHER, 7, 1, 0, -1, 0));
        assertThat(answers).isEmpty();

        // When
        FollowerCheck check = partition.onFollowerFetch(new FollowerPosition(OTHER, 7, 1, 1, 1, 0));

        // Then
        assertThat(check).isInstanceOf(FollowerCheck.Serve.class);
        assertThat(answers).containsExactly(new AppendOutcome.Committed(0, -1, 0));
    }

    @Test
    void fetchesOfOtherEpochsAndOfOldProcessesDoNotCount() {
        // Given
        partition.assign(led(SELF, 5, 5, SELF, OTHER));
        partition.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);
        syncer.runRound();
        partition.onFollowerFetch(new FollowerPosition(OTHER, 8, 5, 0, -1, 0));

        // When
        var older = partition.onFollowerFetch(new FollowerPosition(OTHER, 8, 4, 1, 5, 0));
        var newer = partition.onFollowerFetch(new FollowerPosition(OTHER, 8, 6, 1, 5, 0));
        var ghost = partition.onFollowerFetch(new FollowerPosition(OTHER, 7, 5, 1, 5, 0));
        var stranger = partition.onFollowerFetch(new FollowerPosition(9, 8, 5, 1, 5, 0));

        // Then
        assertThat(List.of(older, newer, ghost, stranger))
                .containsExactly(
                        new FollowerCheck.Refused(Errors.FENCED_LEADER_EPOCH),
                        new FollowerCheck.Refused(Errors.UNKNOWN_LEADER_EPOCH),
                        new FollowerCheck.Refused(Errors.STALE_BROKER_EPOCH),
                        new FollowerCheck.Refused(Errors.NOT_LEADER_OR_FOLLOWER));
        assertThat(answers).isEmpty();
    }

    @Test
    void aFollowerWithRecordsThatTheLeaderNeverHadIsToldSo() {
        // Given
        partition.assign(led(SELF, 1, 1, SELF, OTHER));
        partition.append(batch("a"), Acks.LEADER, TIMEOUT_MS, answers::add);
        syncer.runRound();
        partition.assign(led(SELF, 3, 3, SELF, OTHER));

        // When
        var check = partition.onFollowerFetch(new FollowerPosition(OTHER, 7, 3, 4, 2, 0));

        // Then
        assertThat(check).isInstanceOfSatisfying(FollowerCheck.Diverged.class, diverged -> {
            assertThat(diverged.end().epoch()).isEqualTo(1);
            assertThat(diverged.end().endOffset()).isEqualTo(1);
        });
        assertThat(partition.view().highWatermark()).isZero();
    }

    @Test
    void aSilentFollowerIsProposedToLeaveAndTheShrinkCountsWhenItIsCommitted() {
        // Given
        partition.assign(led(SELF, 1, 1, SELF, OTHER));
        partition.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);
        syncer.runRound();

        // When
        lane.advance(MAX_LAG_MS + 1);
        partition.checkIsr();

        // Then
        IsrProposal proposal = peers.proposals.getLast();
        assertThat(proposal.replicas()).containsExactly(SELF);
        assertThat(proposal.partitionEpoch()).isEqualTo(1);
        partition.onIsrAnswer(proposal, new IsrAnswer.Committed(2));
        assertThat(answers).isEmpty();
        partition.assign(led(SELF, 1, 2, SELF));
        assertThat(answers).containsExactly(new AppendOutcome.Committed(0, -1, 0));
    }

    @Test
    void aProposalWithoutAnAnswerHoldsTheHighWatermarkAndIsAskedAgain() {
        // Given
        partition.assign(led(SELF, 1, 1, SELF));
        partition.onFollowerFetch(new FollowerPosition(OTHER, 7, 1, 0, -1, 0));
        IsrProposal joining = peers.proposals.getLast();
        assertThat(joining.replicas()).containsExactly(SELF, OTHER);

        // When
        partition.onIsrAnswer(joining, new IsrAnswer.Unknown());
        partition.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);
        syncer.runRound();
        partition.checkIsr();
        assertThat(peers.proposals).hasSize(1);
        lane.advance(500);
        partition.checkIsr();

        // Then
        assertThat(answers).isEmpty();
        assertThat(peers.proposals).hasSize(2);
    }

    @Test
    void aNewLeaderServesTheLatestOffsetOnlyWhenAllThatItBeganWithIsCommitted() {
        // Given
        followWithTwoRecords();
        assertThat(partition.view().highWatermark()).isEqualTo(1);

        // When
        partition.assign(led(SELF, 2, 2, SELF, OTHER));

        // Then
        assertThat(partition.view().servesLatest()).isFalse();
        partition.onFollowerFetch(new FollowerPosition(OTHER, 7, 2, 2, 1, 0));
        assertThat(partition.view().servesLatest()).isTrue();
        assertThat(partition.view().highWatermark()).isEqualTo(2);
    }

    @Test
    void belowTheMinimumInSyncWhatWaitsIsToldAtOnce() {
        // Given
        partition.configure(LogSettings.defaults(), 2);
        partition.assign(led(SELF, 1, 1, SELF, OTHER));
        partition.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);

        // When
        partition.assign(led(SELF, 1, 2, SELF));

        // Then
        assertThat(answers).containsExactly(new AppendOutcome.NotEnoughReplicasAfterAppend(1, 2));
    }

    @Test
    void changedSettingsDoNotForgetTheFollowers() {
        // Given
        partition.assign(led(SELF, 1, 1, SELF, OTHER));
        partition.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);
        partition.onFollowerFetch(new FollowerPosition(OTHER, 7, 1, 1, 1, 0));

        // When
        partition.configure(LogSettings.defaults(), 2);
        syncer.runRound();

        // Then
        assertThat(answers).containsExactly(new AppendOutcome.Committed(0, -1, 0));
    }

    private static final class NoListener implements DiskSyncer.Listener {
        @Override
        public void onSyncFailed(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void onRound(int clients, long bytes, long durationNs) {}
    }
}
