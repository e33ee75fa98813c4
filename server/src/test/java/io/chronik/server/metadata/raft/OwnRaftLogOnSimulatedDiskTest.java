package io.chronik.server.metadata.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.log.LogDamaged;
import io.chronik.log.OneThread;
import io.chronik.log.SimulatedDisk;
import io.chronik.log.SimulatedDisk.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.raft.Isolation;
import org.apache.kafka.raft.RaftLog;
import org.junit.jupiter.api.Test;

class OwnRaftLogOnSimulatedDiskTest extends RaftLogContract {
    static final Path DIRECTORY = Path.of("/data/metadata/__cluster_metadata-0");

    private final SimulatedDisk disk = new SimulatedDisk();

    @Override
    RaftLog open() {
        return OwnRaftLog.open(disk, DIRECTORY, SEGMENT_BYTES, RETENTION_BYTES, new OneThread());
    }

    private AtomicInteger countSyncs() {
        AtomicInteger syncs = new AtomicInteger();
        disk.faults((operation, path) -> {
            if (operation == Operation.SYNC && path.toString().endsWith(".log")) syncs.incrementAndGet();
        });
        return syncs;
    }

    private void powerCut() {
        disk.powerCut(new Random(5));
        log = open();
    }

    @Test
    void severalAppendsAreOneSyncAndOnlyWhenTheEndIsAskedFor() {
        // Given
        AtomicInteger syncs = countSyncs();

        // When
        for (int i = 0; i < 3; i++) {
            var _ = log.appendAsLeader(batch(i, 1, "v" + i), 1);
        }
        int before = syncs.get();
        long end = log.endOffset().offset();

        // Then
        assertThat(before).isZero();
        assertThat(end).isEqualTo(3);
        assertThat(syncs).hasValue(1);
        log.flush(false);
        log.flush(true);
        assertThat(log.endOffset().offset()).isEqualTo(3);
        assertThat(syncs).hasValue(1);
    }

    @Test
    void aTruncationInsideABatchEndsBeforeIt() {
        appendThreeEpochs();
        log.truncateTo(7);
        assertThat(log.endOffset().offset()).isEqualTo(6);
    }

    @Test
    void noBatchIsAppendedBehindAGap() {
        append(1, "a", "b");
        assertThatThrownBy(() -> log.appendAsLeader(batch(3, 1, "c"), 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> log.appendAsFollower(batch(3, 1, "c"), 1)).isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> log.appendAsFollower(batch(1, 1, "c"), 1)).isInstanceOf(CorruptRecordException.class);
    }

    @Test
    void anEndThatWasToldSurvivesAPowerCut() throws IOException {
        // Given
        append(1, "a", "b");
        assertThat(log.endOffset().offset()).isEqualTo(2);

        // When
        powerCut();

        // Then
        assertThat(allValues(log)).containsExactly("0=a", "1=b");
    }

    @Test
    void recordsThatWereReadSurviveAPowerCut() throws IOException {
        // Given
        var _ = log.appendAsLeader(batch(0, 1, "a"), 1);
        List<String> read = values(log.read(0, Isolation.UNCOMMITTED, 1 << 20).records);

        // When
        powerCut();

        // Then
        assertThat(read).containsExactly("0=a");
        assertThat(allValues(log)).containsExactly("0=a");
    }

    @Test
    void aFollowersAppendSurvivesAPowerCutAfterAFlush() throws IOException {
        var _ = log.appendAsFollower(joined(batch(0, 1, "a"), batch(1, 2, "b")), 2);
        log.flush(false);
        powerCut();
        assertThat(allValues(log)).containsExactly("0=a", "1=b");
    }

    @Test
    void noEndIsToldWhenTheSyncHasFailed() {
        // Given
        var _ = log.appendAsLeader(batch(0, 1, "a"), 1);
        disk.faults((operation, path) -> {
            if (operation == Operation.SYNC) throw new IOException("broken");
        });

        // When, then: nor when the disk seems to be well again
        assertThatThrownBy(() -> log.endOffset()).hasMessageContaining("can't sync");
        disk.faults(SimulatedDisk.Faults.NONE);
        assertThatThrownBy(() -> log.endOffset()).hasMessageContaining("can't sync");
        assertThatThrownBy(() -> log.appendAsLeader(batch(1, 1, "b"), 1)).isInstanceOf(RuntimeException.class);
        disk.kill();
        log = open();
    }

    @Test
    void theNextStartRemovesWhatWasHalfWritten() throws Exception {
        // Given
        appendThreeEpochs();
        commitAll();
        var writer = log.createNewSnapshot(id(8, 3)).orElseThrow();
        writer.append(batch(0, 0, "a"));

        // When
        disk.kill();
        log = open();

        // Then
        assertThat(disk.list(DIRECTORY)).noneMatch(name -> name.contains(".checkpoint"));
        assertThat(log.latestSnapshotId()).isEmpty();
    }

    @Test
    void aLogWithoutTheSnapshotOfItsBeginningIsRefused() throws Exception {
        // Given
        appendThreeEpochs();
        downloadedSnapshot(id(100, 7));
        assertThat(log.truncateToLatestSnapshot()).isTrue();
        log.close();
        disk.remove(DIRECTORY.resolve("00000000000000000100-0000000007.checkpoint"));

        // When, then
        assertThatThrownBy(this::open).isInstanceOf(LogDamaged.class).hasMessageContaining("begins at 100");
        disk.remove(DIRECTORY.resolve("log-start-offset-checkpoint"));
    }

    @Test
    void damageBelowASnapshotIsNotMissed() throws Exception {
        // Given: three segments, and a bad batch in the first
        for (int i = 0; i < 8; i++) append(1, "x".repeat(300) + i);
        commitAll();
        snapshot(id(6, 1));
        log.close();
        corruptFirstSegment();

        // When
        log = open();

        // Then
        assertThat(log.startOffset()).isEqualTo(6);
        assertThat(allValues(log)).hasSize(2);
    }

    @Test
    void damageThatNoSnapshotMakesUpForIsRefused() throws Exception {
        // Given
        for (int i = 0; i < 8; i++) append(1, "x".repeat(300) + i);
        commitAll();
        log.close();
        byte[] intact = disk.content(DIRECTORY.resolve("00000000000000000000.log"));
        corruptFirstSegment();

        // When, then
        assertThatThrownBy(this::open).isInstanceOf(LogDamaged.class).hasMessageContaining("is damaged from offset");
        disk.replace(DIRECTORY.resolve("00000000000000000000.log"), intact);
        log = open();
        assertThat(allValues(log)).hasSize(8);
    }

    /// What the clean stop knew goes, so that the segment is checked.
    private void corruptFirstSegment() throws IOException {
        disk.corrupt(DIRECTORY.resolve("00000000000000000000.log"), 100, 1);
        disk.remove(DIRECTORY.resolve("recovery-point-checkpoint.closed"));
        disk.remove(DIRECTORY.resolve("recovery-point-checkpoint"));
    }
}
