package io.chronik.server.replica;

/// How followers fetch. A request waits at its leader for `maxWaitMs` (`replica.fetch.wait.max.ms`) when there is
/// nothing for it; its answer has at most `answerBytes` of records (`replica.fetch.response.max.bytes`), and of one
/// partition `partitionBytes` (`replica.fetch.max.bytes`), unless one batch alone is larger. After a failure a follower
/// pauses for 20 ms, and twice as long after each failure that follows, up to `backoffMs`.
public record ReplicaFetchSettings(int maxWaitMs, int partitionBytes, int answerBytes, int backoffMs) {
    public static ReplicaFetchSettings defaults() {
        return new ReplicaFetchSettings(500, 1 << 20, 4 << 20, 500);
    }
}
