package io.chronik.replication;

/// A follower's fetch, as the partition's leader sees it: everything below `fetchOffset` is durable at `replica`, whose
/// process registered as `nodeEpoch`.
public record FollowerPosition(
        int replica, long nodeEpoch, int leaderEpoch, long fetchOffset, int lastFetchedEpoch, long logStartOffset) {}
