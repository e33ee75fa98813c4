package io.chronik.cli.record;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/// Knows when a reader has come to the ends that the partitions had at the start.
final class EndWatch {
    private final Map<TopicPartition, Long> remaining;
    private final boolean never;

    private EndWatch(Map<TopicPartition, Long> ends, boolean never) {
        this.remaining = new HashMap<>(ends);
        this.never = never;
    }

    static EndWatch never() {
        return new EndWatch(Map.of(), true);
    }

    /// `ends` are exclusive.
    static EndWatch at(Map<TopicPartition, Long> ends) {
        return new EndWatch(ends, false);
    }

    /// The reader's next offset in a partition. It may jump over control records, so it and not the last record counts.
    void onPosition(TopicPartition partition, long position) {
        Long end = remaining.get(partition);
        if (end != null && position >= end) {
            remaining.remove(partition);
        }
    }

    /// Whether every partition's end has been reached.
    boolean isReached() {
        return !never && remaining.isEmpty();
    }
}
