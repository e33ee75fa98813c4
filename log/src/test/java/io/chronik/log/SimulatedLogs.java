package io.chronik.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/// A log directory as [FileLogStore] has it, without threads: for a process of a simulated cluster, which decides when
/// background work runs and when a round of syncs takes place.
public final class SimulatedLogs {
    private static final String PARTITIONS = "partitions";
    private static final String QUARANTINE = "quarantine";

    private final SimulatedDisk disk;
    private final Path dataDir;
    private final CommitJournal journal;
    private final LogServices services;
    private final HighWatermarks highWatermarks;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /// Where what no event may wait for runs.
    public interface Background {
        void execute(Runnable task);

        void after(long delayMs, Runnable task);
    }

    /// How a round becomes durable.
    public enum Round {
        EACH_FILE,
        FILE_SYSTEM,
        JOURNAL
    }

    private SimulatedLogs(
            SimulatedDisk disk, Path dataDir, LogStoreOptions options, Background background, LongSupplier sessionIds)
            throws IOException {
        this.disk = disk;
        this.dataDir = dataDir;
        Path partitions = dataDir.resolve(PARTITIONS);
        disk.createDirectories(partitions);
        disk.createDirectories(dataDir.resolve(QUARANTINE));
        disk.syncDirectory(dataDir);
        this.journal = new CommitJournal(
                disk,
                dataDir,
                options.journalHalfBytes(),
                journalBackground(background),
                sessionIds,
                failure,
                this::onSyncFailed);
        JournalReplay.run(disk, dataDir.resolve(CommitJournal.FILE), partitions, false);
        disk.fileSystemSync(dataDir).orElseThrow().sync();
        journal.forgetReplayed();
        this.services = new LogServices(
                disk,
                new OpenFiles(disk, options.maxOpenFiles(), sweep -> background.after(options.idleFileMs(), sweep)),
                new IndexCache(options.indexCacheBytes()),
                new DirectorySync(disk, partitions),
                ClosedLogs.open(disk, dataDir),
                background::execute,
                options,
                true,
                journal,
                failure,
                this::onSyncFailed);
        this.highWatermarks = HighWatermarks.open(disk, dataDir);
    }

    /// Files are synced at once, as nobody could run that while a log waits for it.
    private static LogThreads.Background journalBackground(Background background) {
        return new LogThreads.Background() {
            @Override
            public void execute(Runnable task) {
                task.run();
            }

            @Override
            public void after(long delayMs, Runnable task) {
                background.after(delayMs, task);
            }

            @Override
            public void close() {}
        };
    }

    /// Takes the directory as a new process does after any end of the one before.
    public static SimulatedLogs open(
            SimulatedDisk disk, Path dataDir, LogStoreOptions options, Background background, LongSupplier sessionIds) {
        try {
            disk.createDirectories(dataDir);
            return new SimulatedLogs(disk, dataDir, options, background, sessionIds);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Nothing is acknowledged any more.
    public void onSyncFailed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    public PartitionLog openOrCreate(TopicIdPartition id, LogSettings settings, long nowMs) {
        try {
            return LogOpener.open(id, services, settings, nowMs, closed -> {});
        } catch (IOException e) {
            throw LogFailure.of("opening " + id, e);
        }
    }

    /// Makes `tasks` durable, in this way as far as it can be had.
    public void sync(List<SyncTask> tasks, Round round) throws IOException {
        List<SyncTask> others = round == Round.JOURNAL && journal.isReady() ? journal.sync(tasks) : tasks;
        if (others.isEmpty()) return;
        if (round == Round.FILE_SYSTEM) {
            AdaptiveSyncRound.syncTogether(disk.fileSystemSync(dataDir).orElseThrow(), others);
        } else {
            for (SyncTask task : others) task.sync();
        }
    }

    public long highWatermark(PartitionLog log) {
        TopicIdPartition id = log.id();
        long known = highWatermarks.of(id.topicId(), id.partition());
        return Math.max(log.view().startOffset(), Math.min(known, log.view().endOffset()));
    }

    public void noteHighWatermark(TopicIdPartition id, long highWatermark) {
        highWatermarks.note(id.topicId(), id.partition(), highWatermark);
    }

    public long writtenHighWatermark(TopicIdPartition id) {
        return highWatermarks.of(id.topicId(), id.partition());
    }

    public void forgetHighWatermark(TopicIdPartition id) {
        try {
            highWatermarks.forget(id.topicId(), id.partition());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isThere(TopicIdPartition id) {
        return disk.exists(
                services.partitions().directory().resolve(PartitionDirectory.name(id.topicId(), id.partition())));
    }

    public void writeHighWatermarks() {
        try {
            highWatermarks.write();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<LogStore.Stored> stored() {
        List<LogStore.Stored> stored = new ArrayList<>();
        for (String name : disk.list(services.partitions().directory())) {
            PartitionDirectory.identify(name).ifPresent(stored::add);
        }
        return stored;
    }

    /// What a start does with a partition that the metadata does not know, or not here.
    public void setAside(Uuid topicId, int partition, long nowMs) {
        String name = PartitionDirectory.name(topicId, partition);
        Path from = services.partitions().directory().resolve(name);
        try {
            highWatermarks.forget(topicId, partition);
            services.closedLogs().take(topicId, partition);
            if (!disk.exists(from)) return;
            disk.rename(from, dataDir.resolve(QUARANTINE).resolve(nowMs + "-" + name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A clean stop, after all logs were closed.
    public void close() {
        journal.close();
        writeHighWatermarks();
        try {
            services.closedLogs().write();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where the segments of a partition are.
    public static Path directory(Path dataDir, TopicIdPartition id) {
        return dataDir.resolve(PARTITIONS).resolve(PartitionDirectory.name(id.topicId(), id.partition()));
    }
}
