package io.chronik.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// Logs on some disk without threads: background work runs at once, syncs when a test asks for them.
final class TestLogs {
    static final TopicIdPartition ID = new TopicIdPartition(new Uuid(7, 7), new TopicPartition("orders", 3));

    private final Disk disk;
    private final Path dataDir;
    final AtomicReference<Throwable> failure = new AtomicReference<>();
    final List<Throwable> syncFailures = new ArrayList<>();
    private boolean foundDurable;
    private long sessions;
    private LogServices services;

    /// Where the commit journal has its files synced: at once, unless a test wants to choose.
    private LogThreads.Background journalBackground = new Immediately();

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

    TestLogs(Disk disk, Path dataDir) {
        this.disk = disk;
        this.dataDir = dataDir;
        this.services = services(LogStoreOptions.defaults());
    }

    private LogServices services(LogStoreOptions options) {
        return new LogServices(
                disk,
                new OpenFiles(disk, options.maxOpenFiles(), sweep -> {}),
                new IndexCache(options.indexCacheBytes()),
                new DirectorySync(disk, dataDir.resolve("partitions")),
                closedLogs(),
                Runnable::run,
                options,
                foundDurable,
                new CommitJournal(
                        disk,
                        dataDir,
                        options.journalHalfBytes(),
                        journalBackground,
                        () -> ++sessions,
                        failure,
                        syncFailures::add),
                failure,
                syncFailures::add);
    }

    private ClosedLogs closedLogs() {
        try {
            return ClosedLogs.open(disk, dataDir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The defaults but for these.
    static LogStoreOptions options(long checkpointBytes, long idleFileMs) {
        LogStoreOptions d = LogStoreOptions.defaults();
        return new LogStoreOptions(
                d.maxOpenFiles(),
                d.indexCacheBytes(),
                d.producerIdExpirationMs(),
                d.maxProducersPerPartition(),
                d.syncThreads(),
                d.recoveryThreads(),
                checkpointBytes,
                d.quarantineMs(),
                idleFileMs,
                d.journalHalfBytes());
    }

    TestLogs with(LogStoreOptions options) {
        services = services(options);
        return this;
    }

    TestLogs with(LogThreads.Background background) {
        journalBackground = background;
        return this;
    }

    /// Whether what the last process left is made durable with one call before logs are opened.
    void syncBeforeOpen(boolean wanted) {
        foundDurable = wanted;
    }

    LogServices services() {
        return services;
    }

    /// Opens as a new process would: nothing is known but what is on disk.
    SegmentedLog open(LogSettings settings) {
        try {
            begin();
            return open(ID, settings);
        } catch (IOException e) {
            throw LogFailure.of("open", e);
        }
    }

    /// As a new process, before it opens logs.
    void begin() throws IOException {
        services = services(services.options());
        JournalReplay.run(disk, dataDir.resolve(CommitJournal.FILE), dataDir.resolve("partitions"), !foundDurable);
        if (foundDurable) disk.fileSystemSync(dataDir).orElseThrow().sync();
        services.journal().forgetReplayed();
    }

    SegmentedLog open(TopicIdPartition id, LogSettings settings) throws IOException {
        return LogOpener.open(id, services, settings, 5_000, log -> {});
    }

    /// A clean stop of the log, which was opened last.
    void stop(SegmentedLog log) throws IOException {
        log.close();
        services.closedLogs().write();
    }

    static void sync(PartitionLog log) throws IOException {
        SyncTask task = log.syncTask();
        task.sync();
        log.onSynced(task);
    }

    Path directory() {
        return dataDir.resolve("partitions").resolve(PartitionDirectory.name(ID.topicId(), ID.partition()));
    }

    Path segment(long baseOffset) {
        return directory().resolve(String.format(java.util.Locale.ROOT, "%020d.log", baseOffset));
    }

    static LogSettings segmentBytes(int segmentBytes) {
        LogSettings d = LogSettings.defaults();
        return new LogSettings(
                segmentBytes,
                d.segmentMs(),
                d.segmentJitterMs(),
                d.segmentIndexBytes(),
                200,
                d.retentionMs(),
                d.retentionBytes(),
                d.deleteEnabled(),
                d.compactEnabled(),
                d.deleteRetentionMs(),
                d.minCompactionLagMs(),
                d.maxCompactionLagMs(),
                d.minCleanableDirtyRatio(),
                d.maxMessageBytes(),
                d.timestampType(),
                d.timestampBeforeMaxMs(),
                d.timestampAfterMaxMs(),
                d.compressionType(),
                d.gzipLevel(),
                d.lz4Level(),
                d.zstdLevel(),
                d.maxDecompressedMessageBytes(),
                d.durability());
    }

    static LogSettings compacted(int segmentBytes) {
        LogSettings d = segmentBytes(segmentBytes);
        return new LogSettings(
                d.segmentBytes(),
                d.segmentMs(),
                d.segmentJitterMs(),
                d.segmentIndexBytes(),
                d.indexIntervalBytes(),
                d.retentionMs(),
                d.retentionBytes(),
                false,
                true,
                d.deleteRetentionMs(),
                d.minCompactionLagMs(),
                d.maxCompactionLagMs(),
                d.minCleanableDirtyRatio(),
                d.maxMessageBytes(),
                d.timestampType(),
                d.timestampBeforeMaxMs(),
                d.timestampAfterMaxMs(),
                d.compressionType(),
                d.gzipLevel(),
                d.lz4Level(),
                d.zstdLevel(),
                d.maxDecompressedMessageBytes(),
                d.durability());
    }

    static LogSettings logAppendTime(String compressionType) {
        LogSettings d = LogSettings.defaults();
        return new LogSettings(
                d.segmentBytes(),
                d.segmentMs(),
                d.segmentJitterMs(),
                d.segmentIndexBytes(),
                d.indexIntervalBytes(),
                d.retentionMs(),
                d.retentionBytes(),
                d.deleteEnabled(),
                d.compactEnabled(),
                d.deleteRetentionMs(),
                d.minCompactionLagMs(),
                d.maxCompactionLagMs(),
                d.minCleanableDirtyRatio(),
                d.maxMessageBytes(),
                org.apache.kafka.common.record.TimestampType.LOG_APPEND_TIME,
                d.timestampBeforeMaxMs(),
                d.timestampAfterMaxMs(),
                compressionType,
                d.gzipLevel(),
                d.lz4Level(),
                d.zstdLevel(),
                d.maxDecompressedMessageBytes(),
                d.durability());
    }

    /// `offset=value` of everything from `offset` to the end, slice by slice.
    static List<String> readAll(LogView view, long offset) throws IOException {
        List<String> values = new ArrayList<>();
        long next = offset;
        while (next < view.endOffset()) {
            try (LogSlice slice = view.read(next, Long.MAX_VALUE, 1 << 20, true)) {
                if (slice.sizeBytes() == 0) break;
                var bytes = slice.copy();
                values.addAll(Batches.values(bytes));
                int at = 0;
                int last = 0;
                while (at < bytes.limit()) {
                    last = at;
                    at += (int) BatchHeader.sizeBytes(bytes, at);
                }
                next = BatchHeader.lastOffset(bytes, last) + 1;
            }
        }
        return values;
    }
}
