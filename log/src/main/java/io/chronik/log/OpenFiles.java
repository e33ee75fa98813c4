package io.chronik.log;

import io.chronik.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Bounds how many files of a log directory are open. When the bound is reached the ones not used recently are
/// closed (second chance); files in use stay open even beyond it. Any thread; taking an open file takes no lock.
final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    private final Disk disk;
    private final int limit;
    private final Set<SegmentFile> open = new LinkedHashSet<>();

    OpenFiles(Disk disk, int limit) {
        this.disk = disk;
        this.limit = limit;
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
        for (var files = open.iterator(); files.hasNext() && excess > 0; ) {
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
