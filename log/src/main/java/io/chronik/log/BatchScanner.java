package io.chronik.log;

import io.chronik.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads batches of a segment file one after the other, through one window that is refilled from the disk.
/// Positions are those of the file. One thread at a time.
final class BatchScanner {
    private static final int WINDOW_BYTES = 1 << 20;
    private static final int SECTOR_BYTES = 512;

    /// Fewer zeros than these prove nothing.
    private static final int MIN_ZEROS = 8;

    private static final ThreadLocal<ByteBuffer> WINDOW =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(WINDOW_BYTES));

    private final DiskFile file;
    private final int end;
    private ByteBuffer window;

    /// The file position of the window's first byte; the window's limit tells how many bytes it holds.
    private int windowAt;

    BatchScanner(DiskFile file, int end) {
        this.file = file;
        this.end = end;
        this.window = WINDOW.get();
        window.clear().limit(0);
    }

    int end() {
        return end;
    }

    /// Whether a plausible header is at `position`, with all of its batch before the end.
    boolean headerAt(int position) throws IOException {
        if (end - position < BatchHeader.SIZE) return false;
        load(position, BatchHeader.SIZE);
        int at = at(position);
        return BatchHeader.isPlausible(window, at) && BatchHeader.sizeBytes(window, at) <= end - position;
    }

    /// Whether a whole batch with the right checksum is at `position`.
    boolean batchAt(int position) throws IOException {
        if (!headerAt(position)) return false;
        load(position, (int) BatchHeader.sizeBytes(window, at(position)));
        return BatchHeader.hasValidCrc(window, at(position));
    }

    ByteBuffer buffer() {
        return window;
    }

    /// Where `position`, which was asked for last, is in [#buffer()].
    int at(int position) {
        return position - windowAt;
    }

    int sizeAt(int position) {
        return (int) BatchHeader.sizeBytes(window, at(position));
    }

    /// The first position at or after `from` where a whole batch at or above `minBaseOffset` is; -1 when there is
    /// none.
    int findBatch(int from, long minBaseOffset) throws IOException {
        for (int position = from; position <= end - BatchHeader.SIZE; position++) {
            if (headerAt(position)
                    && BatchHeader.baseOffset(window, at(position)) >= minBaseOffset
                    && BatchHeader.baseOffset(window, at(position)) - minBaseOffset <= Integer.MAX_VALUE
                    && batchAt(position)) {
                return position;
            }
        }
        return -1;
    }

    /// Whether a sector in [from, to) holds nothing but zeros, the first one from `from` on: what is left of a
    /// write that never reached the disk, because files only grow and their blocks are new.
    boolean hasZeroSector(int from, int to) throws IOException {
        int sector = from;
        while (sector < to) {
            int sectorEnd = Math.min(to, (sector / SECTOR_BYTES + 1) * SECTOR_BYTES);
            if (sectorEnd - sector >= MIN_ZEROS && isZero(sector, sectorEnd)) return true;
            sector = sectorEnd;
        }
        return false;
    }

    /// Whether the file ends inside the batch that begins at `position`.
    boolean isCutShort(int position) throws IOException {
        if (end - position < BatchHeader.SIZE) return true;
        load(position, BatchHeader.SIZE);
        return BatchHeader.isPlausible(window, at(position))
                && BatchHeader.sizeBytes(window, at(position)) > end - position;
    }

    /// Whether [from, to) holds nothing but zeros.
    private boolean isZero(int from, int to) throws IOException {
        for (int position = from; position < to; position++) {
            load(position, 1);
            if (window.get(at(position)) != 0) return false;
        }
        return true;
    }

    /// Makes [position, position + count) part of the window.
    private void load(int position, int count) throws IOException {
        if (position >= windowAt && position + count <= windowAt + window.limit()) return;
        if (window.capacity() < count) window = ByteBuffer.allocateDirect(count);
        int wanted = Math.min(window.capacity(), end - position);
        window.clear().limit(wanted);
        int read = file.read(window, position);
        window.flip();
        windowAt = position;
        if (read < count) throw new IOException("unexpected end of " + file.path() + " at " + (position + read));
    }
}
