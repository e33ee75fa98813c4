package io.chronik.log;

import io.chronik.base.Invariant;
import io.chronik.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A file that is open only while somebody uses it or [OpenFiles] has room for it. Every [#acquire()] is paired
/// with one [#release()]; in between the file stays readable, also when it is deleted meanwhile. Any thread.
///
/// What makes reads at the tail cheap is kept only while it is open: both cost something, and an idle log has neither.
final class SegmentFile {
    private static final int CLOSED = -1;

    private final OpenFiles openFiles;
    private final Path path;

    /// CLOSED, or how many use the open file now. Only [OpenFiles] leaves and enters CLOSED, under its lock.
    private final AtomicInteger users = new AtomicInteger(CLOSED);

    private final Object syncing = new Object();
    private volatile boolean recentlyUsed;
    private volatile boolean retired;

    /// Another file may have this name now: never opened again.
    private volatile boolean replaced;
    private @Nullable DiskFile file;

    /// Where its newest batches begin.
    private volatile @Nullable RecentBatches recent;

    SegmentFile(OpenFiles openFiles, Path path) {
        this.openFiles = openFiles;
        this.path = path;
    }

    Path path() {
        return path;
    }

    DiskFile acquire() throws IOException {
        return acquire(false);
    }

    DiskFile create() throws IOException {
        return acquire(true);
    }

    private DiskFile acquire(boolean create) throws IOException {
        while (true) {
            int count = users.get();
            if (count == CLOSED) {
                openFiles.open(this, create);
            } else if (users.compareAndSet(count, count + 1)) {
                recentlyUsed = true;
                DiskFile open = file;
                if (open == null) throw new IllegalStateException("open without a file: " + path);
                return open;
            }
        }
    }

    void release() {
        int left = users.decrementAndGet();
        Invariant.check(left >= 0, "released more often than acquired: %d", left, 0);
        if (left == 0 && retired) openFiles.close(this);
    }

    /// Makes what was written durable. One at a time: that a write-back failed is told once, and who hears of it tells
    /// `failure` before another may take its own sync for good.
    void sync(AtomicReference<Throwable> failure) throws IOException {
        DiskFile open = acquire();
        try {
            synchronized (syncing) {
                Throwable earlier = failure.get();
                if (earlier != null) throw new IOException("an earlier sync of this directory failed", earlier);
                sync(open, failure);
            }
        } finally {
            release();
        }
    }

    private static void sync(DiskFile open, AtomicReference<Throwable> failure) throws IOException {
        try {
            FailedSync.check(open::sync);
        } catch (IOException | RuntimeException e) {
            failure.compareAndSet(null, e);
            throw e;
        }
    }

    /// A batch was written at `position`. For the log's owner, who has acquired the file: it is not closed meanwhile.
    void addRecent(int relativeOffset, int position) {
        recent = RecentBatches.append(recent, relativeOffset, position);
    }

    @Nullable
    RecentBatches recent() {
        return recent;
    }

    /// No more batches are written, or the newest were cut off. For the log's owner.
    void forgetRecent() {
        recent = null;
    }

    /// Closes the file as soon as nobody uses it. It may be opened again unless it has been deleted.
    void retire() {
        retired = true;
        openFiles.close(this);
    }

    /// The name is going to be another file's, or nobody's. Who uses the file keeps it; it is not opened again.
    void onReplaced() {
        openFiles.replace(this);
    }

    // What follows is called by OpenFiles, under its lock.

    boolean isReplaced() {
        return replaced;
    }

    void setReplaced() {
        replaced = true;
    }

    boolean isOpen() {
        return users.get() != CLOSED;
    }

    void onOpened(DiskFile opened) {
        file = opened;
        retired = false;
        users.set(0);
    }

    /// Whether it was used since the last call.
    boolean takeRecentlyUsed() {
        boolean used = recentlyUsed;
        recentlyUsed = false;
        return used;
    }

    /// The file to close now, when nobody uses it.
    @Nullable
    DiskFile closeIfUnused() {
        if (!users.compareAndSet(0, CLOSED)) return null;
        DiskFile open = file;
        file = null;
        recent = null;
        return open;
    }
}
