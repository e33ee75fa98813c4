package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.log.PartitionLog.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdaptiveSyncRoundTest {
    private static final Path DATA = Path.of("/data");

    private final SimulatedDisk disk = new SimulatedDisk();
    private final Map<SimulatedDisk.Operation, Integer> operations = new EnumMap<>(SimulatedDisk.Operation.class);
    private final TestLogs logs = new TestLogs(disk, DATA);
    private final AdaptiveSyncRound round = new AdaptiveSyncRound(
            disk, DATA, new ParallelSyncRound(1, Thread.ofPlatform().daemon().factory()));

    private List<SegmentedLog> written(int count) throws IOException {
        disk.createDirectories(DATA.resolve("partitions"));
        List<SegmentedLog> written = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SegmentedLog log = open(i);
            log.appendAsLeader(Batches.of(1000, "a"), 1, Origin.CLIENT, 1000);
            written.add(log);
        }
        return written;
    }

    private SegmentedLog open(int partition) throws IOException {
        TopicIdPartition id = new TopicIdPartition(new Uuid(7, 7), new TopicPartition("orders", partition));
        return LogOpener.open(id, logs.services(), LogSettings.defaults(), 5_000, log -> {});
    }

    private static List<SyncTask> tasksOf(List<SegmentedLog> logs) {
        return logs.stream().map(SegmentedLog::syncTask).toList();
    }

    private void countOperations() {
        disk.faults((operation, path) -> operations.merge(operation, 1, Integer::sum));
    }

    @Test
    void makesManyLogsDurableWithOneCall() throws IOException {
        // Given
        List<SegmentedLog> many = written(20);
        countOperations();

        // When
        List<SyncTask> tasks = tasksOf(many);
        round.sync(tasks);
        disk.faults(SimulatedDisk.Faults.NONE);
        disk.powerCut(new Random(1));

        // Then
        assertThat(operations).containsOnly(Map.entry(SimulatedDisk.Operation.SYNC_FILE_SYSTEM, 1));
        TestLogs reopened = new TestLogs(disk, DATA);
        for (int i = 0; i < 20; i++) {
            TopicIdPartition id = many.get(i).id();
            SegmentedLog log = LogOpener.open(id, reopened.services(), LogSettings.defaults(), 5_000, closed -> {});
            assertThat(log.view().endOffset()).isEqualTo(1);
        }
    }

    @Test
    void syncsOneLogByItself() throws IOException {
        // Given
        List<SegmentedLog> one = written(1);
        countOperations();

        // When
        round.sync(tasksOf(one));

        // Then
        assertThat(operations).doesNotContainKey(SimulatedDisk.Operation.SYNC_FILE_SYSTEM);
        assertThat(operations).containsKey(SimulatedDisk.Operation.SYNC);
    }

    @Test
    void afterAFailureNoLogOfTheDirectoryAcceptsAppends() throws IOException {
        // Given
        List<SegmentedLog> two = written(2);
        disk.faults((operation, path) -> {
            if (operation == SimulatedDisk.Operation.SYNC_FILE_SYSTEM) throw new IOException("Input/output error");
        });

        // When
        assertThatThrownBy(() -> round.sync(tasksOf(two))).isInstanceOf(IOException.class);
        disk.faults(SimulatedDisk.Faults.NONE);

        // Then
        assertThat(two)
                .allSatisfy(log -> assertThatThrownBy(
                                () -> log.appendAsLeader(Batches.of(1000, "b"), 1, Origin.CLIENT, 1000))
                        .isInstanceOf(LogFailure.class));
        assertThatThrownBy(() -> round.sync(tasksOf(two))).isInstanceOf(IOException.class);
    }

    @Test
    void theRealCallWorksOnThisFileSystem(@TempDir Path directory) throws IOException {
        try (Disk.FileSystemSync real = new FileDisk().fileSystemSync(directory).orElseThrow()) {
            real.sync();
        }
    }

    @Test
    void theRealCallReportsFailures(@TempDir Path directory) throws IOException {
        Disk.FileSystemSync real = new FileDisk().fileSystemSync(directory).orElseThrow();
        real.close();
        assertThatThrownBy(real::sync).isInstanceOf(IOException.class).hasMessageContaining("errno 9");
    }
}
