package io.chronik.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// What one log had written but not synced when the task was taken. `generation` tells a truncation in between: the
/// offsets may then hold other records. `endPosition` is where the last of `segments` ends.
record LogSyncTask(
        List<Segment> segments,
        PartitionDirectory directory,
        PreparedSpace prepared,
        AtomicReference<Throwable> failure,
        long generation,
        long endOffset,
        int endPosition,
        long bytes)
        implements SyncTask {

    @Override
    public void sync() throws IOException {
        checkNoFailure();
        try {
            for (Segment segment : segments) syncFile(segment);
            if (hasNewNames()) directory.sync();
            for (Segment segment : segments) segment.onNameDurable();
            if (!segments.isEmpty()) prepared.onSyncedAlone(bytes);
        } catch (IOException | RuntimeException e) {
            failure.compareAndSet(null, e);
            throw e;
        }
    }

    private void checkNoFailure() throws IOException {
        Throwable earlier = failure.get();
        if (earlier != null) throw new IOException("an earlier sync of this directory failed", earlier);
    }

    @Override
    public void beforeFileSystemSync() throws IOException {
        checkNoFailure();
        if (hasNewNames()) directory.complete();
    }

    @Override
    public void afterFileSystemSync() {
        if (hasNewNames()) directory.onDurable();
        for (Segment segment : segments) segment.onNameDurable();
        if (!segments.isEmpty()) prepared.onSyncedTogether();
    }

    @Override
    public void onSyncFailed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    private boolean hasNewNames() {
        for (Segment segment : segments) if (!segment.isNameDurable()) return true;
        return false;
    }

    private static void syncFile(Segment segment) throws IOException {
        try {
            Disk.DiskFile file = segment.file().acquire();
            try {
                file.sync();
            } finally {
                segment.file().release();
            }
        } catch (NoSuchFileException e) {
            // Retention may delete a segment that is being synced: it is below the start offset then.
            if (!segment.isDeleted()) throw e;
        }
    }
}
