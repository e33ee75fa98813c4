package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.PartitionLog.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreparedSpaceTest {
    private static final int STEP = 10_000;
    private static final LogSettings SMALL = TestLogs.segmentBytes(3000);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final TestLogs logs = new TestLogs(disk, Path.of("/data")).with(options(STEP));
    private int count;

    private static LogStoreOptions options(int preparedBytes) {
        LogStoreOptions d = LogStoreOptions.defaults();
        return new LogStoreOptions(
                d.maxOpenFiles(),
                d.indexCacheBytes(),
                d.producerIdExpirationMs(),
                d.maxProducersPerPartition(),
                d.syncThreads(),
                d.recoveryThreads(),
                d.checkpointBytes(),
                d.quarantineMs(),
                preparedBytes,
                d.idleFileMs());
    }

    private SegmentedLog open(LogSettings settings) {
        disk.createDirectories(Path.of("/data/partitions"));
        return logs.open(settings);
    }

    private void append(PartitionLog log) {
        append(log, 100);
    }

    private void append(PartitionLog log, int bytes) {
        log.appendAsLeader(Batches.of(7_000, count++ + "x".repeat(bytes)), 1, Origin.CLIENT, 7_000);
    }

    /// Synced after each append, as one waiting producer does it.
    private void appendSynced(PartitionLog log, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            append(log);
            TestLogs.sync(log);
        }
    }

    private byte[] behindTheEnd(PartitionLog log) {
        byte[] file = disk.content(logs.segment(0));
        return Arrays.copyOfRange(file, (int) log.view().sizeBytes(), file.length);
    }

    @Test
    void aLogThatIsSyncedOftenAndAloneOverwritesZeros() throws IOException {
        // Given
        SegmentedLog log = open(LogSettings.defaults());
        appendSynced(log, 8);
        assertThat(behindTheEnd(log)).isEmpty();
        append(log);
        int prepared = disk.content(logs.segment(0)).length;
        // When
        appendSynced(log, 20);
        // Then
        assertThat(behindTheEnd(log)).isNotEmpty().containsOnly(0);
        assertThat(disk.content(logs.segment(0))).hasSize(prepared);
        assertThat(TestLogs.readAll(log.view(), 0)).hasSize(29);
    }

    @Test
    void theFileBecomesLongerStepByStep() throws IOException {
        // Given
        SegmentedLog log = open(LogSettings.defaults());
        // When
        appendSynced(log, 200);
        // Then
        assertThat(log.view().sizeBytes()).isGreaterThan(3 * STEP);
        assertThat(behindTheEnd(log)).hasSizeBetween(1, STEP).containsOnly(0);
        assertThat(TestLogs.readAll(log.view(), 0)).hasSize(200);
    }

    @Test
    void aLogThatIsSyncedWithOthersPreparesNothing() throws IOException {
        // Given
        SegmentedLog log = open(LogSettings.defaults());
        for (int i = 0; i < 30; i++) {
            append(log);
            SyncTask task = log.syncTask();
            // When
            AdaptiveSyncRound.syncTogether(disk.fileSystemSync(Path.of("/data")).orElseThrow(), List.of(task));
            log.onSynced(task);
        }
        // Then
        assertThat(behindTheEnd(log)).isEmpty();
    }

    @Test
    void aLogThatTakesMuchAtATimePreparesNothing() throws IOException {
        // Given
        SegmentedLog log = open(LogSettings.defaults());
        for (int i = 0; i < 30; i++) {
            append(log, 70_000);
            // When
            TestLogs.sync(log);
        }
        // Then
        assertThat(behindTheEnd(log)).isEmpty();
    }

    @Test
    void aCompleteSegmentHasNoZeros() throws IOException {
        // Given
        SegmentedLog log = open(SMALL);
        // When
        appendSynced(log, 40);
        // Then
        assertThat(log.view().sizeBytes()).isGreaterThan(3000);
        assertThat((long) disk.content(logs.segment(0)).length)
                .isLessThan(log.view().sizeBytes());
        disk.powerCut(new java.util.Random(1));
        assertThat(TestLogs.readAll(open(SMALL).view(), 0)).hasSize(40);
    }

    @Test
    void aClosedLogHasNoZeros() throws IOException {
        // Given
        SegmentedLog log = open(LogSettings.defaults());
        appendSynced(log, 20);
        // When
        log.close();
        // Then
        assertThat(disk.content(logs.segment(0))).hasSize((int) log.view().sizeBytes());
    }

    @Test
    void aLogThatIsLeftAloneGivesItsZerosBack() throws IOException {
        // Given
        SegmentedLog log = open(LogSettings.defaults());
        appendSynced(log, 20);
        // When
        log.deleteOldSegments(0, 7_000);
        log.deleteOldSegments(0, 7_000);
        // Then
        assertThat(behindTheEnd(log)).isEmpty();
        appendSynced(log, 1);
        assertThat(TestLogs.readAll(log.view(), 0)).hasSize(21);
    }

    @Test
    void aDiskWithoutRoomForZerosStillTakesRecords() throws IOException {
        // Given
        SegmentedLog log = open(LogSettings.defaults());
        appendSynced(log, 8);
        disk.capacity(disk.usedBytes() + 2_000);
        // When
        appendSynced(log, 5);
        // Then
        assertThat(log.view().durableEndOffset()).isEqualTo(13);
        assertThat(behindTheEnd(log)).isEmpty();
    }

    @Test
    void zerosThatAKilledProcessLeftAreNoDamage() throws IOException {
        // Given
        SegmentedLog log = open(LogSettings.defaults());
        appendSynced(log, 20);
        disk.kill();
        // When
        SegmentedLog reopened = open(LogSettings.defaults());
        // Then
        assertThat(reopened.view().damaged()).isFalse();
        assertThat(TestLogs.readAll(reopened.view(), 0)).hasSize(20);
        assertThat(behindTheEnd(reopened)).isEmpty();
    }

    /// The zeros of a complete segment were cut off, but the disk has not heard of it.
    private byte[] withZeros(byte[] segment) {
        return Arrays.copyOf(segment, segment.length + 500);
    }

    @Test
    void zerosBehindACompleteSegmentAreNoDamage() throws IOException {
        // Given
        SegmentedLog log = open(SMALL);
        appendSynced(log, 40);
        log.deleteOldSegments(0, 7_000);
        disk.kill();
        byte[] first = disk.content(logs.segment(0));
        disk.replace(logs.segment(0), withZeros(first));
        // When
        SegmentedLog reopened = open(SMALL);
        // Then
        assertThat(reopened.view().damaged()).isFalse();
        assertThat(TestLogs.readAll(reopened.view(), 0)).hasSize(40);
        assertThat(disk.content(logs.segment(0))).isEqualTo(first);
    }

    @Test
    void otherBytesBehindACompleteSegmentAreDamage() throws IOException {
        // Given
        SegmentedLog log = open(SMALL);
        appendSynced(log, 40);
        log.close();
        disk.kill();
        byte[] grown = withZeros(disk.content(logs.segment(0)));
        grown[grown.length - 1] = 1;
        disk.replace(logs.segment(0), grown);
        // When
        SegmentedLog reopened = open(SMALL);
        // Then
        assertThat(reopened.view().damaged()).isTrue();
    }

    /// Compacted logs may have gaps; one that a crash tore into a log is none of them.
    @Test
    void batchesBehindALostWriteAreNotTakenForACompactedLog() throws IOException {
        // Given
        LogSettings compacted = TestLogs.compacted(3000);
        SegmentedLog log = open(compacted);
        for (int i = 0; i < 40; i++) log.appendAsLeader(keyed(i), 1, Origin.CLIENT, 7_000);
        TestLogs.sync(log);
        disk.kill();
        byte[] first = disk.content(logs.segment(0));
        int lastBatch = lastBatchPosition(first);
        Arrays.fill(first, lastBatch, first.length, (byte) 0);
        disk.replace(logs.segment(0), first);
        disk.remove(logs.directory().resolve(LogCheckpoint.FILE));
        // When
        SegmentedLog reopened = open(compacted);
        // Then
        List<String> found = TestLogs.readAll(reopened.view(), 0);
        assertThat(found).hasSizeLessThan(40);
        for (int i = 0; i < found.size(); i++) assertThat(found.get(i)).startsWith(i + "=");
    }

    private static org.apache.kafka.common.record.internal.MemoryRecords keyed(int i) {
        return org.apache.kafka.common.record.internal.MemoryRecords.withRecords(
                org.apache.kafka.common.compress.Compression.NONE, Batches.record(7_000, "k" + i, "v".repeat(100)));
    }

    private static int lastBatchPosition(byte[] segment) {
        var bytes = java.nio.ByteBuffer.wrap(segment);
        int at = 0;
        while (at + BatchHeader.sizeBytes(bytes, at) < segment.length) at += (int) BatchHeader.sizeBytes(bytes, at);
        return at;
    }
}
