package io.chronik.server.metadata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Makes the newest segment file of the metadata log durable, by one fdatasync. Its indexes are left to the page cache:
/// every start rebuilds them from the segments. Owned by the Raft thread.
final class SegmentSync implements AutoCloseable {
    private final Path directory;
    private long baseOffset = -1;
    private long durableEndOffset = -1;
    private @Nullable FileChannel segment;

    SegmentSync(Path directory) {
        this.directory = directory;
    }

    /// All entries before `endOffset`, in the segment beginning at `segmentBaseOffset`, are on disk when this returns.
    /// A failure is final: the kernel may have dropped what it could not write.
    void sync(long segmentBaseOffset, long endOffset) {
        if (endOffset <= durableEndOffset) return;
        try {
            open(segmentBaseOffset).force(false);
            durableEndOffset = endOffset;
        } catch (IOException e) {
            throw new UncheckedIOException("can't sync the metadata log in " + directory, e);
        }
    }

    /// Files may have been cut, deleted or made anew under the same name.
    void forget() {
        try {
            if (segment != null) segment.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            segment = null;
            baseOffset = -1;
            durableEndOffset = -1;
        }
    }

    @Override
    public void close() {
        forget();
    }

    private FileChannel open(long segmentBaseOffset) throws IOException {
        FileChannel present = segment;
        if (present != null && baseOffset == segmentBaseOffset) return present;
        forget();
        Path file = directory.resolve(String.format(Locale.ROOT, "%020d.log", segmentBaseOffset));
        FileChannel opened = FileChannel.open(file, StandardOpenOption.WRITE);
        NodeProperties.syncDirectory(directory);
        segment = opened;
        baseOffset = segmentBaseOffset;
        return opened;
    }
}
