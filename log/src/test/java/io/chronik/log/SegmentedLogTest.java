package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.log.AppendResult.Appended;
import io.chronik.log.AppendResult.Duplicate;
import io.chronik.log.AppendResult.Rejected;
import io.chronik.log.PartitionLog.Origin;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentedLogTest {
    @TempDir
    Path dataDir;

    private TestLogs logs;

    @BeforeEach
    void setUp() {
        logs = new TestLogs(new FileDisk(), dataDir);
    }

    private static AppendResult append(PartitionLog log, MemoryRecords records) {
        return log.appendAsLeader(records, 1, Origin.CLIENT, 2_000);
    }

    @Test
    void returnsWhatWasAppendedAtTheOffsetsThatWereTold() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());

        // When
        AppendResult first = append(log, Batches.of(1000, "a", "b"));
        AppendResult second = append(log, Batches.of(1010, "c"));

        // Then
        assertThat(first).isEqualTo(new Appended(0, 1, -1));
        assertThat(second).isEqualTo(new Appended(2, 2, -1));
        assertThat(TestLogs.readAll(log.view(), 0)).containsExactly("0=a", "1=b", "2=c");
        assertThat(TestLogs.readAll(log.view(), 1)).containsExactly("0=a", "1=b", "2=c");
    }

    @Test
    void createsNoFileBeforeTheFirstAppend() {
        // When
        SegmentedLog log = logs.open(LogSettings.defaults());
        log.beginEpoch(4);
        log.close();

        // Then
        assertThat(logs.directory()).doesNotExist();
    }

    @Test
    void isDurableOnlyAfterASync() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());
        append(log, Batches.of(1000, "a"));
        assertThat(log.view().durableEndOffset()).isZero();

        // When
        TestLogs.sync(log);

        // Then
        assertThat(log.view().durableEndOffset()).isEqualTo(1);
    }

    @Test
    void aSyncDoesNotCoverWhatWasAppendedAfterItWasTaken() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());
        append(log, Batches.of(1000, "a"));
        SyncTask task = log.syncTask();
        append(log, Batches.of(1000, "b"));

        // When
        task.sync();
        log.onSynced(task);

        // Then
        assertThat(log.view().durableEndOffset()).isEqualTo(1);
        assertThat(log.view().endOffset()).isEqualTo(2);
    }

    @Test
    void findsEverythingAgainAfterAnUncleanStop() throws IOException {
        // Given
        SegmentedLog log = logs.open(TestLogs.segmentBytes(1000));
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            append(log, Batches.of(1000 + i, "value " + i));
            expected.add(i + "=value " + i);
        }
        TestLogs.sync(log);

        // When
        SegmentedLog reopened = logs.open(TestLogs.segmentBytes(1000));

        // Then
        assertThat(reopened.view().endOffset()).isEqualTo(100);
        assertThat(reopened.view().durableEndOffset()).isEqualTo(100);
        assertThat(reopened.view().damaged()).isFalse();
        assertThat(TestLogs.readAll(reopened.view(), 0)).isEqualTo(expected);
        assertThat(reopened.view().endOf(1)).isEqualTo(new LogView.EpochEnd(1, 100));
        assertThat(reopened.view().firstAtOrAfter(1050, 100).orElseThrow().offset())
                .isEqualTo(50);
    }

    @Test
    void limitsASliceToWholeBatchesBelowTheLimit() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());
        for (int i = 0; i < 2000; i++) append(log, Batches.of(1000 + i, "v" + i));
        int batchBytes = Batches.of(1000, "v1000").sizeInBytes();

        // When
        try (LogSlice limited = log.view().read(1990, 1995, 1 << 20, true);
                LogSlice small = log.view().read(1000, 2000, 2 * batchBytes + 1, true);
                LogSlice atLeastOne = log.view().read(1000, 2000, 1, true);
                LogSlice nothing = log.view().read(1000, 2000, 1, false);
                LogSlice old = log.view().read(3, 5, 1 << 20, true)) {
            // Then
            assertThat(Batches.values(limited.copy()))
                    .containsExactly("1990=v1990", "1991=v1991", "1992=v1992", "1993=v1993", "1994=v1994");
            assertThat(Batches.values(small.copy())).containsExactly("1000=v1000", "1001=v1001");
            assertThat(Batches.values(atLeastOne.copy())).containsExactly("1000=v1000");
            assertThat(nothing.sizeBytes()).isZero();
            assertThat(Batches.values(old.copy())).containsExactly("3=v3", "4=v4");
            assertThat(old.baseOffset()).isEqualTo(3);
        }
    }

    @Test
    void refusesOffsetsOutsideTheLog() {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());
        append(log, Batches.of(1000, "a", "b"));
        log.advanceStartOffset(1);

        // Then
        assertThatThrownBy(() -> log.view().read(0, 10, 100, true)).isInstanceOf(OffsetOutOfRange.class);
        assertThatThrownBy(() -> log.view().read(3, 10, 100, true)).isInstanceOf(OffsetOutOfRange.class);
        assertThat(log.view().read(2, 10, 100, true).sizeBytes()).isZero();
    }

    @Test
    void answersADuplicateWithItsOriginalOffsetAlsoAfterARestart() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());
        append(log, Batches.of(1000, "x"));
        append(log, Batches.idempotent(9, 0, 0, "a", "b"));
        append(log, Batches.idempotent(9, 0, 2, "c"));
        TestLogs.sync(log);

        // When
        AppendResult sameProcess = append(log, Batches.idempotent(9, 0, 0, "a", "b"));
        SegmentedLog reopened = logs.open(LogSettings.defaults());
        AppendResult afterCrash = append(reopened, Batches.idempotent(9, 0, 2, "c"));
        AppendResult gap = append(reopened, Batches.idempotent(9, 0, 4, "d"));
        AppendResult old = append(reopened, Batches.idempotent(9, 0, 3, "d"));

        // Then
        assertThat(sameProcess).isEqualTo(new Duplicate(1, 2, -1));
        assertThat(afterCrash).isEqualTo(new Duplicate(3, 3, -1));
        assertThat(((Rejected) gap).error()).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(old).isEqualTo(new Appended(4, 4, -1));
    }

    @Test
    void deletesWholeOldSegmentsOnlyAndRemembersWhereItStarts() throws IOException {
        // Given
        SegmentedLog log = logs.open(TestLogs.segmentBytes(1000));
        for (int i = 0; i < 100; i++) append(log, Batches.of(1000 + i, "value " + i));
        TestLogs.sync(log);
        log.advanceStartOffset(55);

        // When
        long freed = log.deleteOldSegments(100, 2_000);

        // Then
        assertThat(freed).isPositive();
        assertThat(log.view().startOffset()).isEqualTo(55);
        assertThat(logs.segment(0)).doesNotExist();
        SegmentedLog reopened = logs.open(TestLogs.segmentBytes(1000));
        assertThat(reopened.view().startOffset()).isEqualTo(55);
        assertThat(reopened.view().damaged()).isFalse();
        assertThat(TestLogs.readAll(reopened.view(), 55)).contains("55=value 55", "99=value 99");
    }

    @Test
    void keepsItsEndWhenRetentionHasTakenEverything() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());
        append(log, Batches.of(1000, "a", "b"));
        TestLogs.sync(log);

        // When
        log.deleteOldSegments(2, Long.MAX_VALUE / 2);
        SegmentedLog reopened = logs.open(LogSettings.defaults());

        // Then
        assertThat(reopened.view().startOffset()).isEqualTo(2);
        assertThat(append(reopened, Batches.of(1000, "c"))).isEqualTo(new Appended(2, 2, -1));
    }

    @Test
    void aSliceOutlivesTheDeletionOfItsSegment() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());
        append(log, Batches.of(1000, "a"));
        TestLogs.sync(log);
        try (LogSlice slice = log.view().read(0, 1, 100, true)) {
            // When
            log.deleteOldSegments(1, Long.MAX_VALUE / 2);

            // Then
            assertThat(Batches.values(slice.copy())).containsExactly("0=a");
        }
    }

    @Test
    void aBatchThatHasOvertakenItsProducersFirstOneIsRefused() {
        SegmentedLog log = logs.open(LogSettings.defaults());
        assertThat(append(log, Batches.idempotent(9, 0, 2, "c")))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        refused -> assertThat(refused.error()).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER));
        assertThat(append(log, Batches.idempotent(9, 0, 0, "a", "b"))).isInstanceOf(Appended.class);
        assertThat(append(log, Batches.idempotent(9, 0, 2, "c"))).isInstanceOf(Appended.class);
    }

    @Test
    void aProducerOfAnEarlierTopicOfTheNameBeginsWithTheSequenceThatItHas() {
        SegmentedLog log = logs.open(LogSettings.defaults());
        log.admitFormerProducers();
        assertThat(append(log, Batches.idempotent(9, 0, 2, "c"))).isInstanceOf(Appended.class);
        assertThat(append(log, Batches.idempotent(9, 0, 3, "d"))).isInstanceOf(Appended.class);
        assertThat(append(log, Batches.idempotent(9, 0, 5, "f"))).isInstanceOf(Rejected.class);
    }

    @Test
    void whereAProducerMayHaveBeenForgottenAnySequenceIsItsFirst() {
        // When records were removed
        SegmentedLog shorter = logs.open(LogSettings.defaults());
        append(shorter, Batches.of(1000, "a", "b"));
        shorter.advanceStartOffset(1);
        assertThat(append(shorter, Batches.idempotent(9, 0, 2, "c"))).isInstanceOf(Appended.class);

        // When the log is older than producers are known
        long later = 3_000 + LogStoreOptions.defaults().producerIdExpirationMs();
        SegmentedLog old = logs.open(LogSettings.defaults());
        old.truncateTo(0);
        append(old, Batches.of(1000, "a"));
        assertThat(old.appendAsLeader(Batches.idempotent(8, 0, 2, "c"), 1, Origin.CLIENT, later))
                .isInstanceOf(Appended.class);
    }

    @Test
    void truncatesToABatchBoundaryAndForgetsWhatWasAbove() throws IOException {
        // Given
        SegmentedLog log = logs.open(TestLogs.segmentBytes(1000));
        for (int i = 0; i < 50; i++) append(log, Batches.idempotent(9, 0, i, "value " + i));
        TestLogs.sync(log);

        // When
        log.truncateTo(20);

        // Then
        assertThat(log.view().endOffset()).isEqualTo(20);
        assertThat(append(log, Batches.idempotent(9, 0, 20, "again"))).isEqualTo(new Appended(20, 20, -1));
        SegmentedLog reopened = logs.open(TestLogs.segmentBytes(1000));
        assertThat(TestLogs.readAll(reopened.view(), 19)).containsExactly("19=value 19", "20=again");
        assertThat(reopened.view().damaged()).isFalse();
    }

    @Test
    void writesFilesThatKafkaReads() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());
        for (int i = 0; i < 10; i++) append(log, Batches.of(1000, "value " + i));
        log.close();

        // When
        List<String> values = new ArrayList<>();
        File segment = logs.segment(0).toFile();
        try (FileRecords records = FileRecords.open(segment)) {
            records.batches().forEach(batch -> {
                batch.ensureValid();
                values.add(batch.baseOffset() + "@" + batch.partitionLeaderEpoch());
            });
        }

        // Then
        assertThat(values).hasSize(10).startsWith("0@1").endsWith("9@1");
    }

    @Test
    void opensACleanlyClosedLogWithoutReadingItsSegments() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());
        append(log, Batches.idempotent(9, 0, 0, "a"));
        logs.stop(log);

        // When
        SegmentedLog reopened = logs.open(LogSettings.defaults());

        // Then
        assertThat(logs.services().openFiles().count()).isZero();
        assertThat(reopened.view().endOffset()).isEqualTo(1);
        assertThat(append(reopened, Batches.idempotent(9, 0, 0, "a"))).isEqualTo(new Duplicate(0, 0, -1));
    }

    @Test
    void findsTheFirstRecordOfTheLargestTimestamp() throws IOException {
        // Given
        SegmentedLog log = logs.open(TestLogs.segmentBytes(1000));
        for (int i = 0; i < 30; i++) append(log, Batches.of(1000 + i, "a"));
        append(log, Batches.of(9000, "max"));
        append(log, Batches.of(9000, "also max"));
        for (int i = 0; i < 30; i++) append(log, Batches.of(1000 + i, "a"));

        // When
        Optional<LogView.TimestampAndOffset> all = log.view().maxTimestamp(100);
        Optional<LogView.TimestampAndOffset> before = log.view().maxTimestamp(30);

        // Then
        assertThat(all).contains(new LogView.TimestampAndOffset(9000, 30, 1));
        assertThat(before).contains(new LogView.TimestampAndOffset(1029, 29, 1));
        assertThat(Files.exists(logs.segment(0))).isTrue();
    }
}
