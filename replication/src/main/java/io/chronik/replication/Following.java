package io.chronik.replication;

import io.chronik.log.LogView;

/// What a follower knows in one leader epoch: what it has asked its leader for, and how far the leader says the
/// partition is committed. Pure, owned by the partition's lane.
final class Following {
    private static final long NOTHING_ASKED = 0;

    /// What it does now. It fetches only when everything that it has is durable: a fetch promises that.
    enum State {
        SYNCING,
        FETCHING,
        /// For a while, after a failure.
        WAITING,
        /// The leader's log contradicts what was committed here: an operator has to decide.
        STUCK
    }

    private State state = State.SYNCING;
    private long askedId = NOTHING_ASKED;
    private long leaderHighWatermark;

    State state() {
        return state;
    }

    void become(State next) {
        state = next;
        askedId = NOTHING_ASKED;
    }

    void onAsked(long fetchId) {
        state = State.FETCHING;
        askedId = fetchId;
    }

    /// An answer to anything else is late: what it says may be about records that are not here any more.
    boolean isAnswer(Fetched fetched) {
        return state == State.FETCHING && fetched.fetchId() == askedId;
    }

    void onLeaderHighWatermark(long highWatermark) {
        leaderHighWatermark = highWatermark;
    }

    /// What is committed as far as this replica can know: what the leader said, of what is durable here.
    long highWatermark(LogView log) {
        return Math.min(leaderHighWatermark, log.durableEndOffset());
    }

    /// The epoch of the last record, -1 when there is none. (An epoch may have begun here without one.)
    static int lastFetchedEpoch(LogView log) {
        return log.endOffset() > log.startOffset()
                ? log.epochAt(log.endOffset() - 1).orElse(-1)
                : -1;
    }

    /// Where to cut `log` when the leader says that its newest epoch that is not newer than our last one is `epoch` and
    /// ends at `endOffset`: behind what both have of that epoch.
    static long cutFor(int epoch, long endOffset, LogView log) {
        LogView.EpochEnd own = log.endOf(epoch);
        long ownEnd = own.equals(LogView.EpochEnd.UNDEFINED) ? log.startOffset() : own.endOffset();
        return Math.max(log.startOffset(), Math.min(endOffset, ownEnd));
    }
}
