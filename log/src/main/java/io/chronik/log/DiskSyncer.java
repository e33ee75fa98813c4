package io.chronik.log;

/// Makes appends durable, for all partitions of a log directory: takes every dirty client, syncs them in one round,
/// and tells each owner. While a round runs the next group gathers: no timers, no tuning knob.
/// A failed sync is final: see [Listener#onSyncFailed].
public interface DiskSyncer extends AutoCloseable {
    /// Asks that everything `client`'s log has written by now becomes durable. Any thread, never blocks; asking
    /// again before a round has taken the client is free.
    void requestSync(Client client);

    /// Finishes the rounds that were asked for, then stops its threads. Idempotent.
    @Override
    void close();

    /// A partition replica, as the syncer sees it.
    interface Client {
        /// Called on a syncer thread when the round begins.
        SyncTask syncTask();

        /// Called on a syncer thread when the task is durable: post an event to the owner's lane.
        void onSynced(SyncTask task);
    }

    /// What the process does about it.
    interface Listener {
        /// A sync failed. Nothing of its round is or will be acknowledged; the process stops.
        void onSyncFailed(Throwable cause);

        /// After each round, for metrics: how many partitions and bytes shared it, and how long it took.
        void onRound(int clients, long bytes, long durationNs);
    }
}
