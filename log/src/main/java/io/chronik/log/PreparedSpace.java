package io.chronik.log;

import io.chronik.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Zeros behind the end of a log's growing segment, written ahead. An append that overwrites them changes neither the
/// size nor the blocks of the file, so that making it durable takes one write of the device and not a second one for
/// the inode. Worth it for a log that is synced often, by itself and with little at a time; others have none. See
/// ADR 0017.
///
/// Owned by the log's owner, but for what a syncer thread reports.
final class PreparedSpace {
    /// A round of more bytes gains too little.
    private static final int SMALL_ROUND_BYTES = 64 << 10;

    /// So many small rounds in a row make a log one that is worth it.
    private static final int ROUNDS_BEFORE = 8;

    private static final int ZEROS_BYTES = 64 << 10;

    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(ZEROS_BYTES).asReadOnlyBuffer();

    private final int stepBytes;

    /// Written by one syncer thread at a time.
    private volatile int smallRounds;

    /// The file has zeros from the end of its batches to here, if that is above their end.
    private int preparedTo;

    /// `stepBytes` are prepared at a time; 0: never any.
    PreparedSpace(int stepBytes) {
        this.stepBytes = stepBytes;
    }

    /// A syncer thread has synced this log's file by itself, with `bytes` appended since the last time.
    void onSyncedAlone(long bytes) {
        smallRounds = bytes > SMALL_ROUND_BYTES ? 0 : Math.min(smallRounds + 1, ROUNDS_BEFORE);
    }

    /// A syncer thread has synced this log together with others.
    void onSyncedTogether() {
        smallRounds = 0;
    }

    /// Another file grows now, or this one has been cut: there is nothing behind its end.
    void forget() {
        preparedTo = 0;
    }

    /// Prepares more when the batches in `file`, which end at `end` now, have used up what there was. The file does not
    /// become longer than `limit`. A disk that has no room for zeros has none prepared; that is not a failure.
    void extend(DiskFile file, int end, int limit) throws IOException {
        if (end < preparedTo || smallRounds < ROUNDS_BEFORE || stepBytes == 0) return;
        int to = (int) Math.min(limit, (long) end + stepBytes);
        int at = end;
        try {
            while (at < to) {
                int count = Math.min(ZEROS_BYTES, to - at);
                file.write(ZEROS.slice(0, count), at);
                at += count;
            }
        } catch (IOException e) {
            file.truncate(end);
            smallRounds = 0;
            at = end;
        }
        preparedTo = at;
    }

    /// Cuts the zeros off `file`, whose batches end at `end`.
    void cut(DiskFile file, int end) throws IOException {
        if (preparedTo > end) file.truncate(end);
        preparedTo = 0;
    }

    boolean reachesBeyond(int end) {
        return preparedTo > end;
    }
}
