package io.chronik.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/// A run of whole batches inside one segment file. It keeps the file open until [#close()], also when retention
/// deletes it meanwhile. Close it exactly once, from any thread.
public interface LogSlice extends AutoCloseable {
    int sizeBytes();

    /// Base offset of the first batch, or the fetch offset when the slice is empty.
    long baseOffset();

    /// Position of the first byte in the segment file.
    long filePosition();

    /// The channel to sendfile from, when the disk is a real one.
    Optional<FileChannel> channel();

    /// Copies the bytes out: TLS, down-conversion, coordinators, simulated disks.
    ByteBuffer copy() throws IOException;

    @Override
    void close();
}
