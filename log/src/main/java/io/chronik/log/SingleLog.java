package io.chronik.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicIdPartition;

/// A log that is alone in its directory, with its files named as ever, beside what its owner keeps there. There is no
/// syncer and no commit journal: the owner makes appends durable by `task = log.syncTask()`, `task.sync()`,
/// `log.onSynced(task)`, and after a failure of that no append is accepted any more.
public final class SingleLog {
    private SingleLog() {}

    /// Opens the log, recovering it first, or a new one. `background` unlinks files and writes checkpoints; it is
    /// closed by who made it, after the log.
    public static PartitionLog open(
            Disk disk,
            Path directory,
            TopicIdPartition id,
            LogSettings settings,
            LogStoreOptions options,
            long nowMs,
            LogThreads.Background background) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try {
            LogServices services = new LogServices(
                    disk,
                    new OpenFiles(disk, options.maxOpenFiles(), sweep -> background.after(options.idleFileMs(), sweep)),
                    new IndexCache(options.indexCacheBytes()),
                    new DirectorySync(disk, directory.resolveSibling("")),
                    ClosedLogs.none(disk, directory),
                    background,
                    options,
                    false,
                    noJournal(disk, directory, background, failure),
                    failure,
                    cause -> failure.compareAndSet(null, cause));
            PartitionDirectory own = new PartitionDirectory(disk, services.partitions(), directory, id);
            return LogOpener.open(own, id, services, settings, nowMs, closed -> {});
        } catch (IOException e) {
            throw LogFailure.of("opening the log in " + directory, e);
        }
    }

    private static CommitJournal noJournal(
            Disk disk, Path directory, LogThreads.Background background, AtomicReference<Throwable> failure) {
        return new CommitJournal(disk, directory, 0, background, () -> 0, failure, cause -> {});
    }
}
