package io.chronik.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The real file system. Stateless; safe on any thread that nobody interrupts.
public final class FileDisk implements Disk {
    private static final Set<OpenOption> OPEN = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final Set<OpenOption> CREATE =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);

    @Override
    public DiskFile open(Path path, boolean create) throws IOException {
        return new OpenFile(path, FileChannel.open(path, create ? CREATE : OPEN));
    }

    @Override
    public DiskFile openToRead(Path path) throws IOException {
        return new OpenFile(path, FileChannel.open(path, StandardOpenOption.READ));
    }

    @Override
    public DiskFile openUncached(Path path) throws IOException {
        Optional<OpenOption> direct = direct();
        if (direct.isEmpty()) return open(path, false);
        try {
            return new OpenFile(path, FileChannel.open(path, StandardOpenOption.WRITE, direct.get()));
        } catch (IOException | UnsupportedOperationException notOnThisFileSystem) {
            return open(path, false);
        }
    }

    /// `com.sun.nio.file.ExtendedOpenOption.DIRECT`, which the compiler calls internal.
    private static Optional<OpenOption> direct() {
        try {
            Object[] options =
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
            return Stream.of(options)
                    .map(OpenOption.class::cast)
                    .filter(option -> option.toString().equals("DIRECT"))
                    .findFirst();
        } catch (ClassNotFoundException notOnThisJvm) {
            return Optional.empty();
        }
    }

    @Override
    public void createDirectories(Path path) throws IOException {
        Files.createDirectories(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException missing) {
            return List.of();
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public long size(Path path) throws IOException {
        return Files.size(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public AutoCloseable lock(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, CREATE);
        try {
            if (channel.tryLock() != null) return channel;
        } catch (OverlappingFileLockException ours) {
            // Answered below, as if it were another process.
        }
        channel.close();
        throw new IOException(path + " is locked: another process uses this directory");
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    @Override
    public long totalBytes(Path path) throws IOException {
        return Files.getFileStore(path).getTotalSpace();
    }

    @Override
    public Optional<FileSystemSync> fileSystemSync(Path directory) {
        return LinuxSyncFs.of(directory);
    }

    /// Through a descriptor of its own: a FileChannel does not tell its.
    @Override
    public void dropCached(Path path, long from, long to) throws IOException {
        if (LinuxCalls.here().isEmpty()) return;
        LinuxCalls calls = LinuxCalls.here().get();
        int descriptor = calls.open(path, LinuxCalls.FILE);
        try {
            calls.dropCached(descriptor, from, to, path);
        } finally {
            calls.close(descriptor, path);
        }
    }

    private record OpenFile(Path path, FileChannel file) implements DiskFile {
        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            long at = position;
            while (source.hasRemaining()) at += file.write(source, at);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            int total = 0;
            while (target.hasRemaining()) {
                int count = file.read(target, position + total);
                if (count < 0) break;
                total += count;
            }
            return total;
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            file.truncate(sizeBytes);
        }

        @Override
        public void sync() throws IOException {
            file.force(false);
        }

        @Override
        public Optional<FileChannel> channel() {
            return Optional.of(file);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
