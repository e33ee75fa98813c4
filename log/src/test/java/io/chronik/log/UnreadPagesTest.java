package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.PartitionLog.Origin;
import io.chronik.log.UnreadPages.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreadPagesTest {
    private static final int KEPT = UnreadPages.KEPT_BYTES;
    private static final int STEP = UnreadPages.STEP_BYTES;

    private final UnreadPages pages = new UnreadPages();

    @Test
    void theNewestPartStays() {
        assertThat(pages.onDurable(0, KEPT)).isEmpty();
        assertThat(pages.onDurable(0, KEPT + STEP - 1)).isEmpty();
        assertThat(pages.onDurable(0, KEPT + STEP)).contains(new Part(0, STEP));
    }

    @Test
    void eachPartIsDroppedOnce() {
        // Given
        pages.onDurable(0, 0);
        assertThat(pages.onDurable(0, KEPT + 3 * STEP)).contains(new Part(0, 3 * STEP));
        // When
        var again = pages.onDurable(0, KEPT + 3 * STEP);
        var more = pages.onDurable(0, KEPT + 4 * STEP + 5);
        // Then
        assertThat(again).isEmpty();
        assertThat(more).contains(new Part(3 * STEP, 4 * STEP));
    }

    @Test
    void whatWasAppendedBeforeARead_isLeftToTheKernel() {
        // Given
        pages.onDurable(0, 0);
        pages.onRead();
        // When
        var whileRead = pages.onDurable(0, KEPT + 3 * STEP);
        var afterwards = pages.onDurable(0, 2 * KEPT + 4 * STEP);
        // Then
        assertThat(whileRead).isEmpty();
        assertThat(afterwards).contains(new Part(KEPT + 3 * STEP, KEPT + 4 * STEP));
    }

    @Test
    void nothingIsDroppedWhileSomebodyReads() {
        pages.onDurable(0, 0);
        for (int i = 1; i < 100; i++) {
            pages.onRead();
            assertThat(pages.onDurable(0, i * KEPT / 2)).isEmpty();
        }
    }

    @Test
    void aNewSegmentBeginsAnew() {
        // Given
        pages.onDurable(0, 0);
        pages.onDurable(0, KEPT + 3 * STEP);
        // When
        var none = pages.onDurable(500, KEPT);
        var first = pages.onDurable(500, KEPT + STEP);
        // Then
        assertThat(none).isEmpty();
        assertThat(first).contains(new Part(0, STEP));
    }

    @Test
    void aLogThatWasReopenedKeepsWhatIsCachedOfItsPast() {
        assertThat(pages.onDurable(0, 100 * STEP)).isEmpty();
        assertThat(pages.onDurable(0, 101 * STEP)).contains(new Part(100 * STEP - KEPT, 101 * STEP - KEPT));
    }

    @Test
    void aTruncatedSegmentIsDecidedAgain() {
        // Given
        pages.onDurable(0, 0);
        pages.onDurable(0, KEPT + 9 * STEP);
        // When
        pages.onDurable(0, 2 * STEP);
        // Then
        assertThat(pages.onDurable(0, KEPT + STEP)).contains(new Part(0, STEP));
    }

    @Test
    void aLogThatNobodyReadsLeavesOnlyItsNewestPartInMemory() throws IOException {
        // Given
        SimulatedDisk disk = new SimulatedDisk();
        disk.createDirectories(Path.of("/data/partitions"));
        SegmentedLog log = new TestLogs(disk, Path.of("/data")).open(LogSettings.defaults());
        // When
        appendMebibytes(log, 19);
        // Then
        assertThat(disk.droppedParts).containsExactly("00000000000000000000.log 0-" + STEP, second());
    }

    private static String second() {
        return "00000000000000000000.log " + STEP + "-" + 2 * STEP;
    }

    @Test
    void aLogThatIsReadStaysInMemory() throws IOException {
        // Given
        SimulatedDisk disk = new SimulatedDisk();
        disk.createDirectories(Path.of("/data/partitions"));
        SegmentedLog log = new TestLogs(disk, Path.of("/data")).open(LogSettings.defaults());
        for (int i = 0; i < 4; i++) {
            // When
            appendMebibytes(log, 9);
            log.view().read(0, Long.MAX_VALUE, 100, true).close();
        }
        // Then
        assertThat(disk.droppedParts).isEmpty();
    }

    private static void appendMebibytes(PartitionLog log, int count) throws IOException {
        String value = "x".repeat((1 << 20) - 1000);
        for (int i = 0; i < count; i++) {
            log.appendAsLeader(Batches.of(7_000, value), 1, Origin.CLIENT, 7_000);
            TestLogs.sync(log);
        }
    }

    @Test
    void droppedBytesAreReadFromTheDisk(@TempDir Path directory) throws IOException {
        // Given
        Path path = directory.resolve("file");
        byte[] content = new byte[1 << 20];
        new Random(5).nextBytes(content);
        Files.write(path, content);
        FileDisk disk = new FileDisk();
        try (Disk.DiskFile file = disk.open(path, false)) {
            file.sync();
        }
        // When
        disk.dropCached(path, 0, content.length);
        // Then
        assertThat(Files.readAllBytes(path)).isEqualTo(content);
    }
}
