package io.chronik.log;

import java.io.IOException;
import java.util.Optional;

/// What one partition wants durable: every byte written before the task was taken. On a syncer thread either
/// [#sync()] makes it durable by itself, or the round makes the whole file system durable between
/// [#beforeFileSystemSync()] and [#afterFileSystemSync()], or it writes the [#journalPart()] to the commit journal;
/// then the task goes back to the owner's lane.
public interface SyncTask {
    /// Exclusive: what will be durable.
    long endOffset();

    long bytes();

    void sync() throws IOException;

    /// Writes what is still missing on the file system. Throws when an earlier sync failed.
    void beforeFileSystemSync() throws IOException;

    /// All that was written before is durable, names included.
    void afterFileSystemSync();

    /// What has to be in the commit journal for all of the task to be durable; empty when that cannot be so. For the
    /// journal, which then calls [#onJournaled()].
    Optional<JournalPart> journalPart();

    /// The part is in the journal, durably.
    void onJournaled();

    /// The sync of the file system failed: nothing may be assumed durable any more.
    void onSyncFailed(Throwable cause);
}
