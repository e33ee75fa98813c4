package io.chronik.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The only way to files. Paths are absolute or relative to the process, as `java.nio.file` has them.
/// Calls block; none is made on a thread that may be interrupted (an interrupt closes a FileChannel for everyone).
public interface Disk {
    /// Opens for reading and writing; creates the file when it is missing and `create` is set.
    DiskFile open(Path path, boolean create) throws IOException;

    /// Opens the file, which exists, for writes that pass by the page cache where there is a way to. Each is of whole
    /// pages of 4 KiB at a multiple of that, from a direct buffer that is aligned so.
    default DiskFile openUncached(Path path) throws IOException {
        return open(path, false);
    }

    /// Opens the file, which exists, for reading only: it may be one that the process must not write to.
    default DiskFile openToRead(Path path) throws IOException {
        return open(path, false);
    }

    void createDirectories(Path path) throws IOException;

    /// Names in `directory`, sorted; empty when it does not exist.
    List<String> list(Path directory) throws IOException;

    boolean exists(Path path) throws IOException;

    /// Bytes in the file at `path`, which exists.
    long size(Path path) throws IOException;

    /// Atomic within one directory; durable only after [#syncDirectory].
    void rename(Path from, Path to) throws IOException;

    /// Deletes a file or an empty directory; does nothing when it is missing.
    void delete(Path path) throws IOException;

    /// Makes creations, renames and deletions in `directory` durable.
    void syncDirectory(Path directory) throws IOException;

    /// Takes the lock that `path` stands for, until it is closed or the process ends. Throws when another process,
    /// or this one, has it.
    AutoCloseable lock(Path path) throws IOException;

    /// Free bytes of the file system that holds `path`.
    long usableBytes(Path path) throws IOException;

    /// Size in bytes of the file system that holds `path`.
    long totalBytes(Path path) throws IOException;

    /// A way to make all of the file system that holds `directory` durable at once; empty where there is none.
    default Optional<FileSystemSync> fileSystemSync(Path directory) throws IOException {
        return Optional.empty();
    }

    /// Lets the operating system forget what it holds in memory of [from, to) of the file at `path`. A hint: what is
    /// read or written does not change, and where there is no such call nothing happens.
    default void dropCached(Path path, long from, long to) throws IOException {}

    /// See [#fileSystemSync].
    interface FileSystemSync extends AutoCloseable {
        /// Makes everything written to the file system before durable: contents, sizes and names. After one failure
        /// nothing may be assumed about earlier writes.
        void sync() throws IOException;

        @Override
        void close() throws IOException;
    }

    /// An open file. Positional: it has no cursor. Reads and syncs may come from any thread.
    interface DiskFile extends AutoCloseable {
        Path path();

        long size() throws IOException;

        /// Writes all of `source` at `position`, looping over short writes. On an exception the bytes from
        /// `position` on are undefined; the caller truncates or fails the log.
        void write(ByteBuffer source, long position) throws IOException;

        /// Reads up to `target.remaining()` bytes at `position`, looping over short reads; fewer only at end of
        /// file. Returns the number of bytes read.
        int read(ByteBuffer target, long position) throws IOException;

        void truncate(long sizeBytes) throws IOException;

        /// Makes the content and size durable (fdatasync). After one failure nothing may be assumed about earlier
        /// writes.
        void sync() throws IOException;

        /// The channel behind this file, when there is one, for sendfile.
        default Optional<FileChannel> channel() {
            return Optional.empty();
        }

        @Override
        void close() throws IOException;
    }
}
