package io.chronik.log;

/// One pass of `cleanup.policy=compact` over the sealed segments of a log, in three steps: the owner's lane asks
/// for it ([PartitionLog#prepareCompaction]), a background thread runs it, the lane takes what came out
/// ([PartitionLog#completeCompaction]). The log serves and appends meanwhile.
public interface Compaction {
    /// Reads the segments and writes their successors beside them. Heavy; blocks; once, on any thread that nobody
    /// interrupts. A failure is kept, and shows when the lane completes: then nothing has changed.
    void run();
}
