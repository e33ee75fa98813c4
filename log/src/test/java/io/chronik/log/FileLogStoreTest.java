package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chronik.log.PartitionLog.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
        return open(new FileDisk());
    }

    private FileLogStore open(Disk disk) {
        return open(disk, LogStoreOptions.defaults());
    }

    private FileLogStore open(Disk disk, LogStoreOptions options) {
        return FileLogStore.open(disk, dataDir, options, new DiskSyncer.Listener() {
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
        assertThat(store.stored()).containsExactly(new LogStore.Stored(TestLogs.ID.topicId(), 3));
        assertThat(store.usage().logBytes()).isPositive();
        log.close();
        store.close();
        assertThat(failures).isEmpty();
    }

    @Test
    void closesTheFilesOfIdleLogsByItself() {
        // Given
        LogStoreOptions soon = TestLogs.options(LogStoreOptions.defaults().checkpointBytes(), 1);
        FileLogStore store = open(new FileDisk(), soon);
        PartitionLog log = store.openOrCreate(TestLogs.ID, LogSettings.defaults(), 1000);

        // When
        log.appendAsLeader(Batches.of(1000, "a"), 1, Origin.CLIENT, 1000);
        store.syncer().requestSync(new Owner(log));

        // Then
        await().until(() -> log.view().durableEndOffset() == 1 && store.openFileCount() == 0);
        log.close();
        store.close();
    }

    @Test
    void stopsCleanlyAfterARoundOfSeveralLogs() {
        // Given
        FileLogStore store = open();
        List<PartitionLog> logs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            logs.add(store.openOrCreate(id(i), LogSettings.defaults(), 1000));
            logs.getLast().appendAsLeader(Batches.of(1000, "a"), 1, Origin.CLIENT, 1000);
        }
        logs.forEach(log -> store.syncer().requestSync(new Owner(log)));
        await().until(() -> logs.stream().allMatch(log -> log.view().durableEndOffset() == 1));

        // When: the node closes both.
        logs.forEach(PartitionLog::close);
        store.syncer().close();
        store.close();

        // Then
        FileLogStore next = open();
        assertThat(next.startedClean()).isTrue();
        next.close();
    }

    @Test
    void opensWhatAKilledProcessLeftWithoutASyncForEachLog() {
        // Given
        SimulatedDisk disk = new SimulatedDisk();
        for (int i = 0; i < 20; i++) write(disk, i);
        disk.kill();
        List<SimulatedDisk.Operation> syncs = new ArrayList<>();
        disk.faults((operation, path) -> {
            if (operation.name().startsWith("SYNC_FILE") || path.toString().contains("partitions"))
                syncs.add(operation);
        });

        // When
        FileLogStore store = open(disk);
        List<PartitionLog> logs = new ArrayList<>();
        for (int i = 0; i < 20; i++) logs.add(store.openOrCreate(id(i), LogSettings.defaults(), 1000));

        // Then
        assertThat(syncs).containsOnlyOnce(SimulatedDisk.Operation.SYNC_FILE_SYSTEM);
        assertThat(syncs)
                .doesNotContain(SimulatedDisk.Operation.SYNC, SimulatedDisk.Operation.SYNC_DIRECTORY)
                .doesNotContain(SimulatedDisk.Operation.CREATE);
        assertThat(logs)
                .allSatisfy(log -> assertThat(log.view().durableEndOffset()).isEqualTo(1));
        disk.powerCut(new Random(5));
        FileLogStore afterPowerCut = open(disk);
        assertThat(afterPowerCut
                        .openOrCreate(id(7), LogSettings.defaults(), 1000)
                        .view()
                        .endOffset())
                .isEqualTo(1);
    }

    private void write(SimulatedDisk disk, int partition) {
        TestLogs logs = new TestLogs(disk, dataDir);
        disk.createDirectories(dataDir.resolve("partitions"));
        try {
            LogOpener.open(id(partition), logs.services(), LogSettings.defaults(), 1000, log -> {})
                    .appendAsLeader(Batches.of(1000, "a"), 1, Origin.CLIENT, 1000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TopicIdPartition id(int partition) {
        return new TopicIdPartition(new Uuid(7, 7), new TopicPartition("orders", partition));
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
