package io.chronik.log;

/// How far a log is durable, in its own files or in the [CommitJournal], as those know who made it so; the log's owner
/// hears of it later. Any thread.
final class DurableMark {
    private static final long NEVER = -1;

    private volatile Reached reached;

    /// The log's own: what was reached before a truncation is void.
    private volatile long generation;

    /// Guarded by the journal: after how many of its resets the log was last written to it.
    private long journaledAfter = NEVER;

    /// Everything up to `position` of the segment at `segmentBase`, and all segments before it. `writtenBytes` is what
    /// the log had written in its life by then.
    record Reached(long generation, long segmentBase, int position, long writtenBytes) {}

    DurableMark(Reached recovered) {
        reached = recovered;
        generation = recovered.generation;
    }

    /// Durable are all bytes that the log had written by `further`; an older one changes nothing.
    synchronized void advance(Reached further) {
        if (further.writtenBytes >= reached.writtenBytes) reached = further;
    }

    Reached reached() {
        return reached;
    }

    long generation() {
        return generation;
    }

    /// Before the files change.
    void onTruncation(long newGeneration) {
        generation = newGeneration;
    }

    void onJournaled(long resets) {
        journaledAfter = resets;
    }

    boolean isJournaledAfter(long resets) {
        return journaledAfter == resets;
    }
}
