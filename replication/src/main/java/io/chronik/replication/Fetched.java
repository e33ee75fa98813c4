package io.chronik.replication;

import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// What came back for the [FetchPoint] of the same id.
public sealed interface Fetched {
    long fetchId();

    /// Whole batches from the fetch offset on, perhaps none. The buffer is read before the call returns, never after.
    record Records(long fetchId, MemoryRecords records, long leaderHighWatermark, long leaderStartOffset)
            implements Fetched {}

    /// The leader has no such record of the follower's last epoch: its newest epoch that is not newer is `epoch`, and
    /// ends at `endOffset` (KIP-595).
    record Diverged(long fetchId, int epoch, long endOffset) implements Fetched {}

    /// The leader has [leaderStartOffset, leaderEndOffset] and not the fetch offset.
    record OutOfRange(long fetchId, long leaderStartOffset, long leaderEndOffset) implements Fetched {}

    record Failed(long fetchId, Errors error) implements Fetched {}
}
