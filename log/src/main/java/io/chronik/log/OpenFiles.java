package io.chronik.log;

import io.chronik.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Bounds how many files of a log directory are open, and for how long. When the bound is reached, and at every sweep,
/// the ones not used since they were last looked at are closed (second chance); files in use stay open even beyond the
/// bound. A sweep comes some seconds after a file was opened, and again while there are any: with none open nothing
/// runs. Any thread; taking an open file takes no lock.
final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    /// How many files an open looks at to find some that may go: also with thousands of files in use it costs no more.
    private static final int LOOKS = 16;

    private final Disk disk;
    private final int limit;
    private final Consumer<Runnable> afterPause;
    private final Set<SegmentFile> open = new LinkedHashSet<>();
    private boolean sweepScheduled;

    /// `afterPause` runs what it is given once, later.
    OpenFiles(Disk disk, int limit, Consumer<Runnable> afterPause) {
        this.disk = disk;
        this.limit = limit;
        this.afterPause = afterPause;
    }

    Disk disk() {
        return disk;
    }

    synchronized int count() {
        return open.size();
    }

    synchronized void open(SegmentFile file, boolean create) throws IOException {
        if (file.isOpen()) return;
        if (file.isReplaced()) throw new NoSuchFileException(file.path().toString());
        if (open.size() >= limit) evict();
        file.onOpened(disk.open(file.path(), create));
        open.add(file);
        scheduleSweep();
    }

    private void scheduleSweep() {
        if (sweepScheduled || open.isEmpty()) return;
        sweepScheduled = true;
        afterPause.accept(this::sweep);
    }

    /// Closes what nobody has used since the last sweep.
    void sweep() {
        unusedSinceLastSweep().forEach(OpenFiles::closeQuietly);
    }

    private synchronized List<DiskFile> unusedSinceLastSweep() {
        List<DiskFile> unused = new ArrayList<>();
        for (var files = open.iterator(); files.hasNext(); ) {
            SegmentFile file = files.next();
            DiskFile idle = file.takeRecentlyUsed() ? null : file.closeIfUnused();
            if (idle == null) continue;
            files.remove();
            unused.add(idle);
        }
        sweepScheduled = false;
        scheduleSweep();
        return unused;
    }

    synchronized void close(SegmentFile file) {
        DiskFile unused = file.closeIfUnused();
        if (unused == null) return;
        open.remove(file);
        closeQuietly(unused);
    }

    synchronized void replace(SegmentFile file) {
        file.setReplaced();
    }

    private void evict() {
        int excess = open.size() - limit + 1;
        List<SegmentFile> spared = new ArrayList<>();
        int looks = LOOKS;
        for (var files = open.iterator(); files.hasNext() && excess > 0 && looks > 0; looks--) {
            SegmentFile file = files.next();
            DiskFile unused = file.takeRecentlyUsed() ? null : file.closeIfUnused();
            files.remove();
            if (unused == null) {
                spared.add(file);
            } else {
                closeQuietly(unused);
                excess--;
            }
        }
        open.addAll(spared);
    }

    private static void closeQuietly(DiskFile file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("file", file.path()).setCause(e).log("closing a file failed");
        }
    }
}
