package io.chronik.log;

import io.chronik.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds batch boundaries in one segment by hopping from header to header, from a place that an index gave. Opened
/// for one read, on any thread.
final class SegmentReader implements AutoCloseable {
    private static final int WINDOW_BYTES = 4096;

    /// The window that no reader of this thread uses now: one read may open a second reader to rebuild an index.
    private static final ThreadLocal<@Nullable ByteBuffer> SPARE_WINDOW = new ThreadLocal<>();

    private final Segment segment;
    private final DiskFile file;
    private final int end;
    private final List<DamagedRange> damage;
    private final ByteBuffer window;
    private int windowAt;

    /// Batches before `end` are whole.
    SegmentReader(Segment segment, int end, List<DamagedRange> damage) throws IOException {
        this.segment = segment;
        this.file = segment.file().acquire();
        this.end = end;
        this.damage = damage;
        ByteBuffer spare = SPARE_WINDOW.get();
        SPARE_WINDOW.remove();
        this.window = spare == null ? ByteBuffer.allocateDirect(WINDOW_BYTES) : spare;
        window.clear().limit(0);
    }

    DiskFile file() {
        return file;
    }

    /// Position of the first batch at or after position `from` whose last offset is at or above `offset`; the end
    /// when there is none.
    int find(long offset, int from) throws IOException {
        int position = behindDamage(from);
        while (position < end) {
            int at = header(position);
            if (BatchHeader.lastOffset(window, at) >= offset) return position;
            position = behindDamage(position + sizeAt(position));
        }
        return end;
    }

    /// The last batch boundary at or below `limit`, beginning at the boundary `from`.
    int lastBoundary(int from, int limit) throws IOException {
        int position = from;
        while (position < end) {
            int next = position + sizeAt(position);
            if (next > limit) return position;
            position = next;
            if (behindDamage(position) != position) return position;
        }
        return position;
    }

    int sizeAt(int position) throws IOException {
        return (int) BatchHeader.sizeBytes(window, header(position));
    }

    long baseOffsetAt(int position) throws IOException {
        return BatchHeader.baseOffset(window, header(position));
    }

    int behindDamage(int position) {
        for (DamagedRange range : damage) {
            if (range.segmentBaseOffset() == segment.baseOffset() && range.fromPosition() == position) {
                return Math.min(end, range.toPosition());
            }
        }
        return position;
    }

    /// Where the header at `position` is in the window.
    private int header(int position) throws IOException {
        if (position < windowAt || position + BatchHeader.SIZE > windowAt + window.limit()) {
            window.clear().limit(Math.min(WINDOW_BYTES, end - position));
            file.read(window, position);
            window.flip();
            windowAt = position;
        }
        int at = position - windowAt;
        if (window.limit() - at < BatchHeader.SIZE
                || !BatchHeader.isPlausible(window, at)
                || BatchHeader.sizeBytes(window, at) > end - position
                || BatchHeader.baseOffset(window, at) < segment.baseOffset()) {
            throw new LogDamaged("no batch at position " + position + " of " + file.path());
        }
        return at;
    }

    /// The window, after one of the methods above has looked at `position`.
    ByteBuffer window() {
        return window;
    }

    int at(int position) throws IOException {
        return header(position);
    }

    /// Ends the reading; the file stays acquired, for the caller to release.
    DiskFile detachFile() {
        SPARE_WINDOW.set(window);
        return file;
    }

    @Override
    public void close() {
        segment.file().release();
        SPARE_WINDOW.set(window);
    }
}
