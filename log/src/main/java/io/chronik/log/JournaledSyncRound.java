package io.chronik.log;

import java.io.IOException;
import java.util.List;

/// Small appends go to the [CommitJournal], everything else is made durable in the logs' files.
final class JournaledSyncRound implements SyncRound {
    /// Rounds of more bytes take no longer in the files, unless they are of many logs.
    static final int SMALL_ROUND_BYTES = 256 << 10;

    static final int SMALL_BYTES_PER_LOG = 50 << 10;

    /// So many rounds that the journal would be for make it worth making.
    static final int ROUNDS_BEFORE = 256;

    private final CommitJournal journal;
    private final SyncRound files;
    private int wanted;

    /// So much had gathered meanwhile that the next round may be twice as large and still be small.
    private boolean lastWasLarge;

    JournaledSyncRound(CommitJournal journal, SyncRound files) {
        this.journal = journal;
        this.files = files;
    }

    @Override
    public void sync(List<SyncTask> tasks) throws IOException {
        List<SyncTask> others = isForJournal(tasks) ? journal.sync(tasks) : tasks;
        if (!others.isEmpty()) files.sync(others);
    }

    private boolean isForJournal(List<SyncTask> tasks) {
        long bytes = 0;
        for (SyncTask task : tasks) bytes += task.bytes();
        long small = Math.max(SMALL_ROUND_BYTES, (long) tasks.size() * SMALL_BYTES_PER_LOG);
        lastWasLarge = bytes > (lastWasLarge ? 2 * small : small);
        if (lastWasLarge) return false;
        wanted = Math.min(wanted + 1, ROUNDS_BEFORE);
        return wanted == ROUNDS_BEFORE && journal.isReady();
    }

    @Override
    public void close() {
        journal.close();
        files.close();
    }
}
