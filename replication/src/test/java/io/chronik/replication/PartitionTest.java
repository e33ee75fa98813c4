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

class PartitionTest {
    private static final int SELF = 1;
    private static final int TIMEOUT_MS = 30_000;

    @TempDir
    private Path directory;

    private final ManualLane lane = new ManualLane();
    private final ManualSyncer syncer = new ManualSyncer();
    private final List<AppendOutcome> answers = new ArrayList<>();
    private FileLogStore store;
    private Partition partition;

    @BeforeEach
    void open() {
        store = FileLogStore.open(new FileDisk(), directory, LogStoreOptions.defaults(), new NoListener());
        partition = partition(LogSettings.defaults(), 1);
        partition.assign(leaderEpoch(1, List.of(SELF)));
    }

    @AfterEach
    void close() {
        partition.close();
        store.close();
    }

    private Partition partition(LogSettings settings, int minInSync) {
        var id = new TopicIdPartition(Uuid.randomUuid(), 0, "topic");
        var log = store.openOrCreate(id, settings, 0);
        return new Partition(id, SELF, lane, () -> 1_000, log, syncer, PartitionPeers.NONE, minInSync, 10_000, 0);
    }

    private static Assignment leaderEpoch(int epoch, List<Integer> isr) {
        return new Assignment(List.of(SELF, 2), isr, SELF, epoch, epoch, -1);
    }

    private static MemoryRecords batch(String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) records[i] = new SimpleRecord(1_000, values[i].getBytes(UTF_8));
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    private static MemoryRecords idempotentBatch(int sequence, String value) {
        return MemoryRecords.withIdempotentRecords(
                Compression.NONE, 7L, (short) 0, sequence, new SimpleRecord(1_000, value.getBytes(UTF_8)));
    }

    @Test
    void anAppendIsAcknowledgedAfterTheSyncAndNotBefore() {
        // Given
        partition.append(batch("a", "b"), Acks.ALL, TIMEOUT_MS, answers::add);
        partition.append(batch("c"), Acks.LEADER, TIMEOUT_MS, answers::add);
        assertThat(answers).isEmpty();
        assertThat(partition.view().highWatermark()).isZero();

        // When
        syncer.runRound();

        // Then
        assertThat(answers)
                .containsExactlyInAnyOrder(
                        new AppendOutcome.Committed(0, -1, 0), new AppendOutcome.Committed(2, -1, 0));
        assertThat(partition.view().highWatermark()).isEqualTo(3);
    }

    @Test
    void aDuplicateOfAnUnsyncedAppendIsNotAcknowledgedBeforeTheOriginalIsDurable() {
        // Given
        partition.append(idempotentBatch(0, "a"), Acks.ALL, TIMEOUT_MS, answers::add);

        // When
        partition.append(idempotentBatch(0, "a"), Acks.ALL, TIMEOUT_MS, answers::add);

        // Then
        assertThat(answers).isEmpty();
        syncer.runRound();
        assertThat(answers)
                .containsExactly(new AppendOutcome.Committed(0, -1, 0), new AppendOutcome.Committed(0, -1, 0));
        assertThat(partition.view().log().endOffset()).isEqualTo(1);
    }

    @Test
    void withRelaxedDurabilityTheWrittenEndCounts() {
        // Given
        LogSettings relaxed = LogSettings.defaults().withDurability(LogSettings.Durability.PAGE_CACHE);
        Partition other = partition(relaxed, 1);
        other.assign(leaderEpoch(1, List.of(SELF)));

        // When
        other.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);

        // Then
        assertThat(answers).containsExactly(new AppendOutcome.Committed(0, -1, 0));
        other.close();
    }

    @Test
    void losingTheLeadFailsWhatWaitsWithoutClaimingSuccess() {
        // Given
        partition.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);

        // When
        partition.assign(new Assignment(List.of(SELF, 2), List.of(2), 2, 2, 2, -1));
        syncer.runRound();

        // Then
        assertThat(answers).containsExactly(new AppendOutcome.NotLeader());
        partition.append(batch("b"), Acks.ALL, TIMEOUT_MS, answers::add);
        assertThat(answers).hasSize(2).last().isEqualTo(new AppendOutcome.NotLeader());
    }

    @Test
    void belowTheMinimumInSyncAcksAllIsRefusedAndNothingIsAppended() {
        // Given
        Partition strict = partition(LogSettings.defaults(), 2);
        strict.assign(leaderEpoch(1, List.of(SELF)));

        // When
        strict.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);

        // Then
        assertThat(answers).containsExactly(new AppendOutcome.NotEnoughReplicas(1, 2));
        assertThat(strict.view().log().endOffset()).isZero();
        strict.close();
    }

    @Test
    void withTwoInSyncTheLeadersOwnSyncDoesNotCommit() {
        // Given
        partition.assign(leaderEpoch(2, List.of(SELF, 2)));
        partition.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);
        partition.append(batch("b"), Acks.LEADER, TIMEOUT_MS, answers::add);

        // When
        syncer.runRound();

        // Then
        assertThat(answers).containsExactly(new AppendOutcome.Committed(1, -1, 0));
        assertThat(partition.view().highWatermark()).isZero();
    }

    @Test
    void anAppendThatIsNotConfirmedInTimeIsToldSo() {
        // Given
        partition.append(batch("a"), Acks.ALL, 100, answers::add);

        // When
        lane.advance(101);

        // Then
        assertThat(answers).containsExactly(new AppendOutcome.TimedOut());
        syncer.runRound();
        assertThat(answers).hasSize(1);
    }

    @Test
    void listenersHearOfTheHighWatermarkAndNotOfAppends() {
        // Given
        List<Long> heard = new ArrayList<>();
        partition.addListener(view -> heard.add(view.highWatermark()));
        partition.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);
        assertThat(heard).containsExactly(0L);

        // When
        syncer.runRound();

        // Then
        assertThat(heard).containsExactly(0L, 1L);
    }

    @Test
    void aRefusedBatchLeavesTheLogAsItWas() {
        // Given
        MemoryRecords damaged = batch("a");
        damaged.buffer().put(damaged.sizeInBytes() - 1, (byte) 99);

        // When
        partition.append(damaged, Acks.ALL, TIMEOUT_MS, answers::add);

        // Then
        assertThat(answers)
                .singleElement()
                .isInstanceOfSatisfying(
                        AppendOutcome.Rejected.class,
                        rejected -> assertThat(rejected.error()).isEqualTo(Errors.CORRUPT_MESSAGE));
        assertThat(partition.view().log().endOffset()).isZero();
    }

    @Test
    void deletingRecordsAboveTheHighWatermarkIsRefused() {
        // Given
        partition.append(batch("a"), Acks.ALL, TIMEOUT_MS, answers::add);

        // When
        var result = partition.deleteRecordsBefore(1);

        // Then
        assertThat(result).isEqualTo(new Partition.DeleteRecordsResult.OutOfRange(0));
        syncer.runRound();
        assertThat(partition.deleteRecordsBefore(-1)).isEqualTo(new Partition.DeleteRecordsResult.Deleted(1));
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
