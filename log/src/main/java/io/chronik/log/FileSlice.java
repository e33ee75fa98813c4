package io.chronik.log;

import io.chronik.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/// Bytes of a segment file, which stays open until this is closed.
record FileSlice(Segment segment, DiskFile file, long baseOffset, long filePosition, int sizeBytes)
        implements LogSlice {
    @Override
    public Optional<FileChannel> channel() {
        return file.channel();
    }

    @Override
    public ByteBuffer copy() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(sizeBytes);
        int count = file.read(bytes, filePosition);
        if (count < sizeBytes) throw new IOException("unexpected end of " + file.path());
        return bytes.flip();
    }

    @Override
    public void close() {
        segment.file().release();
    }

    /// Nothing to read at `baseOffset` now.
    record Empty(long baseOffset) implements LogSlice {
        @Override
        public int sizeBytes() {
            return 0;
        }

        @Override
        public long filePosition() {
            return 0;
        }

        @Override
        public Optional<FileChannel> channel() {
            return Optional.empty();
        }

        @Override
        public ByteBuffer copy() {
            return ByteBuffer.allocate(0);
        }

        @Override
        public void close() {}
    }
}
