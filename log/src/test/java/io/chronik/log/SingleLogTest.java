package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.log.PartitionLog.FollowerAppend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

class SingleLogTest {
    private static final Path DIRECTORY = Path.of("/data/metadata/__cluster_metadata-0");
    private static final TopicIdPartition ID =
            new TopicIdPartition(Uuid.METADATA_TOPIC_ID, new TopicPartition("__cluster_metadata", 0));

    private final SimulatedDisk disk = new SimulatedDisk();

    private static final class Immediately implements LogThreads.Background {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void after(long delayMs, Runnable task) {}

        @Override
        public void close() {}
    }

    private PartitionLog open() {
        return SingleLog.open(
                disk,
                DIRECTORY,
                ID,
                TestLogs.segmentBytes(1000),
                LogStoreOptions.defaults().withJournalHalfBytes(0),
                0,
                new Immediately());
    }

    private static void append(PartitionLog log, String... values) {
        ByteBuffer batch = Batches.of(1000, values).buffer();
        BatchHeader.assign(batch, batch.position(), log.view().endOffset(), 3);
        assertThat(log.appendAsFollower(MemoryRecords.readableRecords(batch), 0))
                .isInstanceOf(FollowerAppend.Appended.class);
    }

    @Test
    void itIsInTheDirectoryThatWasAskedForBesideOtherFiles() throws IOException {
        // Given
        disk.createDirectories(DIRECTORY);
        disk.open(DIRECTORY.resolve("quorum-state"), true).close();

        // When
        PartitionLog log = open();
        append(log, "a", "b");
        TestLogs.sync(log);
        log.close();

        // Then
        assertThat(disk.list(DIRECTORY)).contains("00000000000000000000.log", "quorum-state");
        assertThat(TestLogs.readAll(open().view(), 0)).containsExactly("0=a", "1=b");
    }

    @Test
    void whatItsOwnerHasSyncedSurvivesAPowerCut() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            // Given: several segments, the last with something unsynced
            SingleLogTest run = new SingleLogTest();
            PartitionLog log = run.open();
            for (int i = 0; i < 10; i++) append(log, "x".repeat(300) + i);
            TestLogs.sync(log);
            List<String> durable = TestLogs.readAll(log.view(), 0);
            append(log, "lost or not");

            // When
            run.disk.powerCut(new Random(seed));
            PartitionLog again = run.open();

            // Then
            assertThat(TestLogs.readAll(again.view(), 0)).startsWith(durable.toArray(String[]::new));
            assertThat(again.view().damaged()).isFalse();
        }
    }

    @Test
    void afterAFailedSyncItTakesNothingMore() {
        // Given
        PartitionLog log = open();
        append(log, "a");
        disk.faults((operation, path) -> {
            if (operation == SimulatedDisk.Operation.SYNC) throw new IOException("broken");
        });

        // When
        SyncTask task = log.syncTask();
        assertThatThrownBy(task::sync).hasMessage("broken");

        // Then
        disk.faults(SimulatedDisk.Faults.NONE);
        assertThatThrownBy(() -> append(log, "b")).isInstanceOf(LogFailure.class);
    }

    @Test
    void itBeginsAnewWhereASnapshotEnds() throws IOException {
        // Given
        PartitionLog log = open();
        append(log, "a", "b");
        TestLogs.sync(log);

        // When
        log.restartAt(100);
        disk.powerCut(new Random(3));

        // Then
        PartitionLog again = open();
        assertThat(again.view().startOffset()).isEqualTo(100);
        assertThat(again.view().endOffset()).isEqualTo(100);
        append(again, "c");
        assertThat(TestLogs.readAll(again.view(), 100)).containsExactly("100=c");
    }
}
