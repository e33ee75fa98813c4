package io.chronik.replication;

/// Where a follower stands: everything below `fetchOffset` is durable there, and the record before it is of
/// `lastFetchedEpoch` (-1 when there is none). `fetchId` pairs the answer with this question.
public record FetchPoint(
        long fetchId,
        int leader,
        int leaderEpoch,
        long fetchOffset,
        int lastFetchedEpoch,
        long logStartOffset,
        long highWatermark) {}
