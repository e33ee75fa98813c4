package io.chronik.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// One file by itself, several by one call for the whole file system where there is one; see [SyncChoice].
final class AdaptiveSyncRound implements SyncRound {
    private final Disk disk;
    private final Path directory;
    private final ParallelSyncRound each;
    private final SyncChoice choice = new SyncChoice();

    /// Asked for with the first round that could use it: linking takes some tens of milliseconds.
    @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
    private Optional<Disk.FileSystemSync> fileSystem = Optional.empty();

    private boolean looked;

    AdaptiveSyncRound(Disk disk, Path directory, ParallelSyncRound each) {
        this.disk = disk;
        this.directory = directory;
        this.each = each;
    }

    @Override
    public void sync(List<SyncTask> tasks) throws IOException {
        long bytes = 0;
        for (SyncTask task : tasks) bytes += task.bytes();
        boolean together = choice.together(tasks.size()) && fileSystem().isPresent();
        long beginNs = System.nanoTime();
        if (together) {
            syncTogether(fileSystem().get(), tasks);
            choice.onTogether(tasks.size(), bytes, System.nanoTime() - beginNs);
        } else {
            each.sync(tasks);
            choice.onEach(tasks.size(), bytes, System.nanoTime() - beginNs);
        }
    }

    private Optional<Disk.FileSystemSync> fileSystem() throws IOException {
        if (!looked) fileSystem = disk.fileSystemSync(directory);
        looked = true;
        return fileSystem;
    }

    static void syncTogether(Disk.FileSystemSync fileSystem, List<SyncTask> tasks) throws IOException {
        try {
            for (SyncTask task : tasks) task.beforeFileSystemSync();
            fileSystem.sync();
        } catch (IOException | RuntimeException | Error e) {
            for (SyncTask task : tasks) task.onSyncFailed(e);
            throw e;
        }
        for (SyncTask task : tasks) task.afterFileSystemSync();
    }

    @Override
    public void close() {
        each.close();
        try {
            if (fileSystem.isPresent()) fileSystem.get().close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
