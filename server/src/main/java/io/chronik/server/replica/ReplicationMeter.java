package io.chronik.server.replica;

/// Counts what replication does. Any thread.
public interface ReplicationMeter {
    /// A leader's proposal to leave somebody out of the in-sync set was committed.
    void onIsrShrunk();

    /// A leader's proposal to take somebody into the in-sync set was committed.
    void onIsrExpanded();

    /// A follower got an answer, when it was `lag` records (or fewer than none) behind its leader's high watermark.
    void onFetched(ReplicaKey partition, long lag);

    /// The follower does not follow any more.
    void onStopped(ReplicaKey partition);

    /// This node leads a partition without having been in sync.
    void onUncleanElection();

    /// So many committed records of a replica here were cut, because an unclean leader does not have them.
    void onCommittedLost(long records);

    /// `bytes` were sent under the leader's throttle.
    void onThrottledSent(long bytes);

    /// `bytes` were fetched under the follower's throttle.
    void onThrottledFetched(long bytes);

    ReplicationMeter NONE = new ReplicationMeter() {
        @Override
        public void onIsrShrunk() {}

        @Override
        public void onIsrExpanded() {}

        @Override
        public void onFetched(ReplicaKey partition, long lag) {}

        @Override
        public void onStopped(ReplicaKey partition) {}

        @Override
        public void onUncleanElection() {}

        @Override
        public void onCommittedLost(long records) {}

        @Override
        public void onThrottledSent(long bytes) {}

        @Override
        public void onThrottledFetched(long bytes) {}
    };
}
