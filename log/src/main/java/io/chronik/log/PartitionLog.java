package io.chronik.log;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// The write-ahead log of one partition: Kafka v2 record batches in offset order.
///
/// Owned by one lane: everything that changes it is called there, one call at a time. [#view()] and what it hands
/// out may be used from any thread. Appends go to the page cache; they are durable below
/// [LogView#durableEndOffset()], which moves when a [DiskSyncer] round has finished and its event has run on the
/// owner's lane.
public interface PartitionLog extends AutoCloseable {
    TopicIdPartition id();

    /// The latest published state: consistent in itself, replaced as a whole after each change.
    LogView view();

    /// Appends one produce request's batch as the partition's leader: validates it (see [AppendResult.Rejected]),
    /// detects duplicates, assigns offsets and the leader epoch in place in `records`' own buffer, and writes it.
    /// `nowMs` is wall-clock time, for timestamps, time-based roll and producer expiry.
    /// The buffer belongs to the caller again when this returns.
    /// Throws [LogFailure] when the disk refused; then nothing of `records` is visible or will become so.
    AppendResult appendAsLeader(MemoryRecords records, int leaderEpoch, Origin origin, long nowMs);

    /// Appends batches fetched from the leader, offsets and epochs as they are. They begin at the end offset, or above
    /// it where compaction has left a gap; an empty log also takes the batch that its start offset is in. All of
    /// `records` is appended, or nothing.
    /// Throws [LogFailure] when the disk refused; then nothing of `records` is visible or will become so.
    FollowerAppend appendAsFollower(MemoryRecords records, long nowMs);

    /// Cuts everything at and above `endOffset`, and the whole batch that it is in. Used by a follower whose log
    /// diverged. Durable when it returns.
    void truncateTo(long endOffset);

    /// Drops everything: the log is empty and begins at `offset`. Used by a follower that is behind where its leader's
    /// log begins. Durable when it returns.
    void restartAt(long offset);

    /// Makes `startOffset` the first offset that may be read (DeleteRecords, retention). Never moves back; durable
    /// when it returns. Whole segments below it are deleted later by [#deleteOldSegments].
    void advanceStartOffset(long startOffset);

    /// A leader starts an epoch at its end offset (KIP-101): recorded with the first append of that epoch at the
    /// latest.
    void beginEpoch(int leaderEpoch);

    /// What [DiskSyncer] must make durable now; any thread. See [SyncTask].
    SyncTask syncTask();

    /// The round that took `task` has made it durable. On the owner's lane.
    void onSynced(SyncTask task);

    /// Applies changed topic settings (roll, retention, limits…) from now on.
    void configure(LogSettings settings);

    /// Producers may come that were at another log before, with whatever sequence they have there: one of the same
    /// topic name, which was deleted. To be said before the first append; until the log is closed.
    void admitFormerProducers();

    /// Drops segments that retention by time or size, or the start offset, no longer keeps; never the active one's
    /// live records above `highWatermark`. Rolls the active segment when its age asks for it. Returns the bytes
    /// freed.
    long deleteOldSegments(long highWatermark, long nowMs);

    /// Begins a compaction when the topic asks for one and enough has changed: a job for a background thread.
    /// Covers complete segments below `highWatermark`. At most one at a time; empty while one is running.
    Optional<Compaction> prepareCompaction(long highWatermark, long nowMs);

    /// Takes the outcome of `compaction`, which has run: from now on the log reads the compacted segments. Nothing
    /// changes when it failed, or when the log has lost one of its segments meanwhile (truncation, retention).
    /// Returns the bytes saved. On the owner's lane; blocks for a few small writes.
    long completeCompaction(Compaction compaction);

    /// Closes files after writing checkpoints (producer state, indexes) so that the next open needs no scan, given
    /// a clean-shutdown marker. The log has been synced.
    @Override
    void close();

    /// Deletes the partition's files. The log is closed by this.
    void delete();

    /// What became of a follower's append.
    sealed interface FollowerAppend {
        record Appended(long endOffset) implements FollowerAppend {}

        /// The bytes are not what the log goes on with: not whole batches, a checksum that fails, offsets or epochs
        /// that go back.
        record Refused(String why) implements FollowerAppend {}
    }

    /// Who appends: clients may not write control batches, and coordinators are not asked for producer state.
    enum Origin {
        CLIENT,
        COORDINATOR
    }

    /// A copy of raw batches, as read; for coordinators that replay and for tools.
    interface BatchBuffer {
        ByteBuffer bytes();
    }
}
