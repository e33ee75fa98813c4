package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.log.AppendResult.Appended;
import io.chronik.log.AppendResult.Duplicate;
import io.chronik.log.PartitionLog.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryTest {
    private static final int BATCHES = 20;
    private static final LogSettings SMALL = TestLogs.segmentBytes(2000);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final TestLogs logs = new TestLogs(disk, Path.of("/data"));
    private final List<Integer> ends = new ArrayList<>();

    /// Batches of an idempotent producer with two records each, in one segment or several; killed, not closed.
    private List<String> killedLog(LogSettings settings) throws IOException {
        disk.createDirectories(Path.of("/data/partitions"));
        SegmentedLog log = logs.open(settings);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            String first = "first-" + i;
            String second = "second-" + i + "x".repeat(i);
            log.appendAsLeader(Batches.idempotent(9, 0, 2 * i, first, second), 1 + i / 8, Origin.CLIENT, 6_000);
            ends.add((int) log.view().sizeBytes());
            values.add(2 * i + "=" + first);
            values.add(2 * i + 1 + "=" + second);
        }
        TestLogs.sync(log);
        disk.kill();
        return values;
    }

    private static SegmentedLog appendable(SegmentedLog log) {
        long end = log.view().endOffset();
        AppendResult result = log.appendAsLeader(Batches.of(9000, "next"), 9, Origin.CLIENT, 9_000);
        assertThat(result).isEqualTo(new Appended(end, end, -1));
        return log;
    }

    @Test
    void cutsTheTornTailAtEveryBytePositionOfTheLastThreeBatches() throws IOException {
        // Given
        List<String> values = killedLog(LogSettings.defaults());
        byte[] whole = disk.content(logs.segment(0));

        for (int size = ends.get(BATCHES - 4); size <= whole.length; size++) {
            // When
            disk.replace(logs.segment(0), Arrays.copyOf(whole, size));
            SegmentedLog log = logs.open(LogSettings.defaults());

            // Then
            int kept = 0;
            while (kept < BATCHES && ends.get(kept) <= size) kept++;
            assertThat(TestLogs.readAll(log.view(), 0)).isEqualTo(values.subList(0, 2 * kept));
            assertThat(log.view().endOffset()).isEqualTo(2L * kept);
            assertThat(log.view().damaged()).isFalse();
            AppendResult again = log.appendAsLeader(
                    Batches.idempotent(9, 0, 2 * (kept - 1), "same", "size"), 9, Origin.CLIENT, 6_000);
            assertThat(again).isEqualTo(new Duplicate(2L * (kept - 1), 2L * kept - 1, -1));
            appendable(log);
            disk.kill();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 11, 12, 60, 61, 100, 4096, 100_000})
    void cutsATailOfZerosOrGarbage(int tailBytes) throws IOException {
        // Given
        List<String> values = killedLog(LogSettings.defaults());
        byte[] whole = disk.content(logs.segment(0));
        List<IntUnaryOperator> tails = List.of(i -> 0, i -> i * 31 + 7, i -> 2, i -> 0xff);

        for (IntUnaryOperator tail : tails) {
            // When
            byte[] grown = Arrays.copyOf(whole, whole.length + tailBytes);
            for (int i = 0; i < tailBytes; i++) grown[whole.length + i] = (byte) tail.applyAsInt(i);
            disk.replace(logs.segment(0), grown);
            SegmentedLog log = logs.open(LogSettings.defaults());

            // Then
            assertThat(log.view().damaged()).isFalse();
            assertThat(TestLogs.readAll(log.view(), 0)).isEqualTo(values);
            appendable(log);
            disk.kill();
        }
    }

    @ParameterizedTest(name = "byte {0} of a batch")
    @ValueSource(ints = {3, 7, 8, 11, 12, 15, 16, 17, 20, 22, 23, 26, 30, 40, 50, 52, 55, 60, 61, 70, 90})
    void neverCutsDamageThatGoodBatchesFollow(int byteInBatch) throws IOException {
        // Given
        List<String> values = killedLog(LogSettings.defaults());
        disk.corrupt(logs.segment(0), ends.get(9) + byteInBatch, 0x01);

        // When
        SegmentedLog log = logs.open(LogSettings.defaults());

        // Then
        LogView view = log.view();
        assertThat(view.damage()).singleElement().satisfies(range -> {
            assertThat(range.fromOffset()).isEqualTo(20);
            assertThat(range.toOffset()).isEqualTo(22);
        });
        assertThat(view.endOffset()).isEqualTo(2 * BATCHES);
        assertThat(TestLogs.readAll(view, 22)).isEqualTo(values.subList(22, 40));
        assertThat(Batches.values(view.read(0, 100, 1 << 20, true).copy())).isEqualTo(values.subList(0, 20));
        assertThatThrownBy(() -> view.read(20, 100, 1 << 20, true)).isInstanceOf(LogDamaged.class);
        assertThatThrownBy(() -> view.read(21, 100, 1 << 20, true)).isInstanceOf(LogDamaged.class);
        appendable(log);
        assertThat(disk.content(logs.segment(0))).hasSizeGreaterThan(ends.getLast());
    }

    @Test
    void remembersDamageAfterACleanStop() throws IOException {
        // Given
        killedLog(LogSettings.defaults());
        disk.corrupt(logs.segment(0), ends.get(9) + 80, 0x01);
        logs.stop(logs.open(LogSettings.defaults()));

        // When
        LogView view = logs.open(LogSettings.defaults()).view();

        // Then
        assertThat(view.damagedFromOffset()).isEqualTo(20);
    }

    @Test
    void reportsALostSegmentAsDamage() throws IOException {
        // Given
        List<String> values = killedLog(SMALL);
        logs.stop(logs.open(SMALL));
        List<String> segments = disk.list(logs.directory()).stream()
                .filter(name -> name.endsWith(".log"))
                .toList();
        assertThat(segments).hasSizeGreaterThan(1);
        long second = Long.parseLong(segments.get(1).substring(0, 20));

        // When
        disk.remove(logs.segment(0));
        SegmentedLog log = logs.open(SMALL);

        // Then
        assertThat(log.view().damage()).containsExactly(new DamagedRange(0, 0, 0, 0, second));
        assertThat(TestLogs.readAll(log.view(), second)).isEqualTo(values.subList((int) second, 40));
        appendable(log);
    }

    @Test
    void reportsALostTailBelowTheRecoveryPointAndGoesOnBehindIt() throws IOException {
        // Given
        List<String> values = killedLog(LogSettings.defaults());
        logs.stop(logs.open(LogSettings.defaults()));
        byte[] whole = disk.content(logs.segment(0));

        // When
        disk.replace(logs.segment(0), Arrays.copyOf(whole, ends.get(14) + 5));
        SegmentedLog log = logs.open(LogSettings.defaults());

        // Then
        assertThat(log.view().damagedFromOffset()).isEqualTo(30);
        assertThat(log.view().endOffset()).isEqualTo(40);
        assertThat(Batches.values(log.view().read(0, 100, 1 << 20, true).copy()))
                .isEqualTo(values.subList(0, 30));
        assertThatThrownBy(() -> log.view().read(35, 100, 1 << 20, true)).isInstanceOf(LogDamaged.class);
        appendable(log);
        assertThat(TestLogs.readAll(log.view(), 40)).containsExactly("40=next");
        logs.stop(log);
        assertThat(TestLogs.readAll(logs.open(LogSettings.defaults()).view(), 40))
                .containsExactly("40=next");
    }

    @Test
    void rebuildsWhatIsMissingOrDamagedBesideTheSegments() throws IOException {
        // Given
        List<String> values = killedLog(SMALL);
        logs.stop(logs.open(SMALL));
        List<Path> others = new ArrayList<>();
        others.add(Path.of("/data").resolve(ClosedLogs.FILE));
        for (String name : disk.list(logs.directory())) {
            if (!name.endsWith(".log")) others.add(logs.directory().resolve(name));
        }
        assertThat(others).hasSizeGreaterThan(6);

        for (Path path : others) {
            String name = path.getFileName().toString();
            for (boolean missing : new boolean[] {true, false}) {
                if (!disk.exists(path)) continue;
                byte[] before = disk.content(path);

                // When
                if (missing) disk.remove(path);
                else if (before.length > 0) disk.corrupt(path, before.length / 2, 0x10);
                SegmentedLog log = logs.open(SMALL);

                // Then
                LogView view = log.view();
                assertThat(TestLogs.readAll(view, 0)).as(name).isEqualTo(values);
                assertThat(view.damaged()).as(name).isFalse();
                assertThat(view.epochAt(15)).as(name).hasValue(1);
                assertThat(view.epochAt(16)).as(name).hasValue(2);
                assertThat(view.endOf(2)).as(name).isEqualTo(new LogView.EpochEnd(2, 32));
                assertThat(view.firstAtOrAfter(1001, 100).orElseThrow().offset())
                        .isEqualTo(1);
                assertThat(view.maxTimestamp(100).orElseThrow().offset()).isEqualTo(1);
                assertThat(view.read(17, 18, 1 << 20, true).baseOffset()).isEqualTo(16);
                assertThat(log.appendAsLeader(Batches.idempotent(9, 0, 36, "a", "b"), 3, Origin.CLIENT, 6_000))
                        .as(name)
                        .isEqualTo(new Duplicate(36, 37, -1));
                disk.kill();
                if (!missing) disk.replace(path, before);
            }
        }
    }

    @Test
    void readsOnlyWhatWasAppendedAfterTheRecoveryPoint() throws IOException {
        // Given
        killedLog(LogSettings.defaults());
        logs.stop(logs.open(LogSettings.defaults()));
        SegmentedLog log = logs.open(LogSettings.defaults());
        log.appendAsLeader(Batches.of(1000, "behind"), 3, Origin.CLIENT, 6_000);
        TestLogs.sync(log);
        disk.kill();
        // Not looked at by recovery, so not found by it.
        disk.corrupt(logs.segment(0), 100, 1);

        // When
        SegmentedLog reopened = logs.open(LogSettings.defaults());

        // Then
        assertThat(reopened.view().endOffset()).isEqualTo(41);
        assertThat(reopened.view().damaged()).isFalse();
    }

    @ParameterizedTest(name = "byte {0} of a batch")
    @ValueSource(ints = {3, 7, 8, 11, 12, 15, 16, 17, 20, 22, 23, 26, 30, 40, 50, 52, 55, 60, 61, 70, 90})
    void neverServesDamageBelowTheRecoveryPoint(int byteInBatch) throws IOException {
        // Given
        List<String> values = killedLog(LogSettings.defaults());
        logs.stop(logs.open(LogSettings.defaults()));
        byte[] before = disk.content(logs.segment(0));
        disk.corrupt(logs.segment(0), ends.get(9) + byteInBatch, 0x01);
        SegmentedLog log = logs.open(LogSettings.defaults());

        // When
        List<String> served =
                Batches.values(log.view().read(0, 100, 1 << 20, true).copy());

        // Then
        assertThat(served).isEqualTo(values.subList(0, 20));
        assertThat(log.view().damagedFromOffset()).isEqualTo(20);
        assertThatThrownBy(() -> log.view().read(20, 100, 1 << 20, true)).isInstanceOf(LogDamaged.class);
        assertThat(TestLogs.readAll(log.view(), 22)).isEqualTo(values.subList(22, 40));
        assertThat(disk.content(logs.segment(0))).hasSameSizeAs(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAFailedSyncLeftInThePageCacheOnlyIsNotTaken(boolean syncBeforeOpen) throws IOException {
        // Given
        List<String> values = killedLog(LogSettings.defaults());
        SegmentedLog log = logs.open(LogSettings.defaults());
        log.appendAsLeader(Batches.of(7_000, "lost", "too"), 9, Origin.CLIENT, 7_000);
        disk.faults((operation, path) -> {
            if (operation == SimulatedDisk.Operation.SYNC) throw new IOException("Input/output error");
        });
        assertThatThrownBy(() -> TestLogs.sync(log)).isInstanceOf(IOException.class);
        disk.faults(SimulatedDisk.Faults.NONE);
        disk.kill();

        // When
        logs.failure.set(null);
        logs.syncBeforeOpen(syncBeforeOpen);
        SegmentedLog again = logs.open(LogSettings.defaults());

        // Then
        assertThat(TestLogs.readAll(again.view(), 0)).isEqualTo(values);
        assertThat(again.view().damaged()).isFalse();
        appendable(again);
    }
}
