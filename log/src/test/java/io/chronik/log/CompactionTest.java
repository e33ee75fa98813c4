package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.AppendResult.Appended;
import io.chronik.log.AppendResult.Duplicate;
import io.chronik.log.PartitionLog.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompactionTest {
    private static final long DAY_MS = 24L * 60 * 60 * 1000;
    private static final LogSettings SETTINGS = TestLogs.compacted(1500);
    private static final LogSettings HALF_SEGMENTS = TestLogs.compacted(750);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final TestLogs logs = new TestLogs(disk, Path.of("/data"));
    private final Map<String, String> expected = new TreeMap<>();
    private SegmentedLog log;

    @BeforeEach
    void setUp() {
        disk.createDirectories(Path.of("/data/partitions"));
        log = logs.open(SETTINGS);
    }

    private void put(String key, String value) {
        expected.put(key, value);
        append(new SimpleRecord(1000, bytes(key), bytes(value)));
    }

    private void delete(String key) {
        expected.remove(key);
        append(new SimpleRecord(1000, bytes(key), null));
    }

    private void append(SimpleRecord record) {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, record);
        assertThat(log.appendAsLeader(records, 1, Origin.CLIENT, 2000)).isInstanceOf(Appended.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void putMany(int count) throws IOException {
        Random random = new Random(count);
        for (int i = 0; i < count; i++) put("key" + random.nextInt(10), "value" + i);
        TestLogs.sync(log);
    }

    private long compact(long nowMs) {
        Optional<Compaction> compaction = log.prepareCompaction(log.view().endOffset(), nowMs);
        if (compaction.isEmpty()) return -1;
        compaction.get().run();
        return log.completeCompaction(compaction.get());
    }

    /// The newest value of each key, by offset; tombstones remove it.
    private static Map<String, String> table(LogView view) throws IOException {
        Map<String, String> table = new TreeMap<>();
        for (Record record : records(view)) {
            String key = StandardCharsets.UTF_8.decode(record.key()).toString();
            ByteBuffer value = record.value();
            if (value == null) table.remove(key);
            else table.put(key, StandardCharsets.UTF_8.decode(value).toString());
        }
        return table;
    }

    private static Iterable<Record> records(LogView view) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) view.sizeBytes());
        long next = view.startOffset();
        while (next < view.endOffset()) {
            try (LogSlice slice = view.read(next, Long.MAX_VALUE, 1 << 20, true)) {
                if (slice.sizeBytes() == 0) break;
                ByteBuffer bytes = slice.copy();
                for (int at = 0; at < bytes.limit(); at += (int) BatchHeader.sizeBytes(bytes, at)) {
                    next = BatchHeader.lastOffset(bytes, at) + 1;
                }
                all.put(bytes);
            }
        }
        return MemoryRecords.readableRecords(all.flip()).records();
    }

    private static int count(Iterable<Record> records) {
        return (int) StreamSupport.stream(records.spliterator(), false).count();
    }

    @Test
    void keepsTheNewestValueOfEachKeyAtItsOffset() throws IOException {
        // Given
        putMany(200);
        int before = count(records(log.view()));

        // When
        long saved = compact(2000);

        // Then
        assertThat(saved).isPositive();
        assertThat(count(records(log.view()))).isLessThan(before / 3);
        assertThat(table(log.view())).isEqualTo(expected);
        assertThat(log.view().endOffset()).isEqualTo(200);
        assertThat(table(logs.open(SETTINGS).view())).isEqualTo(expected);
    }

    @Test
    void readsAtAnyOffsetFindTheNextRecordThatIsLeft() throws IOException {
        // Given
        putMany(200);
        compact(2000);

        // Then
        for (long offset = 0; offset < 200; offset++) {
            try (LogSlice slice = log.view().read(offset, 200, 100, true)) {
                ByteBuffer bytes = slice.copy();
                assertThat(BatchHeader.lastOffset(bytes, 0)).isGreaterThanOrEqualTo(offset);
            }
        }
    }

    @Test
    void waitsUntilEnoughHasChanged() throws IOException {
        // Given
        putMany(200);
        compact(2000);
        put("key1", "again");
        TestLogs.sync(log);

        // When
        long saved = compact(2000);

        // Then
        assertThat(saved).isEqualTo(-1);
    }

    @Test
    void neverTouchesRecordsAboveTheHighWatermark() throws IOException {
        // Given
        putMany(200);

        // When
        Optional<Compaction> compaction = log.prepareCompaction(3, 2000);

        // Then
        assertThat(compaction).isEmpty();
    }

    @Test
    void keepsATombstoneUntilItsTimeIsUp() throws IOException {
        // Given
        putMany(100);
        delete("key3");
        putMany(99);
        for (int i = 0; i < 60; i++) delete("key4");
        putMany(98);
        expected.remove("key3");
        expected.remove("key4");
        for (int i = 0; i < 40; i++) delete(i % 2 == 0 ? "key3" : "key4");
        putManyOthers(60);

        // When
        compact(2000);
        int withTombstones = tombstones();
        putManyOthers(150);
        compact(2000 + 2 * DAY_MS);

        // Then
        assertThat(withTombstones).isEqualTo(2);
        assertThat(tombstones()).isZero();
        assertThat(table(log.view())).isEqualTo(expected);
    }

    private void putManyOthers(int count) throws IOException {
        for (int i = 0; i < count; i++) put("other" + i % 5, "value" + i);
        TestLogs.sync(log);
    }

    private int tombstones() throws IOException {
        int count = 0;
        for (Record record : records(log.view())) if (!record.hasValue()) count++;
        return count;
    }

    @Test
    void keepsTheLastSequenceOfEachProducer() throws IOException {
        // Given
        log.appendAsLeader(Batches.idempotent(9, 0, 0, "mine"), 1, Origin.CLIENT, 2000);
        for (int i = 0; i < 100; i++) put("k0", "newer" + i);
        TestLogs.sync(log);
        compact(2000);

        // When
        disk.remove(logs.directory().resolve(ProducerSnapshot.FILE));
        SegmentedLog reopened = logs.open(SETTINGS);

        // Then
        assertThat(reopened.appendAsLeader(Batches.idempotent(9, 0, 0, "mine"), 1, Origin.CLIENT, 2000))
                .isEqualTo(new Duplicate(0, 0, -1));
    }

    @Test
    void isGivenUpWhenTheLogWasTruncatedMeanwhile() throws IOException {
        // Given
        putMany(200);
        Compaction compaction = log.prepareCompaction(200, 2000).orElseThrow();
        compaction.run();

        // When
        log.truncateTo(20);
        long saved = log.completeCompaction(compaction);

        // Then
        assertThat(saved).isZero();
        assertThat(log.view().endOffset()).isEqualTo(20);
        assertThat(count(records(log.view()))).isEqualTo(20);
    }

    @Test
    void aViewFromBeforeStillAnswers() throws IOException {
        // Given
        putMany(200);
        LogView before = log.view();
        log.close();
        log = logs.open(SETTINGS);
        LogView old = log.view();

        // When
        compact(2000);

        // Then
        assertThat(before.endOffset()).isEqualTo(200);
        assertThat(table(old)).isEqualTo(expected);
    }

    @Test
    void whatACleanStopKnewOfTheOldSegmentsIsNotBelievedOfTheNewOnes() throws IOException {
        // Given: two small segments, the second with half of the first one's keys, so that the new one has the first
        // one's
        // name and size.
        log = logs.open(HALF_SEGMENTS);
        int batches = batchesOfASegment();
        for (int i = 0; i < batches; i++) put("key" + (10 + i), "value" + (100 + i));
        for (int i = 0; i <= batches; i++) put("key" + (10 + i % (batches / 2)), "value" + (200 + i));
        TestLogs.sync(log);
        long active = segments().getLast().baseOffset();
        logs.stop(log);
        log = logs.open(SETTINGS);
        int before = segments().getFirst().sizeBytes();

        // When
        long saved = compact(2000);
        int after = segments().getFirst().sizeBytes();
        int segmentsAfter = segments().size();
        disk.powerCut(new Random(1));
        log = logs.open(SETTINGS);

        // Then
        assertThat(saved).isPositive();
        assertThat(active).isEqualTo(2L * batches);
        assertThat(segmentsAfter).isEqualTo(2);
        assertThat(after).isEqualTo(before);
        try (LogSlice slice = log.view().read(active - 1, active, 1 << 20, true)) {
            assertThat(slice.baseOffset()).isEqualTo(active - 1);
            assertThat(slice.sizeBytes()).isPositive();
        }
    }

    private static int batchesOfASegment() {
        CompactionTest probe = new CompactionTest();
        probe.setUp();
        probe.log = probe.logs.open(HALF_SEGMENTS);
        while (probe.segments().size() < 2) probe.put("key10", "value100");
        return (int) probe.segments().getLast().baseOffset();
    }

    private List<Segment> segments() {
        return ((LogState) log.view()).segments();
    }

    @Test
    void survivesAPowerCutAtEveryStep() throws IOException {
        for (int crashAt = 1; ; crashAt++) {
            for (int seed = 0; seed < 5; seed++) {
                // Given
                CompactionTest run = new CompactionTest();
                SimulatedDisk fresh = run.disk;
                run.setUp();
                run.putMany(120);
                if (seed % 2 == 1) {
                    run.logs.stop(run.log);
                    run.log = run.logs.open(SETTINGS);
                }
                AtomicInteger steps = new AtomicInteger(crashAt);
                fresh.faults((operation, path) -> {
                    if (operation != SimulatedDisk.Operation.READ && steps.decrementAndGet() < 0) {
                        throw new IOException("Input/output error");
                    }
                });

                // When
                try {
                    run.compact(2000);
                } catch (LogFailure expectedAtSomeSteps) {
                    assertThat(steps.get()).isNegative();
                }
                boolean finished = steps.get() >= 0;
                fresh.faults(SimulatedDisk.Faults.NONE);
                fresh.powerCut(new Random(seed));
                run.logs.failure.set(null);
                run.log = run.logs.open(SETTINGS);

                // Then
                assertThat(run.log.view().damage())
                        .as("crash at step %d", crashAt)
                        .isEmpty();
                assertThat(run.log.view().endOffset()).isEqualTo(120);
                assertThat(table(run.log.view()))
                        .as("crash at step %d", crashAt)
                        .isEqualTo(run.expected);
                if (finished && seed == 4) return;
            }
        }
    }
}
