package io.chronik.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the files of some segments durable, whose names are durable: one by one, or many by one call for the whole
/// file system. The files are open. One caller at a time.
final class SegmentSync implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentSync.class);

    /// From so many files on, one call is cheaper.
    private static final int MANY = 16;

    private final Disk disk;
    private final Path directory;
    private final AtomicReference<Throwable> failure;

    /// Asked for when it is needed first.
    @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
    private Optional<Disk.FileSystemSync> fileSystem = Optional.empty();

    private boolean looked;

    SegmentSync(Disk disk, Path directory, AtomicReference<Throwable> failure) {
        this.disk = disk;
        this.directory = directory;
        this.failure = failure;
    }

    void sync(Collection<Segment> segments) throws IOException {
        if (segments.size() >= MANY && fileSystem().isPresent()) {
            syncAll(fileSystem().get());
        } else {
            for (Segment segment : segments) segment.file().sync(failure);
        }
    }

    private void syncAll(Disk.FileSystemSync all) throws IOException {
        try {
            all.sync();
        } catch (IOException e) {
            failure.compareAndSet(null, e);
            throw e;
        }
    }

    private Optional<Disk.FileSystemSync> fileSystem() throws IOException {
        if (!looked) fileSystem = disk.fileSystemSync(directory);
        looked = true;
        return fileSystem;
    }

    @Override
    public void close() {
        try {
            if (fileSystem.isPresent()) fileSystem.get().close();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", directory).setCause(e).log("closing a descriptor failed");
        }
    }
}
