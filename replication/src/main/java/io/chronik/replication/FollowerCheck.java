package io.chronik.replication;

import io.chronik.log.LogView;
import org.apache.kafka.common.protocol.Errors;

/// What a leader answers a follower's fetch with.
public sealed interface FollowerCheck {
    /// Records from `view`, up to the log's end, and its high watermark.
    record Serve(PartitionView view) implements FollowerCheck {}

    record Diverged(LogView.EpochEnd end, PartitionView view) implements FollowerCheck {}

    record OutOfRange(long startOffset, long endOffset) implements FollowerCheck {}

    /// NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH or STALE_BROKER_EPOCH.
    record Refused(Errors error) implements FollowerCheck {}
}
