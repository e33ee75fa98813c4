package io.chronik.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `syncfs(2)` on the file system of one directory, with a flush of the device's cache behind it: ext4 without a
/// journal writes inodes after its own flush. A write-back error that nobody has seen, also one from before this
/// was opened, fails the call (Linux 5.8 and later), whichever file of the file system it concerns. Any thread, one
/// at a time.
final class LinuxSyncFs implements Disk.FileSystemSync {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxSyncFs.class);

    private final LinuxCalls calls;
    private final Path directory;
    private final int descriptor;

    private LinuxSyncFs(LinuxCalls calls, Path directory) throws IOException {
        this.calls = calls;
        this.directory = directory;
        this.descriptor = calls.open(directory, LinuxCalls.DIRECTORY);
    }

    /// Empty where the platform does not have it or does not let us: not Linux, or forbidden by a sandbox.
    static Optional<Disk.FileSystemSync> of(Path directory) {
        Optional<LinuxCalls> calls = LinuxCalls.here();
        if (calls.isEmpty()) return Optional.empty();
        try {
            LinuxSyncFs opened = new LinuxSyncFs(calls.get(), directory);
            opened.sync();
            return Optional.of(opened);
        } catch (IOException | RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("directory", directory)
                    .addKeyValue("cause", e.getMessage())
                    .log("no syncfs here: files are synced one by one");
            return Optional.empty();
        }
    }

    @Override
    public void sync() throws IOException {
        calls.syncFileSystem(descriptor, directory);
        calls.syncData(descriptor, directory);
    }

    @Override
    public void close() throws IOException {
        calls.close(descriptor, directory);
    }
}
