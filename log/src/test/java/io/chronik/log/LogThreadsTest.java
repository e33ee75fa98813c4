package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

class LogThreadsTest {
    private static final Path DATA = Path.of("/data");

    private final SimulatedDisk disk = new SimulatedDisk();
    private final AtomicLong sessions = new AtomicLong();

    private record Synced(PartitionLog log) implements DiskSyncer.Client {
        @Override
        public SyncTask syncTask() {
            return log.syncTask();
        }

        @Override
        public void onSynced(SyncTask task) {
            log.onSynced(task);
        }
    }

    private static final DiskSyncer.Listener UNTOLD = new DiskSyncer.Listener() {
        @Override
        public void onSyncFailed(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void onRound(int clients, long bytes, long durationNs) {}
    };

    private FileLogStore open() {
        return FileLogStore.open(
                disk,
                DATA,
                LogStoreOptions.defaults().withJournalHalfBytes(64 << 10),
                UNTOLD,
                new OneThread(),
                sessions::incrementAndGet);
    }

    @Test
    void aDirectoryNeedsNoThreadButTheCallers() throws IOException {
        // Given
        FileLogStore store = open();
        PartitionLog log = store.openOrCreate(TestLogs.ID, LogSettings.defaults(), 0);
        Synced client = new Synced(log);
        List<String> expected = new ArrayList<>();

        // When: enough rounds for the journal to be made and used
        for (int i = 0; i < 2 * JournaledSyncRound.ROUNDS_BEFORE; i++) {
            MemoryRecords records = Batches.of(1000, "v" + i);
            var _ = log.appendAsLeader(records, 1, PartitionLog.Origin.CLIENT, 0);
            store.syncer().requestSync(client);
            expected.add(i + "=v" + i);
        }

        // Then
        assertThat(log.view().durableEndOffset()).isEqualTo(expected.size());
        assertThat(sessions).as("the journal has begun its session").hasValue(1);
        disk.powerCut(new Random(1));
        FileLogStore again = open();
        PartitionLog recovered = again.openOrCreate(TestLogs.ID, LogSettings.defaults(), 0);
        assertThat(TestLogs.readAll(recovered.view(), 0)).isEqualTo(expected);
        assertThat(sessions).as("each start has a session of its own").hasValue(2);
        recovered.close();
        again.close();
    }

    @Test
    void aClosedLogCanBeMovedAwayAndBack() throws IOException {
        // Given: two logs in the journal, of which one is closed
        FileLogStore store = open();
        PartitionLog moved = store.openOrCreate(TestLogs.ID, LogSettings.defaults(), 0);
        TopicIdPartition otherId = new TopicIdPartition(new Uuid(1, 1), new TopicPartition("other", 0));
        PartitionLog other = store.openOrCreate(otherId, LogSettings.defaults(), 0);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 2 * JournaledSyncRound.ROUNDS_BEFORE; i++) {
            for (PartitionLog log : List.of(moved, other)) {
                var _ = log.appendAsLeader(Batches.of(1000, "v" + i), 1, PartitionLog.Origin.CLIENT, 0);
                store.syncer().requestSync(new Synced(log));
            }
            expected.add(i + "=v" + i);
        }
        moved.close();
        var _ = other.appendAsLeader(Batches.of(1000, "more"), 1, PartitionLog.Origin.CLIENT, 0);
        store.syncer().requestSync(new Synced(other));

        // When: it is away while the machine fails and the journal is replayed
        Path directory = DATA.resolve("partitions").resolve(TestLogs.ID.topicId() + "-" + TestLogs.ID.partition());
        disk.rename(directory, Path.of("/away"));
        disk.syncDirectory(Path.of("/"));
        disk.syncDirectory(DATA.resolve("partitions"));
        disk.powerCut(new Random(2));
        FileLogStore again = open();
        PartitionLog otherAgain = again.openOrCreate(otherId, LogSettings.defaults(), 0);
        disk.rename(Path.of("/away"), directory);
        PartitionLog back = again.openOrCreate(TestLogs.ID, LogSettings.defaults(), 0);

        // Then
        assertThat(TestLogs.readAll(back.view(), 0)).isEqualTo(expected);
        assertThat(TestLogs.readAll(otherAgain.view(), 0))
                .hasSize(expected.size() + 1)
                .startsWith(expected.toArray(String[]::new));
        back.close();
        otherAgain.close();
        again.close();
    }
}
