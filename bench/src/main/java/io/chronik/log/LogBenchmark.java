package io.chronik.log;

import io.chronik.log.PartitionLog.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// One batch of `batchBytes` with records of 1 KiB (or one of 100 B): checked, appended, looked up.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LogBenchmark {
    @Param({"100", "16384", "65536"})
    public int batchBytes;

    private ByteBuffer batch = ByteBuffer.allocate(0);
    private MemoryRecords records = MemoryRecords.EMPTY;
    private Path directory = Path.of("");
    private @Nullable FileLogStore store;
    private @Nullable PartitionLog log;
    private OffsetIndex index = new OffsetIndex(0);
    private long asked;

    @Setup(Level.Iteration)
    public void setUp() throws IOException {
        int recordBytes = Math.min(batchBytes, 1024);
        SimpleRecord[] all = new SimpleRecord[Math.max(1, batchBytes / 1024)];
        byte[] value = new byte[recordBytes];
        new Random(3).nextBytes(value);
        for (int i = 0; i < all.length; i++) all[i] = new SimpleRecord(1000, null, value);
        ByteBuffer made = MemoryRecords.withRecords(Compression.NONE, all).buffer();
        batch = ByteBuffer.allocateDirect(made.remaining()).put(made).flip();
        records = MemoryRecords.readableRecords(batch);
        directory = Files.createTempDirectory("jmh");
        store = FileLogStore.open(new FileDisk(), directory, LogStoreOptions.defaults(), new Silent());
        log = store.openOrCreate(
                new TopicIdPartition(Uuid.randomUuid(), new TopicPartition("bench", 0)), LogSettings.defaults(), 1000);
        index = new OffsetIndex(0);
        for (int i = 0; i < 100_000; i++) index.append(i * 10L, i * 4096);
    }

    @TearDown(Level.Iteration)
    public void tearDown() throws IOException {
        if (log != null) log.close();
        if (store != null) store.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    @Benchmark
    public Object validate() {
        batch.putLong(0, 0); // As it comes from a client.
        return BatchValidator.validate(batch, LogSettings.defaults(), 1000);
    }

    @Benchmark
    public Object append() {
        batch.putLong(0, 0);
        if (log == null) throw new IllegalStateException("not set up");
        return log.appendAsLeader(records, 1, Origin.CLIENT, 1000);
    }

    @Benchmark
    public int findInIndex() {
        asked = (asked + 7919) % 1_000_000;
        return index.floorPosition(asked);
    }

    private static final class Silent implements DiskSyncer.Listener {
        @Override
        public void onSyncFailed(Throwable cause) {
            throw new IllegalStateException(cause);
        }

        @Override
        public void onRound(int clients, long bytes, long durationNs) {}
    }
}
