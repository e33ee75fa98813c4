package io.chronik.log;

import io.chronik.log.CheckpointFile.Sync;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A log directory on a [Disk].
///
///     <dataDir>/lock                     held by the process that uses it
///     <dataDir>/directory.metadata       its identity
///     <dataDir>/clean-shutdown           present between a clean stop and the next start
///     <dataDir>/closed-logs              what the last clean stop knew about the logs
///     <dataDir>/high-watermarks          how far each partition was committed
///     <dataDir>/commit-journal           small appends of many logs, see CommitJournal
///     <dataDir>/partitions/<topic uuid>-<partition>/
///     <dataDir>/quarantine/<since ms>-<topic uuid>-<partition>/
public final class FileLogStore implements LogStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileLogStore.class);
    private static final String CLEAN_SHUTDOWN = "clean-shutdown";
    private static final String DIRECTORY_METADATA = "directory.metadata";
    private static final String PARTITIONS = "partitions";
    private static final String QUARANTINE = "quarantine";

    private final Disk disk;
    private final Path dataDir;
    private final AutoCloseable lock;
    private final Uuid directoryId;
    private final boolean startedClean;
    private final LogThreads.Background background;
    private final DiskSyncer syncer;
    private final LogServices services;
    private final Semaphore recoveries;
    private final HighWatermarks highWatermarks;
    private final Set<PartitionLog> open = ConcurrentHashMap.newKeySet();

    private FileLogStore(
            Disk disk,
            Path dataDir,
            AutoCloseable lock,
            LogStoreOptions options,
            DiskSyncer.Listener listener,
            LogThreads threads,
            LongSupplier sessionIds)
            throws IOException {
        this.disk = disk;
        this.dataDir = dataDir;
        this.lock = lock;
        this.startedClean = removeCleanMarker();
        this.directoryId = readOrCreateId();
        Path partitions = dataDir.resolve(PARTITIONS);
        disk.createDirectories(partitions);
        disk.createDirectories(dataDir.resolve(QUARANTINE));
        disk.syncDirectory(dataDir);
        this.background = threads.background("log-background");
        this.recoveries = new Semaphore(options.recoveryThreads());
        this.highWatermarks = HighWatermarks.open(disk, dataDir);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CommitJournal journal = new CommitJournal(
                disk,
                dataDir,
                options.journalHalfBytes(),
                threads.background("log-journal"),
                sessionIds,
                failure,
                listener::onSyncFailed);
        boolean foundDurable = startedClean || recoverFiles(journal);
        this.services = new LogServices(
                disk,
                new OpenFiles(disk, options.maxOpenFiles(), sweep -> background.after(options.idleFileMs(), sweep)),
                new IndexCache(options.indexCacheBytes()),
                new DirectorySync(disk, partitions),
                ClosedLogs.open(disk, dataDir),
                background,
                options,
                foundDurable,
                journal,
                failure,
                listener::onSyncFailed);
        this.syncer = threads.syncer(
                new JournaledSyncRound(
                        journal,
                        new AdaptiveSyncRound(
                                disk,
                                dataDir,
                                new ParallelSyncRound(
                                        options.syncThreads(),
                                        Thread.ofPlatform()
                                                .name("log-sync-", 0)
                                                .daemon()
                                                .factory()))),
                listener);
        removeDeleted(partitions);
    }

    /// Takes the directory for this process, creating it when it is missing. Throws [LogFailure] when another
    /// process uses it or it cannot be written; then nothing in it has been changed. `listener` is called on the
    /// syncer's threads.
    public static FileLogStore open(Disk disk, Path dataDir, LogStoreOptions options, DiskSyncer.Listener listener) {
        return open(
                disk,
                dataDir,
                options,
                listener,
                LogThreads.ofPlatform(),
                () -> ThreadLocalRandom.current().nextLong());
    }

    /// The same on `threads`. `sessionIds` gives numbers that no other start has had, for the commit journal.
    public static FileLogStore open(
            Disk disk,
            Path dataDir,
            LogStoreOptions options,
            DiskSyncer.Listener listener,
            LogThreads threads,
            LongSupplier sessionIds) {
        try {
            disk.createDirectories(dataDir);
            AutoCloseable lock = disk.lock(dataDir.resolve("lock"));
            return new FileLogStore(disk, dataDir, lock, options, listener, threads, sessionIds);
        } catch (IOException e) {
            throw LogFailure.of("log directory " + dataDir + " cannot be used", e);
        }
    }

    /// After a crash: what was journaled goes into the files, and what a killed process left in the page cache is made
    /// durable, with one call for all logs where there is one. False when that is left to each log's recovery.
    private boolean recoverFiles(CommitJournal journal) throws IOException {
        Path partitions = dataDir.resolve(PARTITIONS);
        boolean empty = disk.list(partitions).isEmpty();
        Optional<Disk.FileSystemSync> fileSystem = empty ? Optional.empty() : disk.fileSystemSync(dataDir);
        JournalReplay.run(disk, dataDir.resolve(CommitJournal.FILE), partitions, fileSystem.isEmpty());
        if (fileSystem.isPresent()) {
            try (Disk.FileSystemSync all = fileSystem.get()) {
                all.sync();
            }
        }
        journal.forgetReplayed();
        return empty || fileSystem.isPresent();
    }

    private boolean removeCleanMarker() throws IOException {
        Path marker = dataDir.resolve(CLEAN_SHUTDOWN);
        if (!disk.exists(marker)) return false;
        disk.delete(marker);
        disk.syncDirectory(dataDir);
        return true;
    }

    private Uuid readOrCreateId() throws IOException {
        CheckpointFile file = new CheckpointFile(disk, dataDir.resolve(DIRECTORY_METADATA));
        Optional<List<String>> lines = file.read();
        if (lines.isPresent()) return Uuid.fromString(lines.get().getFirst());
        if (disk.exists(file.path())) throw new IOException(file.path() + " is damaged: restore it from a backup");
        Uuid created = Uuid.randomUuid();
        file.write(List.of(created.toString()), Sync.BEFORE_RENAME);
        return created;
    }

    private void removeDeleted(Path partitions) throws IOException {
        for (String name : disk.list(partitions)) {
            if (!name.endsWith(PartitionDirectory.DELETED_SUFFIX)) continue;
            background.execute(() -> deleteTree(partitions.resolve(name)));
        }
    }

    @Override
    public List<Stored> stored() {
        try {
            Path partitions = services.partitions().directory();
            List<Stored> stored = new ArrayList<>();
            for (String name : disk.list(partitions)) {
                if (name.endsWith(PartitionDirectory.DELETED_SUFFIX)) continue;
                PartitionDirectory.identify(name).ifPresent(stored::add);
            }
            return List.copyOf(stored);
        } catch (IOException e) {
            throw LogFailure.of("listing " + dataDir, e);
        }
    }

    @Override
    public PartitionLog openOrCreate(TopicIdPartition id, LogSettings settings, long nowMs) {
        recoveries.acquireUninterruptibly();
        try {
            PartitionLog log = LogOpener.open(id, services, settings, nowMs, open::remove);
            open.add(log);
            return log;
        } catch (IOException | LogDamaged e) {
            throw LogFailure.of("opening " + id, e);
        } finally {
            recoveries.release();
        }
    }

    @Override
    public void quarantine(Uuid topicId, int partition, long nowMs) {
        String name = PartitionDirectory.name(topicId, partition);
        Path from = services.partitions().directory().resolve(name);
        Path to = dataDir.resolve(QUARANTINE).resolve(nowMs + "-" + name);
        try {
            services.closedLogs().take(topicId, partition);
            highWatermarks.forget(topicId, partition);
            if (!disk.exists(from)) return;
            disk.rename(from, to);
            LOG.atWarn().addKeyValue("from", from).addKeyValue("to", to).log("partition quarantined");
        } catch (IOException e) {
            throw LogFailure.of("quarantine of " + from, e);
        }
    }

    @Override
    public void deleteOldQuarantine(long nowMs) {
        Path quarantine = dataDir.resolve(QUARANTINE);
        try {
            for (String name : disk.list(quarantine)) {
                long sinceMs = Long.parseLong(name.substring(0, name.indexOf('-')));
                if (nowMs - sinceMs > services.options().quarantineMs()) {
                    background.execute(() -> deleteTree(quarantine.resolve(name)));
                }
            }
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", quarantine).setCause(e).log("quarantine not cleaned");
        }
    }

    @Override
    public long highWatermark(PartitionLog log) {
        TopicIdPartition id = log.id();
        long known = highWatermarks.of(id.topicId(), id.partition());
        return Math.max(log.view().startOffset(), Math.min(known, log.view().endOffset()));
    }

    @Override
    public long writtenHighWatermark(TopicIdPartition id) {
        return highWatermarks.of(id.topicId(), id.partition());
    }

    @Override
    public void forgetHighWatermark(TopicIdPartition id) {
        try {
            highWatermarks.forget(id.topicId(), id.partition());
        } catch (IOException e) {
            throw LogFailure.of("forgetting the high watermark of " + id, e);
        }
    }

    @Override
    public boolean isThere(TopicIdPartition id) {
        String name = PartitionDirectory.name(id.topicId(), id.partition());
        try {
            return disk.exists(services.partitions().directory().resolve(name));
        } catch (IOException e) {
            throw LogFailure.of("looking for " + name, e);
        }
    }

    @Override
    public void noteHighWatermark(TopicIdPartition id, long highWatermark) {
        highWatermarks.note(id.topicId(), id.partition(), highWatermark);
    }

    @Override
    public void writeHighWatermarks() {
        try {
            highWatermarks.write();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", dataDir).setCause(e).log("high watermarks not written");
        }
    }

    private void deleteTree(Path directory) {
        try {
            PartitionDirectory.deleteTree(disk, directory);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", directory).setCause(e).log("directory not deleted");
        }
    }

    @Override
    public DiskSyncer syncer() {
        return syncer;
    }

    @Override
    public Uuid directoryId() {
        return directoryId;
    }

    @Override
    public boolean startedClean() {
        return startedClean;
    }

    @Override
    public Usage usage() {
        long logBytes = 0;
        for (PartitionLog log : open) logBytes += log.view().sizeBytes();
        try {
            return new Usage(logBytes, disk.usableBytes(dataDir), disk.totalBytes(dataDir));
        } catch (IOException e) {
            throw LogFailure.of("usage of " + dataDir, e);
        }
    }

    int openFileCount() {
        return services.openFiles().count();
    }

    @Override
    public void close() {
        syncer.close();
        background.close();
        writeHighWatermarks();
        try {
            if (services.failure().get() == null) services.closedLogs().write();
            if (services.failure().get() == null && open.isEmpty()) writeCleanMarker();
            lock.close();
        } catch (Exception e) {
            LOG.atWarn().addKeyValue("directory", dataDir).setCause(e).log("log directory not closed cleanly");
        }
    }

    private void writeCleanMarker() throws IOException {
        new CheckpointFile(disk, dataDir.resolve(CLEAN_SHUTDOWN)).write(List.of("clean"), Sync.BEFORE_RENAME);
        disk.syncDirectory(dataDir);
    }
}
