package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

class LogThreadsTest {
    private static final Path DATA = Path.of("/data");

    private final SimulatedDisk disk = new SimulatedDisk();
    private final AtomicLong sessions = new AtomicLong();

    /// No thread but the caller's: a sync is done when it is asked for.
    private static final class OneThread implements LogThreads {
        @Override
        public Background background(String name) {
            return new Background() {
                @Override
                public void execute(Runnable task) {
                    task.run();
                }

                @Override
                public void after(long delayMs, Runnable task) {}

                @Override
                public void close() {}
            };
        }

        @Override
        public DiskSyncer syncer(SyncRound round, DiskSyncer.Listener listener) {
            return new DiskSyncer() {
                @Override
                public void requestSync(Client client) {
                    SyncTask task = client.syncTask();
                    try {
                        round.sync(List.of(task));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    client.onSynced(task);
                }

                @Override
                public void close() {
                    round.close();
                }
            };
        }
    }

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
}
