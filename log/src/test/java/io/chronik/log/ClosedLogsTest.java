package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.AppendResult.Appended;
import io.chronik.log.AppendResult.Duplicate;
import io.chronik.log.PartitionLog.Origin;
import io.chronik.log.SimulatedDisk.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClosedLogsTest {
    private static final Path DATA = Path.of("/data");
    private static final LogSettings SETTINGS = TestLogs.segmentBytes(1000);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final TestLogs logs = new TestLogs(disk, DATA);
    private SegmentedLog log;

    @BeforeEach
    void setUp() {
        disk.createDirectories(DATA.resolve("partitions"));
        log = logs.open(SETTINGS);
    }

    private static AppendResult append(SegmentedLog log, int producer, int sequence) {
        return log.appendAsLeader(Batches.idempotent(producer, 0, sequence, "v" + sequence), 1, Origin.CLIENT, 2000);
    }

    private void appendMany(int from, int to) throws IOException {
        for (int i = from; i < to; i++) append(log, 9, i);
        TestLogs.sync(log);
    }

    private void stop() throws IOException {
        logs.stop(log);
    }

    private static List<String> values(int from, int to) {
        List<String> values = new ArrayList<>();
        for (int i = from; i < to; i++) values.add(i + "=v" + i);
        return values;
    }

    @Test
    void aCleanStopCreatesOneFileAndSyncsNoneOfAPartition() throws IOException {
        // Given
        appendMany(0, 3);
        List<String> operations = new ArrayList<>();
        disk.faults((operation, path) -> {
            if (operation != Operation.DELETE) operations.add(operation + " " + path.getFileName());
        });

        // When
        stop();

        // Then
        assertThat(operations)
                .containsExactly(
                        "CREATE closed-logs.tmp",
                        "WRITE closed-logs.tmp",
                        "SYNC closed-logs.tmp",
                        "RENAME closed-logs.tmp");
    }

    @Test
    void whatWasClosedIsBelievedUnread() throws IOException {
        // Given
        appendMany(0, 50);
        stop();
        disk.kill();
        List<Path> reads = new ArrayList<>();
        disk.faults((operation, path) -> {
            if (operation == Operation.READ && path.toString().endsWith(".log")) reads.add(path);
        });

        // When
        log = logs.open(SETTINGS);

        // Then
        assertThat(reads).isEmpty();
        assertThat(TestLogs.readAll(log.view(), 0)).isEqualTo(values(0, 50));
        assertThat(log.view().epochAt(49)).hasValue(1);
        assertThat(append(log, 9, 49)).isEqualTo(new Duplicate(49, 49, -1));
    }

    @Test
    void aCrashAnywhereInTheStopLosesNothing() throws IOException {
        for (int step = 0; step < 12; step++) {
            for (int seed = 0; seed < 10; seed++) {
                ClosedLogsTest test = new ClosedLogsTest();
                test.setUp();
                test.losesNothingWhenTheDiskIsGoneAfter(step, new Random(seed));
            }
        }
    }

    private void losesNothingWhenTheDiskIsGoneAfter(int operations, Random random) throws IOException {
        // Given
        appendMany(0, 30);
        stop();
        disk.kill();
        log = logs.open(SETTINGS);
        appendMany(30, 40);
        int[] left = {operations};
        disk.faults((operation, path) -> {
            if (left[0]-- <= 0) throw new IOException("gone");
        });

        // When
        try {
            stop();
        } catch (IOException gone) {
            assertThat(left[0]).isNegative();
        }
        disk.faults(SimulatedDisk.Faults.NONE);
        disk.powerCut(random);
        log = logs.open(SETTINGS);

        // Then
        assertThat(log.view().damage()).isEmpty();
        assertThat(TestLogs.readAll(log.view(), 0)).isEqualTo(values(0, 40));
        assertThat(append(log, 9, 39)).isEqualTo(new Duplicate(39, 39, -1));
    }

    @Test
    void isNotBelievedAboutALogThatWasCutSince() throws IOException {
        // Given
        appendMany(0, 50);
        stop();
        disk.kill();
        log = logs.open(SETTINGS);

        // When
        log.truncateTo(20);
        disk.powerCut(new Random(1));
        log = logs.open(SETTINGS);

        // Then
        assertThat(log.view().damage()).isEmpty();
        assertThat(log.view().endOffset()).isEqualTo(20);
        assertThat(append(log, 9, 20)).isEqualTo(new Appended(20, 20, -1));
    }

    @Test
    void whatItAloneKnowsOfProducersIsWrittenBeforeTheirSegmentsGo() throws IOException {
        // Given
        append(log, 7, 0);
        TestLogs.sync(log);
        stop();
        disk.kill();
        log = logs.open(SETTINGS);

        // When
        log.advanceStartOffset(1);
        log.deleteOldSegments(1, 2000);
        boolean segmentIsThere = disk.exists(logs.segment(0));
        logs.services().closedLogs().forget();
        disk.kill();
        log = logs.open(SETTINGS);

        // Then
        assertThat(segmentIsThere).isFalse();
        assertThat(append(log, 7, 0)).isEqualTo(new Duplicate(0, 0, -1));
    }

    @Test
    void reportsAPartitionThatIsGone() throws IOException {
        // Given
        appendMany(0, 5);
        stop();
        for (String name : disk.list(logs.directory()))
            disk.remove(logs.directory().resolve(name));
        disk.remove(logs.directory());
        disk.kill();

        // When
        log = logs.open(SETTINGS);

        // Then
        assertThat(log.view().damaged()).isTrue();
        assertThat(log.view().endOffset()).isEqualTo(5);
    }

    @Test
    void aLogWithManyProducersHasFilesOfItsOwn() throws IOException {
        // Given
        for (int producer = 0; producer < 200; producer++) append(log, producer, 0);
        TestLogs.sync(log);

        // When
        stop();
        disk.kill();
        int lines = new CheckpointFile(disk, DATA.resolve(ClosedLogs.FILE))
                .read()
                .orElseThrow()
                .size();
        log = logs.open(SETTINGS);

        // Then
        assertThat(lines).isEqualTo(1);
        for (int producer = 0; producer < 200; producer++) {
            assertThat(append(log, producer, 0)).isEqualTo(new Duplicate(producer, producer, -1));
        }
    }
}
