package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chronik.log.PartitionLog.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLogStoreTest {
    @TempDir
    Path dataDir;

    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private FileLogStore open() {
        return FileLogStore.open(new FileDisk(), dataDir, LogStoreOptions.defaults(), new DiskSyncer.Listener() {
            @Override
            public void onSyncFailed(Throwable cause) {
                failures.add(cause);
            }

            @Override
            public void onRound(int clients, long bytes, long durationNs) {}
        });
    }

    /// As a partition is: it tells the log what is durable. Its lane is the syncer's thread.
    private record Owner(PartitionLog log) implements DiskSyncer.Client {
        @Override
        public SyncTask syncTask() {
            return log.syncTask();
        }

        @Override
        public void onSynced(SyncTask task) {
            log.onSynced(task);
        }
    }

    @Test
    void makesAppendsDurableThroughTheSyncer() {
        // Given
        FileLogStore store = open();
        PartitionLog log = store.openOrCreate(TestLogs.ID, LogSettings.defaults(), 1000);
        log.appendAsLeader(Batches.of(1000, "a"), 1, Origin.CLIENT, 1000);

        // When
        store.syncer().requestSync(new Owner(log));

        // Then
        await().until(() -> log.view().durableEndOffset() == 1);
        assertThat(store.stored()).containsExactly(TestLogs.ID);
        assertThat(store.usage().logBytes()).isPositive();
        log.close();
        store.close();
        assertThat(failures).isEmpty();
    }

    @Test
    void remembersACleanStopOnceAndItsIdentityForEver() {
        // Given
        FileLogStore first = open();
        first.close();

        // When
        FileLogStore second = open();
        boolean secondClean = second.startedClean();
        PartitionLog left = second.openOrCreate(TestLogs.ID, LogSettings.defaults(), 1000);
        second.close();
        FileLogStore third = open();

        // Then
        assertThat(first.startedClean()).isFalse();
        assertThat(secondClean).isTrue();
        assertThat(third.startedClean()).isFalse();
        assertThat(third.directoryId()).isEqualTo(first.directoryId());
        assertThat(left.id()).isEqualTo(TestLogs.ID);
        third.close();
    }

    @Test
    void refusesADirectoryInUse() {
        // Given
        FileLogStore store = open();

        // Then
        assertThatThrownBy(this::open).isInstanceOf(LogFailure.class).hasMessageContaining("another process");
        store.close();
    }

    @Test
    void movesUnknownPartitionsAsideAndDeletesThemADayLater() {
        // Given
        FileLogStore store = open();
        PartitionLog log = store.openOrCreate(TestLogs.ID, LogSettings.defaults(), 1000);
        log.appendAsLeader(Batches.of(1000, "a"), 1, Origin.CLIENT, 1000);
        log.close();
        Path quarantine = dataDir.resolve("quarantine");

        // When
        store.quarantine(TestLogs.ID.topicId(), TestLogs.ID.partition(), 1000);
        store.deleteOldQuarantine(5000);

        // Then
        assertThat(store.stored()).isEmpty();
        assertThat(quarantine).isNotEmptyDirectory();
        store.deleteOldQuarantine(1000 + 25L * 60 * 60 * 1000);
        store.close();
        assertThat(quarantine).isEmptyDirectory();
    }

    @Test
    void deletesAPartition() {
        // Given
        FileLogStore store = open();
        PartitionLog log = store.openOrCreate(TestLogs.ID, LogSettings.defaults(), 1000);
        log.appendAsLeader(Batches.of(1000, "a"), 1, Origin.CLIENT, 1000);

        // When
        log.delete();
        store.close();

        // Then
        assertThat(dataDir.resolve("partitions")).isEmptyDirectory();
    }

    @Test
    void opensTenThousandPartitionsThatWereNeverWrittenToAtOnce() {
        // Given
        FileLogStore store = open();

        // When
        List<PartitionLog> logs = java.util.stream.IntStream.range(0, 10_000)
                .mapToObj(i -> new TopicIdPartition(new Uuid(1, 1), new TopicPartition("many", i)))
                .map(id -> store.openOrCreate(id, LogSettings.defaults(), 1000))
                .toList();

        // Then
        assertThat(logs).hasSize(10_000);
        assertThat(Files.exists(dataDir.resolve("partitions"))).isTrue();
        assertThat(dataDir.resolve("partitions")).isEmptyDirectory();
        logs.forEach(PartitionLog::close);
        store.close();
    }
}
