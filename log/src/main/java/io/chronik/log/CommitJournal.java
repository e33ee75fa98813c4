package io.chronik.log;

import io.chronik.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes small appends of many logs durable with one write of one file, `<data>/commit-journal`. The logs' own files
/// have them already, in the page cache; they are synced later, many rounds at once. A crash of the machine in between
/// is mended by [JournalReplay], before any log is opened. See ADR 0019.
///
/// The file is two halves, written from their beginning to their end in turn, over zeros or old rounds, so that a
/// write changes nothing but blocks that are there. A half is written again when the files that its rounds were about
/// are synced.
///
/// What was journaled may be replayed until its files are synced and another round says so, or until the next *reset*.
/// So whoever cuts, replaces or gives away a log's files calls [#forget] before. The monitor guards everything; the
/// syncer holds it while it writes a round.
final class CommitJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommitJournal.class);
    static final String FILE = "commit-journal";

    /// A larger round is made durable without the journal: its bytes would be written twice for little.
    static final int MAX_ROUND_BYTES = 4 << 20;

    /// So long after its first round the files of a half are synced, also when it is not full.
    private static final long MAX_AGE_MS = 2_000;

    /// So many files a half keeps open at most.
    private static final int MAX_SEGMENTS = 1_000;

    private static final int ZEROS_BYTES = 1 << 20;

    private final Disk disk;
    private final Path dataDir;
    private final int halfBytes;
    /// Where what takes time is done: making the file, syncing the files of a half.
    private final LogThreads.Background background;

    private final LongSupplier sessionIds;
    private final AtomicReference<Throwable> failure;
    private final Consumer<Throwable> onSyncFailed;
    private final SegmentSync segmentSync;
    private final Half[] halves = {new Half(), new Half()};

    private State state = State.NOT_MADE;
    private @Nullable DiskFile file;
    private ByteBuffer buffer = ByteBuffer.allocate(0);

    /// Which half is being written.
    private int active;

    /// How often that has changed.
    private long turn;

    /// The files of the other half are being synced.
    private boolean syncing;

    private long session;
    private long nextSequence;
    private long resets;

    private enum State {
        NOT_MADE,
        BEING_MADE,
        READY,
        /// Closed, or not wanted, or there is no room for it on the disk.
        NONE
    }

    private static final class Half {
        int usedBytes;

        /// Its first round that is to be replayed.
        long neededFrom;

        /// The files that its rounds were about and that are not synced since, and up to where. They are kept open:
        /// that a write-back has failed is told to who has the file open.
        final Map<Segment, Integer> unsynced = new LinkedHashMap<>();
    }

    /// Each half has `halfBytes`; 0: there is no journal. `sessionIds` gives numbers that no other start has had.
    /// `failure` and `onSyncFailed` are those of [LogServices].
    CommitJournal(
            Disk disk,
            Path dataDir,
            int halfBytes,
            LogThreads.Background background,
            LongSupplier sessionIds,
            AtomicReference<Throwable> failure,
            Consumer<Throwable> onSyncFailed) {
        this.disk = disk;
        this.dataDir = dataDir;
        this.halfBytes = halfBytes;
        this.background = background;
        this.sessionIds = sessionIds;
        this.failure = failure;
        this.onSyncFailed = onSyncFailed;
        this.segmentSync = new SegmentSync(disk, dataDir, failure);
        if (halfBytes == 0) state = State.NONE;
    }

    // ---- Making it ----

    /// What a process before this one has journaled is durable in the logs' files: it is never to be replayed again.
    synchronized void forgetReplayed() throws IOException {
        if (disk.exists(path())) open(JournalReplay.lastSequence(disk, path()));
    }

    /// Whether rounds can be written. Who asks first has the file made meanwhile.
    synchronized boolean isReady() {
        if (state == State.NOT_MADE) {
            state = State.BEING_MADE;
            background.execute(this::make);
        }
        return state == State.READY;
    }

    private Path path() {
        return dataDir.resolve(FILE);
    }

    private void make() {
        try {
            if (!disk.exists(path())) writeZeros();
            long lastSequence = JournalReplay.lastSequence(disk, path());
            synchronized (this) {
                if (state == State.BEING_MADE) open(lastSequence);
            }
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", dataDir).setCause(e).log("no commit journal");
            synchronized (this) {
                state = State.NONE;
            }
        }
    }

    private void writeZeros() throws IOException {
        Path unfinished = dataDir.resolve(FILE + ".tmp");
        int size = 2 * halfBytes;
        ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(ZEROS_BYTES, size));
        try (DiskFile created = disk.open(unfinished, true)) {
            for (int at = 0; at < size; at += zeros.limit()) {
                created.write(zeros.clear().limit(Math.min(zeros.capacity(), size - at)), at);
            }
            created.sync();
        } catch (IOException e) {
            disk.delete(unfinished);
            throw e;
        }
        disk.dropCached(unfinished, 0, size);
        disk.rename(unfinished, path());
        disk.syncDirectory(dataDir);
    }

    /// Goes on behind what the file holds, with a reset. A file of another size is forgotten and goes.
    private void open(long lastSequence) throws IOException {
        nextSequence = lastSequence + 1;
        session = sessionIds.getAsLong();
        file = disk.openUncached(path());
        buffer = ByteBuffer.allocateDirect(MAX_ROUND_BYTES + 2 * JournalRound.PAGE_BYTES)
                .alignedSlice(JournalRound.PAGE_BYTES);
        writeReset();
        state = State.READY;
        if (disk.size(path()) == 2L * halfBytes) return;
        closeFile();
        disk.delete(path());
        disk.syncDirectory(dataDir);
        state = halfBytes == 0 ? State.NONE : State.NOT_MADE;
    }

    // ---- Rounds ----

    /// Makes durable what it can of `tasks`; returns the others.
    synchronized List<SyncTask> sync(List<SyncTask> tasks) throws IOException {
        long bytes = 0;
        for (SyncTask task : tasks) bytes += task.bytes();
        long size = JournalRound.sizeBytes(tasks.size(), bytes);
        if (size > MAX_ROUND_BYTES || tasks.size() > MAX_SEGMENTS || !makeRoom((int) size, tasks.size())) return tasks;
        List<SyncTask> others = new ArrayList<>();
        List<SyncTask> taken = new ArrayList<>(tasks.size());
        List<JournalPart> parts = new ArrayList<>(tasks.size());
        for (SyncTask task : tasks) {
            Optional<JournalPart> part = task.journalPart();
            if (part.isPresent() && keepOpen(part.get())) {
                taken.add(task);
                parts.add(part.get());
            } else {
                others.add(task);
            }
        }
        if (parts.isEmpty()) return others;
        try {
            writeRound(parts);
        } catch (IOException | RuntimeException e) {
            failure.compareAndSet(null, e);
            throw e;
        }
        for (SyncTask task : taken) task.onJournaled();
        return others;
    }

    /// For a round of so many bytes and logs. May wait, and the monitor is free meanwhile. False when there is no
    /// journal.
    private boolean makeRoom(int size, int logs) throws IOException {
        Half half = halves[active];
        boolean full = half.usedBytes + size > halfBytes || half.unsynced.size() + logs > MAX_SEGMENTS;
        if (full && state == State.READY) {
            awaitSyncing();
            if (state == State.READY && half == halves[active]) change();
        }
        return state == State.READY && size <= halfBytes;
    }

    /// False when the segment was deleted meanwhile.
    private boolean keepOpen(JournalPart part) throws IOException {
        Half half = halves[active];
        if (half.unsynced.containsKey(part.segment())) return true;
        try {
            var _ = part.segment().file().acquire();
        } catch (NoSuchFileException e) {
            if (!part.segment().isDeleted()) throw e;
            return false;
        }
        if (half.unsynced.isEmpty()) changeWhenOld(turn);
        half.unsynced.put(part.segment(), part.from());
        return true;
    }

    private void writeRound(List<JournalPart> parts) throws IOException {
        Throwable earlier = failure.get();
        if (earlier != null) throw new IOException("an earlier sync of this directory failed", earlier);
        JournalRound.begin(buffer, session, nextSequence, neededFrom(), parts.size());
        for (JournalPart part : parts) JournalRound.add(buffer, part);
        for (JournalPart part : parts) read(part);
        JournalRound.finish(buffer);
        writeBuffer();
        for (JournalPart part : parts) {
            halves[active].unsynced.put(part.segment(), part.to());
            part.mark().onJournaled(resets);
        }
    }

    private long neededFrom() {
        Half earlier = halves[1 - active];
        return earlier.unsynced.isEmpty() ? halves[active].neededFrom : earlier.neededFrom;
    }

    private void read(JournalPart part) throws IOException {
        DiskFile open = part.segment().file().acquire();
        try {
            int limit = buffer.position() + part.bytes();
            int count = open.read(buffer.limit(limit), part.from());
            buffer.limit(buffer.capacity());
            if (count < part.bytes()) throw new IOException(open.path() + " is shorter than its log");
        } finally {
            part.segment().file().release();
        }
    }

    private void writeBuffer() throws IOException {
        DiskFile open = file;
        if (open == null) throw new IOException("the commit journal is closed");
        Half half = halves[active];
        int size = buffer.limit();
        open.write(buffer, (long) active * halfBytes + half.usedBytes);
        open.sync();
        half.usedBytes += size;
        nextSequence++;
    }

    // ---- Halves ----

    private void changeWhenOld(long sinceTurn) {
        background.after(MAX_AGE_MS, () -> {
            synchronized (this) {
                if (turn != sinceTurn || state != State.READY) return;
                if (syncing) changeWhenOld(sinceTurn);
                else change();
            }
        });
    }

    /// The other half is written from now on, and the files of this one are synced.
    private void change() {
        Half full = halves[active];
        turn();
        syncing = true;
        background.execute(() -> syncFiles(full));
    }

    private void turn() {
        active = 1 - active;
        halves[active].usedBytes = 0;
        halves[active].neededFrom = nextSequence;
        turn++;
    }

    private void syncFiles(Half full) {
        try {
            segmentSync.sync(full.unsynced.keySet());
            synchronized (this) {
                onFilesSynced(full);
            }
        } catch (IOException | RuntimeException e) {
            onSyncFailed.accept(e);
        } finally {
            synchronized (this) {
                syncing = false;
                notifyAll();
            }
        }
    }

    private static void onFilesSynced(Half half) {
        half.unsynced.forEach((segment, to) -> {
            segment.onFileSynced(to);
            segment.file().release();
        });
        half.unsynced.clear();
    }

    private void awaitSyncing() throws IOException {
        try {
            while (syncing) wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        Throwable earlier = failure.get();
        if (earlier != null) throw new IOException("an earlier sync of this directory failed", earlier);
    }

    // ---- Resets ----

    /// The log that `mark` belongs to is about to be cut, or to lose or change files: none of its bytes that were
    /// journaled is ever replayed after this returns. Blocks on the disk when there are some.
    synchronized void forget(DurableMark mark) throws IOException {
        if (state != State.READY || !mark.isJournaledAfter(resets)) return;
        reset();
    }

    private void reset() throws IOException {
        awaitSyncing();
        if (state != State.READY) return;
        segmentSync.sync(halves[active].unsynced.keySet());
        onFilesSynced(halves[active]);
        writeReset();
    }

    private void writeReset() throws IOException {
        if (halves[active].usedBytes + JournalRound.PAGE_BYTES > halfBytes) turn();
        halves[active].neededFrom = nextSequence;
        try {
            JournalRound.begin(buffer, session, nextSequence, nextSequence, 0);
            JournalRound.finish(buffer);
            writeBuffer();
        } catch (IOException | RuntimeException e) {
            failure.compareAndSet(null, e);
            throw e;
        }
        resets++;
    }

    /// After the logs were closed: their files have everything. When that fails `failure` is set.
    @Override
    public void close() {
        synchronized (this) {
            try {
                if (state == State.READY && failure.get() == null) reset();
                closeFile();
            } catch (IOException e) {
                failure.compareAndSet(null, e);
                LOG.atError().addKeyValue("directory", dataDir).setCause(e).log("commit journal not closed");
            }
            state = State.NONE;
        }
        background.close();
        segmentSync.close();
    }

    private void closeFile() throws IOException {
        DiskFile open = file;
        file = null;
        if (open != null) open.close();
    }
}
