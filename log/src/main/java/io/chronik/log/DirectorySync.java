package io.chronik.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// Makes the names in one directory durable for many who created some: those who ask while a sync runs share the
/// next.
final class DirectorySync {
    private final Disk disk;
    private final Path directory;
    private final AtomicLong asked = new AtomicLong();
    private long done;

    DirectorySync(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    /// Returns when what the caller did in the directory before is durable.
    void sync() throws IOException {
        long mine = asked.incrementAndGet();
        synchronized (this) {
            if (done >= mine) return;
            long covered = asked.get();
            FailedSync.check(() -> disk.syncDirectory(directory));
            done = covered;
        }
    }
}
