package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.PartitionLog.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFilesTest {
    @TempDir
    Path dataDir;

    private TestLogs logs;

    @BeforeEach
    void setUp() {
        logs = new TestLogs(new FileDisk(), dataDir);
    }

    private static void append(PartitionLog log, String value) {
        log.appendAsLeader(Batches.of(1000, value), 1, Origin.CLIENT, 2_000);
    }

    private OpenFiles files() {
        return logs.services().openFiles();
    }

    private static SegmentFile lastFile(SegmentedLog log) {
        return ((LogState) log.view()).segments().getLast().file();
    }

    @Test
    void aLogThatNobodyUsesBetweenTwoSweepsHasNoOpenFileAndNoTail() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());
        append(log, "a");
        TestLogs.sync(log);
        files().sweep();
        int afterOne = files().count();

        // When
        files().sweep();

        // Then
        assertThat(afterOne).isEqualTo(1);
        assertThat(files().count()).isZero();
        assertThat(lastFile(log).recent()).isNull();
        append(log, "b");
        assertThat(TestLogs.readAll(log.view(), 0)).containsExactly("0=a", "1=b");
        assertThat(TestLogs.readAll(log.view(), 1)).containsExactly("1=b");
    }

    @Test
    void aLogInUseKeepsItsFileAndItsTail() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());

        // When
        for (int i = 0; i < 5; i++) {
            append(log, "a");
            TestLogs.sync(log);
            files().sweep();
        }

        // Then
        assertThat(files().count()).isEqualTo(1);
        assertThat(lastFile(log).recent()).isNotNull();
    }

    @Test
    void aFileStaysOpenUntilAllThatWasWrittenToItIsSynced() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());
        append(log, "a");
        SyncTask task = log.syncTask();
        append(log, "b");

        // When
        task.sync();
        log.onSynced(task);
        files().sweep();
        files().sweep();

        // Then
        assertThat(files().count()).isEqualTo(1);
        TestLogs.sync(log);
        files().sweep();
        files().sweep();
        assertThat(files().count()).isZero();
    }

    @Test
    void aCompleteSegmentStaysOpenUntilItIsSynced() throws IOException {
        // Given
        SegmentedLog log = logs.open(TestLogs.segmentBytes(300));

        // When
        for (int i = 0; i < 12; i++) append(log, "value " + i);
        files().sweep();
        files().sweep();

        // Then
        int segments = ((LogState) log.view()).segments().size();
        assertThat(segments).isGreaterThan(2);
        assertThat(files().count()).isEqualTo(segments);
        TestLogs.sync(log);
        files().sweep();
        files().sweep();
        assertThat(files().count()).isZero();
    }

    @Test
    void aSliceKeepsItsFileOpenUntilItIsSent() throws IOException {
        // Given
        SegmentedLog log = logs.open(LogSettings.defaults());
        append(log, "a");
        TestLogs.sync(log);
        try (LogSlice slice = log.view().read(0, 1, 100, true)) {
            // When
            for (int i = 0; i < 3; i++) files().sweep();

            // Then
            assertThat(Batches.values(slice.copy())).containsExactly("0=a");
        }
        files().sweep();
        assertThat(files().count()).isZero();
    }

    @Test
    void sweepsAreAskedForOnlyWhileFilesAreOpen() throws IOException {
        // Given
        Queue<Runnable> sweeps = new ArrayDeque<>();
        OpenFiles files = new OpenFiles(new FileDisk(), 10, sweeps::add);
        List<SegmentFile> opened = new ArrayList<>();
        int whileClosed = sweeps.size();

        // When
        for (int i = 0; i < 3; i++) {
            opened.add(new SegmentFile(files, dataDir.resolve("file-" + i)));
            opened.getLast().create();
            opened.getLast().release();
        }
        int whileOpen = sweeps.size();
        sweeps.remove().run();
        int whileStillOpen = sweeps.size();
        sweeps.remove().run();

        // Then
        assertThat(whileClosed).isZero();
        assertThat(whileOpen).isEqualTo(1);
        assertThat(whileStillOpen).isEqualTo(1);
        assertThat(files.count()).isZero();
        assertThat(sweeps).isEmpty();
        opened.getFirst().acquire();
        assertThat(sweeps).hasSize(1);
    }

    @Test
    void returnsToItsBoundWhenFilesInUseHadExceededIt() throws IOException {
        // Given
        OpenFiles files = new OpenFiles(new FileDisk(), 10, sweep -> {});
        List<SegmentFile> used = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            used.add(new SegmentFile(files, dataDir.resolve("file-" + i)));
            used.getLast().create();
        }
        int inUse = files.count();
        used.forEach(SegmentFile::release);

        // When
        for (int i = 0; i < 30; i++) {
            SegmentFile file = new SegmentFile(files, dataDir.resolve("more-" + i));
            file.create();
            file.release();
        }

        // Then
        assertThat(inUse).isEqualTo(100);
        assertThat(files.count()).isEqualTo(10);
    }

    @Test
    void appendsAndReadsGoOnWhileFilesAreSwept() throws Exception {
        // Given
        SegmentedLog log = logs.open(TestLogs.segmentBytes(20_000));
        AtomicBoolean done = new AtomicBoolean();
        OpenFiles files = files();
        Thread sweeper = new Thread(() -> {
            while (!done.get()) files.sweep();
        });
        sweeper.start();

        // When
        List<String> expected = new ArrayList<>();
        try {
            for (int i = 0; i < 3_000; i++) {
                append(log, "v" + i);
                expected.add(i + "=v" + i);
                if (i % 3 == 0) TestLogs.sync(log);
                try (LogSlice tail = log.view().read(i, i + 1, 1 << 20, true)) {
                    assertThat(Batches.values(tail.copy())).containsExactly(i + "=v" + i);
                }
            }
        } finally {
            done.set(true);
            sweeper.join();
        }

        // Then
        assertThat(TestLogs.readAll(log.view(), 0)).isEqualTo(expected);
    }
}
