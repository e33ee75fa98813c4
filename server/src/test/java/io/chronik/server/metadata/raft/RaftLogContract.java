package io.chronik.server.metadata.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.record.internal.UnalignedMemoryRecords;
import org.apache.kafka.raft.Isolation;
import org.apache.kafka.raft.LogAppendInfo;
import org.apache.kafka.raft.LogFetchInfo;
import org.apache.kafka.raft.LogOffsetMetadata;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.raft.ValidOffsetAndEpoch;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.snapshot.RawSnapshotReader;
import org.apache.kafka.snapshot.RawSnapshotWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What Kafka's Raft library expects of its log: what its own log does, which is run first.
abstract class RaftLogContract {
    /// Small, so that some appends make several.
    static final int SEGMENT_BYTES = 1_000;

    static final long RETENTION_BYTES = 4_000;
    private static final int ALL = 1 << 20;

    RaftLog log;

    /// What is in the directory, which is there and may be empty.
    abstract RaftLog open() throws IOException;

    @BeforeEach
    void openNew() throws IOException {
        log = open();
    }

    @AfterEach
    void close() throws Exception {
        log.close();
    }

    void reopen() throws Exception {
        log.close();
        log = open();
    }

    // ---- Batches ----

    static MemoryRecords batch(long baseOffset, int epoch, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(1_000 + i, values[i].getBytes(StandardCharsets.UTF_8));
        }
        return MemoryRecords.withRecords(baseOffset, Compression.NONE, epoch, records);
    }

    static MemoryRecords joined(MemoryRecords... batches) {
        int size = 0;
        for (MemoryRecords batch : batches) size += batch.sizeInBytes();
        ByteBuffer all = ByteBuffer.allocate(size);
        for (MemoryRecords batch : batches) all.put(batch.buffer());
        return MemoryRecords.readableRecords(all.flip());
    }

    private static MemoryRecords first(int bytes, MemoryRecords records) {
        return MemoryRecords.readableRecords(records.buffer().limit(bytes));
    }

    void append(int epoch, String... values) {
        var _ = log.appendAsLeader(batch(log.endOffset().offset(), epoch, values), epoch);
    }

    /// Five batches of two records: epoch 1 in [0, 4), epoch 3 in [4, 8), epoch 5 in [8, 10).
    void appendThreeEpochs() {
        append(1, "a", "b");
        append(1, "c", "d");
        append(3, "e", "f");
        append(3, "g", "h");
        append(5, "i", "j");
    }

    void commitTo(long offset) {
        log.updateHighWatermark(new LogOffsetMetadata(offset));
    }

    void commitAll() {
        commitTo(log.endOffset().offset());
    }

    /// `offset=value` of each record.
    static List<String> values(Records records) throws IOException {
        List<String> values = new ArrayList<>();
        MemoryRecords inMemory;
        if (records instanceof FileRecords file) {
            ByteBuffer bytes = ByteBuffer.allocate(file.sizeInBytes());
            file.readInto(bytes, 0);
            inMemory = MemoryRecords.readableRecords(bytes);
        } else {
            inMemory = (MemoryRecords) records;
        }
        for (RecordBatch batch : inMemory.batches()) {
            batch.ensureValid();
            for (Record record : batch) {
                values.add(record.offset() + "=" + StandardCharsets.UTF_8.decode(record.value()));
            }
        }
        return values;
    }

    List<String> valuesFrom(long offset) throws IOException {
        return values(log.read(offset, Isolation.UNCOMMITTED, ALL).records);
    }

    /// All of the log, however many reads it takes.
    static List<String> allValues(RaftLog log) throws IOException {
        List<String> values = new ArrayList<>();
        long offset = log.startOffset();
        while (offset < log.endOffset().offset()) {
            List<String> next = values(log.read(offset, Isolation.UNCOMMITTED, ALL).records);
            values.addAll(next);
            String last = next.getLast();
            offset = Long.parseLong(last.substring(0, last.indexOf('='))) + 1;
        }
        return values;
    }

    static OffsetAndEpoch id(long offset, int epoch) {
        return new OffsetAndEpoch(offset, epoch);
    }

    /// A complete snapshot with one batch in it.
    void snapshot(OffsetAndEpoch id) {
        try (RawSnapshotWriter writer = log.createNewSnapshot(id).orElseThrow()) {
            writer.append(batch(0, 0, "image up to " + id.offset()));
            writer.freeze();
        }
    }

    /// As a follower that downloads it.
    void downloadedSnapshot(OffsetAndEpoch id) {
        try (RawSnapshotWriter writer = log.createNewSnapshotUnchecked(id).orElseThrow()) {
            writer.append(batch(0, 0, "image up to " + id.offset()));
            writer.freeze();
        }
    }

    // ---- Empty ----

    @Test
    void aNewLogIsEmptyAtOffsetAndEpochZero() {
        assertThat(log.startOffset()).isZero();
        assertThat(log.endOffset().offset()).isZero();
        assertThat(log.highWatermark().offset()).isZero();
        assertThat(log.lastFetchedEpoch()).isZero();
        assertThat(log.endOffsetForEpoch(4)).isEqualTo(id(0, 0));
        assertThat(log.latestSnapshotId()).isEmpty();
        assertThat(log.earliestSnapshotId()).isEmpty();
        assertThat(log.latestSnapshot()).isEmpty();
        assertThat(log.topicId()).isEqualTo(Uuid.METADATA_TOPIC_ID);
        assertThat(log.topicPartition()).isEqualTo(Topic.CLUSTER_METADATA_TOPIC_PARTITION);
        assertThat(log.validateOffsetAndEpoch(0, 0).kind()).isEqualTo(ValidOffsetAndEpoch.Kind.VALID);
    }

    // ---- Appends ----

    @Test
    void aLeadersBatchIsAppendedAsItIs() throws IOException {
        // When
        LogAppendInfo appended = log.appendAsLeader(batch(0, 2, "a", "b"), 2);
        LogAppendInfo next = log.appendAsLeader(batch(2, 2, "c"), 2);

        // Then
        assertThat(appended).isEqualTo(new LogAppendInfo(0, 1));
        assertThat(next).isEqualTo(new LogAppendInfo(2, 2));
        assertThat(log.endOffset().offset()).isEqualTo(3);
        assertThat(log.lastFetchedEpoch()).isEqualTo(2);
        assertThat(valuesFrom(0)).containsExactly("0=a", "1=b", "2=c");
        assertThat(log.highWatermark().offset()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void aLeadersBatchAtAnotherOffsetIsRefused(long baseOffset) throws IOException {
        // Given
        append(1, "a", "b");

        // When, then
        MemoryRecords batch = batch(baseOffset, 1, "c");
        assertThatThrownBy(() -> log.appendAsLeader(batch, 1)).isInstanceOf(RuntimeException.class);
        assertThat(valuesFrom(0)).containsExactly("0=a", "1=b");
    }

    @Test
    void nothingIsNotAppended() {
        assertThatThrownBy(() -> log.appendAsLeader(MemoryRecords.EMPTY, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.appendAsFollower(MemoryRecords.EMPTY, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFollowerTakesBatchesOfSeveralEpochs() throws IOException {
        // When
        LogAppendInfo appended = log.appendAsFollower(joined(batch(0, 1, "a"), batch(1, 1, "b"), batch(2, 3, "c")), 3);

        // Then
        assertThat(appended).isEqualTo(new LogAppendInfo(0, 2));
        assertThat(valuesFrom(0)).containsExactly("0=a", "1=b", "2=c");
        assertThat(log.lastFetchedEpoch()).isEqualTo(3);
        assertThat(log.endOffsetForEpoch(1)).isEqualTo(id(2, 1));
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void aFollowersBatchAtAnotherOffsetIsRefused(long baseOffset) throws IOException {
        // Given
        append(1, "a", "b");

        // When, then
        MemoryRecords batch = batch(baseOffset, 1, "c");
        assertThatThrownBy(() -> log.appendAsFollower(batch, 1)).isInstanceOf(RuntimeException.class);
        assertThat(valuesFrom(0)).containsExactly("0=a", "1=b");
    }

    @Test
    void aFollowerLeavesOutBatchesOfEpochsThatItHasNotHeardOf() throws IOException {
        // When
        LogAppendInfo appended = log.appendAsFollower(joined(batch(0, 1, "a"), batch(1, 2, "b"), batch(2, 3, "c")), 2);

        // Then
        assertThat(appended).isEqualTo(new LogAppendInfo(0, 1));
        assertThat(valuesFrom(0)).containsExactly("0=a", "1=b");
    }

    @Test
    void aFollowerTakesNothingWhenTheFirstBatchIsOfALaterEpoch() {
        MemoryRecords records = joined(batch(0, 3, "a"), batch(1, 2, "b"));
        assertThatThrownBy(() -> log.appendAsFollower(records, 2)).isInstanceOf(CorruptRecordException.class);
        assertThat(log.endOffset().offset()).isZero();
    }

    @Test
    void aFollowerLeavesOutABatchThatIsCutShort() throws IOException {
        // Given
        MemoryRecords one = batch(0, 1, "a");
        MemoryRecords both = joined(one, batch(1, 1, "b"));

        // When
        LogAppendInfo appended = log.appendAsFollower(first(both.sizeInBytes() - 1, both), 1);

        // Then
        assertThat(appended).isEqualTo(new LogAppendInfo(0, 0));
        assertThat(valuesFrom(0)).containsExactly("0=a");
    }

    @Test
    void aFollowerTakesNothingOfRecordsWithOneBadBatch() {
        // Given
        MemoryRecords records = joined(batch(0, 1, "a"), batch(1, 1, "b"));
        ByteBuffer bytes = records.buffer();
        bytes.put(bytes.limit() - 1, (byte) (bytes.get(bytes.limit() - 1) ^ 1));

        // When, then
        assertThatThrownBy(() -> log.appendAsFollower(records, 1)).isInstanceOf(CorruptRecordException.class);
        assertThat(log.endOffset().offset()).isZero();
    }

    @Test
    void aFollowerTakesNoBatchThatIsCutShortAlone() {
        MemoryRecords records = batch(0, 1, "a");
        assertThatThrownBy(() -> log.appendAsFollower(first(records.sizeInBytes() - 1, records), 1))
                .isInstanceOf(CorruptRecordException.class);
    }

    // ---- Reads ----

    @Test
    void aReadBeginsWithTheBatchThatHoldsTheOffset() throws IOException {
        // Given
        appendThreeEpochs();

        // When
        LogFetchInfo read = log.read(3, Isolation.UNCOMMITTED, ALL);

        // Then
        assertThat(read.startOffsetMetadata.offset()).isEqualTo(2);
        assertThat(values(read.records)).startsWith("2=c", "3=d", "4=e");
    }

    @Test
    void aReadHasOneBatchAtLeast() throws IOException {
        appendThreeEpochs();
        assertThat(values(log.read(4, Isolation.UNCOMMITTED, 1).records)).containsExactly("4=e", "5=f");
    }

    @Test
    void whatIsCommittedEndsBelowTheHighWatermark() throws IOException {
        // Given
        appendThreeEpochs();
        commitTo(4);

        // When
        List<String> committed = values(log.read(0, Isolation.COMMITTED, ALL).records);

        // Then
        assertThat(committed).containsExactly("0=a", "1=b", "2=c", "3=d");
        LogFetchInfo atTheEnd = log.read(4, Isolation.COMMITTED, ALL);
        assertThat(atTheEnd.records.sizeInBytes()).isZero();
        assertThat(atTheEnd.startOffsetMetadata.offset()).isEqualTo(4);
    }

    @Test
    void thereIsNothingAtTheEndAndNoOffsetBehindIt() {
        // Given
        append(1, "a", "b");

        // When
        LogFetchInfo atTheEnd = log.read(2, Isolation.UNCOMMITTED, ALL);

        // Then
        assertThat(atTheEnd.records.sizeInBytes()).isZero();
        assertThat(atTheEnd.startOffsetMetadata.offset()).isEqualTo(2);
        assertThatThrownBy(() -> log.read(3, Isolation.UNCOMMITTED, ALL)).isInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void theHighWatermarkStaysWithinTheLog() {
        // Given
        append(1, "a", "b");

        // When
        commitTo(7);

        // Then
        assertThat(log.highWatermark().offset()).isEqualTo(2);
    }

    // ---- Epochs ----

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 4, 1", "2, 4, 1", "3, 8, 3", "4, 8, 3", "5, 10, 5", "6, 10, 5"})
    void anEpochEndsWhereTheNextBegins(int epoch, long endOffset, int ofEpoch) {
        appendThreeEpochs();
        assertThat(log.endOffsetForEpoch(epoch)).isEqualTo(id(endOffset, ofEpoch));
    }

    @Test
    void aLeadersEpochBeginsBeforeItsFirstRecord() {
        // Given
        append(1, "a", "b");

        // When
        log.initializeLeaderEpoch(4);

        // Then
        assertThat(log.lastFetchedEpoch()).isEqualTo(4);
        assertThat(log.endOffsetForEpoch(1)).isEqualTo(id(2, 1));
        assertThat(log.endOffsetForEpoch(4)).isEqualTo(id(2, 4));
    }

    @ParameterizedTest
    @CsvSource({"10, 5, VALID", "9, 5, VALID", "6, 3, VALID", "8, 3, VALID", "0, 0, VALID"})
    void aFetchPositionThatTheLogHasIsValid(long offset, int epoch) {
        appendThreeEpochs();
        assertThat(log.validateOffsetAndEpoch(offset, epoch).kind()).isEqualTo(ValidOffsetAndEpoch.Kind.VALID);
    }

    @ParameterizedTest
    @CsvSource({"11, 5, 10, 5", "9, 3, 8, 3", "6, 1, 4, 1", "6, 2, 4, 1", "10, 6, 10, 5", "5, 4, 8, 3"})
    void aFetchPositionThatTheLogDoesNotHaveDiverges(long offset, int epoch, long endOffset, int endEpoch) {
        appendThreeEpochs();
        assertThat(log.validateOffsetAndEpoch(offset, epoch))
                .isEqualTo(ValidOffsetAndEpoch.diverging(id(endOffset, endEpoch)));
    }

    // ---- Truncation ----

    @Test
    void truncationForgetsRecordsAndEpochs() throws IOException {
        // Given
        appendThreeEpochs();

        // When
        log.truncateTo(6);

        // Then
        assertThat(log.endOffset().offset()).isEqualTo(6);
        assertThat(log.lastFetchedEpoch()).isEqualTo(3);
        assertThat(allValues(log)).endsWith("4=e", "5=f");
        append(7, "new");
        assertThat(allValues(log)).endsWith("5=f", "6=new");
        assertThat(log.endOffsetForEpoch(5)).isEqualTo(id(6, 3));
    }

    @Test
    void truncationInsideABatchTakesAllOfIt() throws IOException {
        appendThreeEpochs();
        log.truncateTo(7);
        assertThat(log.endOffset().offset()).isBetween(6L, 7L);
        assertThat(valuesFrom(4)).containsExactly("4=e", "5=f");
    }

    @Test
    void truncationBehindTheEndChangesNothing() throws IOException {
        appendThreeEpochs();
        log.truncateTo(10);
        log.truncateTo(20);
        assertThat(log.endOffset().offset()).isEqualTo(10);
        assertThat(log.lastFetchedEpoch()).isEqualTo(5);
    }

    @Test
    void nothingCommittedIsTruncated() throws IOException {
        // Given
        appendThreeEpochs();
        commitTo(6);

        // When, then
        assertThatThrownBy(() -> log.truncateTo(4)).isInstanceOf(IllegalArgumentException.class);
        assertThat(log.endOffset().offset()).isEqualTo(10);
        log.truncateTo(6);
        assertThat(log.endOffset().offset()).isEqualTo(6);
        assertThat(log.highWatermark().offset()).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({"6, 3, 6", "8, 3, 8", "7, 2, 4", "2, 1, 2", "20, 5, 10", "20, 9, 10"})
    void aFollowerTruncatesToWhereItAgreesWithItsLeader(long offset, int epoch, long endOffset) {
        appendThreeEpochs();
        var _ = log.truncateToEndOffset(id(offset, epoch));
        assertThat(log.endOffset().offset()).isEqualTo(endOffset);
    }

    @Test
    void allOfAnUncommittedLogCanBeTruncated() throws IOException {
        appendThreeEpochs();
        log.truncateTo(0);
        assertThat(log.endOffset().offset()).isZero();
        assertThat(log.lastFetchedEpoch()).isZero();
        append(8, "new");
        assertThat(allValues(log)).containsExactly("0=new");
    }

    // ---- Snapshots ----

    @Test
    void aSnapshotIsThereWhenItIsFrozen() throws IOException {
        // Given
        appendThreeEpochs();
        commitAll();

        // When
        try (RawSnapshotWriter writer = log.createNewSnapshot(id(8, 3)).orElseThrow()) {
            MemoryRecords one = batch(0, 0, "a");
            MemoryRecords two = batch(1, 0, "b");
            writer.append(one);
            assertThat(log.latestSnapshotId()).isEmpty();
            assertThat(writer.isFrozen()).isFalse();
            writer.append(new UnalignedMemoryRecords(two.buffer()));
            assertThat(writer.sizeInBytes()).isEqualTo(one.sizeInBytes() + two.sizeInBytes());
            writer.freeze();

            // Then
            assertThat(writer.isFrozen()).isTrue();
            assertThat(writer.snapshotId()).isEqualTo(id(8, 3));
            assertThat(writer.sizeInBytes()).isEqualTo(one.sizeInBytes() + two.sizeInBytes());
            assertThatThrownBy(() -> writer.append(one)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(writer::freeze).isInstanceOf(IllegalStateException.class);
        }
        RawSnapshotReader reader = log.latestSnapshot().orElseThrow();
        assertThat(reader.snapshotId()).isEqualTo(id(8, 3));
        assertThat(values(reader.records())).containsExactly("0=a", "1=b");
        assertThat(log.latestSnapshotId()).contains(id(8, 3));
        assertThat(log.earliestSnapshotId()).contains(id(8, 3));
    }

    @Test
    void aSnapshotIsReadPieceByPiece() {
        // Given
        appendThreeEpochs();
        commitAll();
        snapshot(id(8, 3));

        // When
        RawSnapshotReader reader = log.readSnapshot(id(8, 3)).orElseThrow();

        // Then
        int size = Math.toIntExact(reader.sizeInBytes());
        assertThat(reader.slice(0, size).sizeInBytes()).isEqualTo(size);
        assertThat(reader.slice(10, 20).sizeInBytes()).isEqualTo(20);
        assertThat(reader.slice(size - 5, 20).sizeInBytes()).isEqualTo(5);
        assertThat(log.readSnapshot(id(6, 3))).isEmpty();
    }

    @Test
    void aSnapshotThatIsNotFrozenIsGone() {
        // Given
        appendThreeEpochs();
        commitAll();

        // When
        try (RawSnapshotWriter writer = log.createNewSnapshot(id(8, 3)).orElseThrow()) {
            writer.append(batch(0, 0, "a"));
        }

        // Then
        assertThat(log.latestSnapshotId()).isEmpty();
        assertThat(log.createNewSnapshot(id(8, 3))).isPresent().get().satisfies(RawSnapshotWriter::close);
    }

    @Test
    void thereIsOneSnapshotOfAnOffset() {
        // Given
        appendThreeEpochs();
        commitAll();
        snapshot(id(8, 3));

        // When, then
        assertThat(log.createNewSnapshot(id(8, 3))).isEmpty();
        assertThat(log.createNewSnapshotUnchecked(id(8, 3))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "9, 5, behind what is committed",
        "8, 4, not of that epoch",
        "6, 1, of an older epoch",
        "5, 3, inside a batch"
    })
    void aSnapshotEndsWithACommittedBatchOfItsEpoch(long offset, int epoch, String why) {
        appendThreeEpochs();
        commitTo(8);
        assertThatThrownBy(() -> log.createNewSnapshot(id(offset, epoch)))
                .as(why)
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noSnapshotIsMadeOfWhatWasDeleted() {
        appendThreeEpochs();
        commitAll();
        snapshot(id(8, 3));
        var _ = log.deleteBeforeSnapshot(id(8, 3));
        assertThat(log.createNewSnapshot(id(4, 1))).isEmpty();
    }

    @Test
    void snapshotsAreOrderedByEpochAndOffset() {
        appendThreeEpochs();
        commitAll();
        downloadedSnapshot(id(8, 3));
        downloadedSnapshot(id(10, 5));
        downloadedSnapshot(id(4, 1));
        assertThat(log.earliestSnapshotId()).contains(id(4, 1));
        assertThat(log.latestSnapshotId()).contains(id(10, 5));
    }

    @Test
    void aSnapshotAheadTakesThePlaceOfTheLog() throws IOException {
        // Given
        appendThreeEpochs();
        commitTo(4);
        snapshot(id(4, 1));
        downloadedSnapshot(id(100, 7));

        // When
        boolean truncated = log.truncateToLatestSnapshot();

        // Then
        assertThat(truncated).isTrue();
        assertThat(log.startOffset()).isEqualTo(100);
        assertThat(log.endOffset().offset()).isEqualTo(100);
        assertThat(log.highWatermark().offset()).isEqualTo(100);
        assertThat(log.lastFetchedEpoch()).isEqualTo(7);
        assertThat(log.earliestSnapshotId()).contains(id(100, 7));
        assertThat(log.endOffsetForEpoch(7)).isEqualTo(id(100, 7));
        append(8, "new");
        assertThat(allValues(log)).containsExactly("100=new");
        assertThat(log.lastFetchedEpoch()).isEqualTo(8);
        assertThat(log.endOffsetForEpoch(7)).isEqualTo(id(100, 7));
    }

    @Test
    void aSnapshotOfALaterEpochTakesThePlaceOfALongerLog() {
        appendThreeEpochs();
        downloadedSnapshot(id(6, 7));
        assertThat(log.truncateToLatestSnapshot()).isTrue();
        assertThat(log.startOffset()).isEqualTo(6);
        assertThat(log.endOffset().offset()).isEqualTo(6);
        assertThat(log.lastFetchedEpoch()).isEqualTo(7);
    }

    @Test
    void aSnapshotOfWhatTheLogHasTakesNothingsPlace() {
        appendThreeEpochs();
        commitAll();
        snapshot(id(10, 5));
        assertThat(log.truncateToLatestSnapshot()).isFalse();
        assertThat(log.startOffset()).isZero();
        assertThat(log.endOffset().offset()).isEqualTo(10);
    }

    @Test
    void theLogBeginsWithTheSnapshotThatIsKept() throws IOException {
        // Given
        appendThreeEpochs();
        commitAll();
        snapshot(id(4, 1));
        snapshot(id(8, 3));

        // When
        boolean deleted = log.deleteBeforeSnapshot(id(8, 3));

        // Then
        assertThat(deleted).isTrue();
        assertThat(log.startOffset()).isEqualTo(8);
        assertThat(log.earliestSnapshotId()).contains(id(8, 3));
        assertThat(log.readSnapshot(id(4, 1))).isEmpty();
        assertThat(valuesFrom(8)).containsExactly("8=i", "9=j");
        assertThatThrownBy(() -> log.read(4, Isolation.UNCOMMITTED, ALL)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThat(log.deleteBeforeSnapshot(id(8, 3))).isFalse();
    }

    @Test
    void nothingIsDeletedBeforeASnapshotThatIsNotThere() {
        appendThreeEpochs();
        commitAll();
        snapshot(id(8, 3));
        assertThat(log.deleteBeforeSnapshot(id(4, 1))).isFalse();
        assertThat(log.deleteBeforeSnapshot(id(10, 5))).isFalse();
        assertThat(log.startOffset()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"4, 1", "8, 1", "0, 0", "7, 3", "9, 2"})
    void whoIsBehindTheLogsBeginningIsSentTheSnapshot(long offset, int epoch) {
        // Given
        appendThreeEpochs();
        commitAll();
        snapshot(id(8, 3));
        var _ = log.deleteBeforeSnapshot(id(8, 3));

        // When, then
        assertThat(log.validateOffsetAndEpoch(offset, epoch)).isEqualTo(ValidOffsetAndEpoch.snapshot(id(8, 3)));
        assertThat(log.validateOffsetAndEpoch(8, 3).kind()).isEqualTo(ValidOffsetAndEpoch.Kind.VALID);
        assertThat(log.validateOffsetAndEpoch(10, 5).kind()).isEqualTo(ValidOffsetAndEpoch.Kind.VALID);
        assertThat(log.validateOffsetAndEpoch(9, 3)).isEqualTo(ValidOffsetAndEpoch.diverging(id(8, 3)));
    }

    @Test
    void allOfTheLogCanBeInTheSnapshot() throws IOException {
        // Given
        appendThreeEpochs();
        commitAll();
        snapshot(id(10, 5));

        // When
        var _ = log.deleteBeforeSnapshot(id(10, 5));

        // Then
        assertThat(log.startOffset()).isEqualTo(10);
        assertThat(log.endOffset().offset()).isEqualTo(10);
        assertThat(log.lastFetchedEpoch()).isEqualTo(5);
        append(5, "k");
        assertThat(valuesFrom(10)).containsExactly("10=k");
    }

    // ---- Cleaning ----

    @Test
    void theOldestSnapshotsGoWhenAllTogetherIsTooMuch() throws IOException {
        // Given: log and snapshots far above the bound
        String large = "x".repeat(600);
        for (int i = 0; i < 10; i++) {
            append(1, large);
            commitAll();
            if (i % 3 == 2) snapshot(id(i + 1, 1));
        }

        // When
        boolean cleaned = log.maybeClean();

        // Then
        assertThat(cleaned).isTrue();
        assertThat(log.latestSnapshotId()).contains(id(9, 1));
        assertThat(log.earliestSnapshotId()).contains(id(log.startOffset(), 1));
        assertThat(log.startOffset()).isBetween(6L, 9L);
        assertThat(allValues(log)).hasSize(10 - (int) log.startOffset());
        assertThat(log.maybeClean()).isFalse();
    }

    @Test
    void theOnlySnapshotStays() {
        for (int i = 0; i < 10; i++) append(1, "x".repeat(600));
        commitAll();
        snapshot(id(9, 1));
        assertThat(log.maybeClean()).isFalse();
        assertThat(log.startOffset()).isZero();
    }

    // ---- Restart ----

    @Test
    void theLogComesBackWithItsEpochsAndSnapshots() throws Exception {
        // Given
        for (int i = 0; i < 8; i++) append(i / 3 + 1, "x".repeat(300) + i);
        commitAll();
        snapshot(id(3, 1));
        snapshot(id(6, 2));
        List<String> before = allValues(log);

        // When
        reopen();

        // Then
        assertThat(allValues(log)).isEqualTo(before);
        assertThat(log.lastFetchedEpoch()).isEqualTo(3);
        assertThat(log.endOffsetForEpoch(1)).isEqualTo(id(3, 1));
        assertThat(log.endOffsetForEpoch(2)).isEqualTo(id(6, 2));
        assertThat(log.earliestSnapshotId()).contains(id(3, 1));
        assertThat(log.latestSnapshotId()).contains(id(6, 2));
        RawSnapshotReader reader = log.latestSnapshot().orElseThrow();
        assertThat(values(reader.records())).containsExactly("0=image up to 6");
        append(4, "more");
        assertThat(log.endOffset().offset()).isEqualTo(9);
    }

    @Test
    void aTruncationIsForEver() throws Exception {
        // Given
        appendThreeEpochs();
        log.truncateTo(6);

        // When
        reopen();

        // Then
        assertThat(log.endOffset().offset()).isEqualTo(6);
        assertThat(log.lastFetchedEpoch()).isEqualTo(3);
    }

    @Test
    void aSnapshotThatTookThePlaceOfTheLogIsStillThere() throws Exception {
        // Given
        appendThreeEpochs();
        downloadedSnapshot(id(100, 7));
        assertThat(log.truncateToLatestSnapshot()).isTrue();

        // When
        reopen();

        // Then
        assertThat(log.startOffset()).isEqualTo(100);
        assertThat(log.endOffset().offset()).isEqualTo(100);
        assertThat(log.lastFetchedEpoch()).isEqualTo(7);
        assertThat(log.latestSnapshotId()).contains(id(100, 7));
    }

    @Test
    void aSnapshotAheadTakesThePlaceOfTheLogAtTheNextStart() throws Exception {
        // Given: the process ends between the two
        appendThreeEpochs();
        downloadedSnapshot(id(100, 7));

        // When
        reopen();

        // Then
        assertThat(log.startOffset()).isEqualTo(100);
        assertThat(log.endOffset().offset()).isEqualTo(100);
        assertThat(log.highWatermark().offset()).isEqualTo(100);
        assertThat(log.lastFetchedEpoch()).isEqualTo(7);
    }

    @Test
    void whatWasDeletedIsNotMissed() throws Exception {
        // Given
        for (int i = 0; i < 8; i++) append(1, "x".repeat(300) + i);
        commitAll();
        snapshot(id(3, 1));
        snapshot(id(6, 1));
        assertThat(log.deleteBeforeSnapshot(id(6, 1))).isTrue();

        // When
        reopen();

        // Then
        assertThat(log.startOffset()).isBetween(4L, 6L);
        assertThat(log.earliestSnapshotId()).contains(id(6, 1));
        assertThat(log.endOffset().offset()).isEqualTo(8);
        assertThat(valuesFrom(6)).hasSize(2);
        assertThat(log.validateOffsetAndEpoch(8, 1).kind()).isEqualTo(ValidOffsetAndEpoch.Kind.VALID);
    }

    @Test
    void theSnapshotOfTheBeginningIsOfNoRecords() throws Exception {
        // Given
        downloadedSnapshot(id(0, 0));

        // When
        reopen();

        // Then
        assertThat(log.latestSnapshotId()).contains(id(0, 0));
        assertThat(log.startOffset()).isZero();
        assertThat(log.lastFetchedEpoch()).isZero();
        Optional<RawSnapshotReader> reader = log.latestSnapshot();
        assertThat(reader).isPresent();
        append(1, "a");
        assertThat(log.endOffsetForEpoch(0)).isEqualTo(id(0, 0));
        assertThat(log.validateOffsetAndEpoch(0, 0).kind()).isEqualTo(ValidOffsetAndEpoch.Kind.VALID);
    }
}
