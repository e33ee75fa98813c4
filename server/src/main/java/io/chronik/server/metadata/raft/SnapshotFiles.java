package io.chronik.server.metadata.raft;

import io.chronik.log.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.snapshot.RawSnapshotReader;
import org.apache.kafka.snapshot.RawSnapshotWriter;
import org.apache.kafka.snapshot.Snapshots;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The snapshots in the directory of a Raft log, named as Kafka names them. Any thread: one may write a snapshot
/// while the Raft thread reads others.
///
///     <end offset>-<epoch>.checkpoint             complete and durable
///     <end offset>-<epoch>-<n>.checkpoint.part    being written; the next start removes it
final class SnapshotFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFiles.class);
    private static final String PART_SUFFIX = Snapshots.SUFFIX + ".part";
    private static final String DELETED_SUFFIX = ".deleted";
    private static final Pattern COMPLETE = Pattern.compile("([0-9]{20})-([0-9]{10})\\.checkpoint");

    private final Disk disk;
    private final Path directory;
    private final Executor background;

    /// By what they are of; a reader is opened when it is asked for first.
    private final TreeMap<OffsetAndEpoch, Entry> complete = new TreeMap<>();

    private long partCount;

    private static final class Entry {
        private @Nullable DiskSnapshotReader reader;
    }

    /// `background` unlinks files.
    private SnapshotFiles(Disk disk, Path directory, Executor background) {
        this.disk = disk;
        this.directory = directory;
        this.background = background;
    }

    /// Finds what is there, and removes what was never completed or is to be deleted.
    static SnapshotFiles open(Disk disk, Path directory, Executor background) throws IOException {
        SnapshotFiles files = new SnapshotFiles(disk, directory, background);
        for (String name : disk.list(directory)) {
            Matcher snapshot = COMPLETE.matcher(name);
            if (snapshot.matches()) {
                files.complete.put(
                        new OffsetAndEpoch(Long.parseLong(snapshot.group(1)), Integer.parseInt(snapshot.group(2))),
                        new Entry());
            } else if (name.endsWith(PART_SUFFIX) || name.endsWith(DELETED_SUFFIX)) {
                disk.delete(directory.resolve(name));
            }
        }
        return files;
    }

    synchronized Optional<OffsetAndEpoch> latest() {
        return complete.isEmpty() ? Optional.empty() : Optional.of(complete.lastKey());
    }

    synchronized Optional<OffsetAndEpoch> earliest() {
        return complete.isEmpty() ? Optional.empty() : Optional.of(complete.firstKey());
    }

    /// Ascending.
    synchronized List<OffsetAndEpoch> ids() {
        return List.copyOf(complete.keySet());
    }

    synchronized boolean contains(OffsetAndEpoch id) {
        return complete.containsKey(id);
    }

    synchronized long sizeBytes() {
        long sum = 0;
        try {
            for (OffsetAndEpoch id : complete.keySet()) sum += disk.size(path(id));
        } catch (IOException e) {
            throw new UncheckedIOException("sizes of the snapshots in " + directory, e);
        }
        return sum;
    }

    /// Empty when there is none of that id. The reader is good until the snapshot is forgotten.
    synchronized Optional<RawSnapshotReader> read(OffsetAndEpoch id) {
        Entry entry = complete.get(id);
        if (entry == null) return Optional.empty();
        DiskSnapshotReader reader = entry.reader;
        if (reader == null) {
            try {
                reader = DiskSnapshotReader.open(disk, path(id), id);
            } catch (IOException e) {
                throw new UncheckedIOException("can't read snapshot " + path(id), e);
            }
            entry.reader = reader;
        }
        return Optional.of(reader);
    }

    /// Of an id that is not there yet; it is there when the writer is frozen.
    synchronized RawSnapshotWriter create(OffsetAndEpoch id) {
        Path part = directory.resolve(Snapshots.filenameFromSnapshotId(id) + "-" + partCount++ + PART_SUFFIX);
        try {
            return DiskSnapshotWriter.create(disk, part, path(id), id, () -> add(id));
        } catch (IOException e) {
            throw new UncheckedIOException("can't write snapshot " + part, e);
        }
    }

    /// A complete snapshot is in the directory.
    synchronized void add(OffsetAndEpoch id) {
        complete.putIfAbsent(id, new Entry());
    }

    /// Those below `id` are not there any more; their files go later. Returns how many.
    synchronized int forgetBefore(OffsetAndEpoch id) {
        List<OffsetAndEpoch> old = List.copyOf(complete.headMap(id).keySet());
        for (OffsetAndEpoch forgotten : old) {
            Entry entry = complete.remove(forgotten);
            background.execute(() -> delete(forgotten, entry));
        }
        return old.size();
    }

    /// Those that end below `offset`.
    synchronized void forgetBelow(long offset) {
        for (OffsetAndEpoch id : ids()) {
            if (id.offset() >= offset) continue;
            Entry entry = complete.remove(id);
            background.execute(() -> delete(id, entry));
        }
    }

    private void delete(OffsetAndEpoch id, @Nullable Entry entry) {
        try {
            if (entry != null && entry.reader != null) entry.reader.close();
            disk.delete(path(id));
            LOG.atInfo().addKeyValue("snapshot", id).log("old metadata snapshot deleted");
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("snapshot", id).setCause(e).log("old metadata snapshot not deleted");
        }
    }

    private Path path(OffsetAndEpoch id) {
        return directory.resolve(Snapshots.filenameFromSnapshotId(id) + Snapshots.SUFFIX);
    }

    @Override
    public synchronized void close() {
        for (Entry entry : complete.values()) {
            try {
                if (entry.reader != null) entry.reader.close();
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("closing a snapshot failed");
            }
        }
        complete.clear();
    }
}
