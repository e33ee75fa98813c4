package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.PartitionLog.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HighWatermarksTest {
    @TempDir
    Path dataDir;

    private FileLogStore open() {
        DiskSyncer.Listener listener = new DiskSyncer.Listener() {
            @Override
            public void onSyncFailed(Throwable cause) {
                throw new AssertionError(cause);
            }

            @Override
            public void onRound(int clients, long bytes, long durationNs) {}
        };
        return FileLogStore.open(new FileDisk(), dataDir, LogStoreOptions.defaults(), listener);
    }

    private static PartitionLog log(FileLogStore store) {
        return store.openOrCreate(TestLogs.ID, LogSettings.defaults(), 1000);
    }

    private static void append(PartitionLog log, int records) {
        for (int i = 0; i < records; i++) {
            var _ = log.appendAsLeader(Batches.of(1000, "value"), 1, Origin.CLIENT, 1000);
        }
    }

    private static void stop(FileLogStore store, PartitionLog log) {
        log.close();
        store.close();
    }

    @Test
    void tellsTheNextStartWhatWasNoted() {
        // Given
        FileLogStore store = open();
        PartitionLog log = log(store);
        append(log, 10);
        store.noteHighWatermark(TestLogs.ID, 7);

        // When
        stop(store, log);

        // Then
        FileLogStore next = open();
        PartitionLog reopened = log(next);
        assertThat(next.highWatermark(reopened)).isEqualTo(7);
        stop(next, reopened);
    }

    @Test
    void isNeverOutsideTheLog() {
        // Given
        FileLogStore store = open();
        PartitionLog log = log(store);
        append(log, 10);

        // When
        store.noteHighWatermark(TestLogs.ID, 12);
        long beyond = store.highWatermark(log);
        log.advanceStartOffset(5);
        store.noteHighWatermark(TestLogs.ID, 2);
        long below = store.highWatermark(log);

        // Then
        assertThat(beyond).isEqualTo(10);
        assertThat(below).isEqualTo(5);
        stop(store, log);
    }

    @Test
    void tellThatTheRecordsOfALogAreGone() throws IOException {
        // Given
        FileLogStore store = open();
        PartitionLog log = log(store);
        append(log, 10);
        store.noteHighWatermark(TestLogs.ID, 10);
        stop(store, log);
        Path directory = dataDir.resolve("partitions").resolve(TestLogs.ID.topicId() + "-" + TestLogs.ID.partition());
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) Files.delete(file);
        }
        Files.delete(directory);
        Files.delete(dataDir.resolve(ClosedLogs.FILE));

        // When
        FileLogStore next = open();
        boolean there = next.isThere(TestLogs.ID);
        PartitionLog reopened = log(next);

        // Then
        assertThat(there).isFalse();
        assertThat(reopened.view().endOffset()).isZero();
        assertThat(next.writtenHighWatermark(TestLogs.ID)).isEqualTo(10);
        reopened.close();
        next.quarantine(TestLogs.ID.topicId(), TestLogs.ID.partition(), 1000);
        assertThat(next.writtenHighWatermark(TestLogs.ID)).isZero();
        next.close();
    }

    @Test
    void whatAClosedLogWasIsForgottenWithItsLostDirectory() throws IOException {
        // Given
        FileLogStore store = open();
        PartitionLog log = log(store);
        append(log, 10);
        log.close();
        Path directory = dataDir.resolve("partitions").resolve(TestLogs.ID.topicId() + "-" + TestLogs.ID.partition());
        Files.move(directory, dataDir.resolve("elsewhere"));

        // When
        store.quarantine(TestLogs.ID.topicId(), TestLogs.ID.partition(), 1000);
        PartitionLog anew = log(store);

        // Then
        assertThat(anew.view().damaged()).isFalse();
        assertThat(anew.view().endOffset()).isZero();
        stop(store, anew);
    }

    @Test
    void aLogThatComesBackEmptyDoesNotInheritTheOldOnes() {
        // Given
        FileLogStore store = open();
        PartitionLog old = log(store);
        append(old, 10);
        store.noteHighWatermark(TestLogs.ID, 10);
        store.writeHighWatermarks();
        old.delete();
        store.forgetHighWatermark(TestLogs.ID);

        // When
        PartitionLog log = log(store);
        append(log, 5);
        stop(store, log);

        // Then
        FileLogStore next = open();
        PartitionLog reopened = log(next);
        assertThat(next.highWatermark(reopened)).isZero();
        stop(next, reopened);
    }
}
