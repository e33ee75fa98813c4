package io.chronik.server.partitions;

import io.chronik.log.LogSettings.Durability;
import io.chronik.log.LogView;
import io.chronik.metadata.PartitionImage;
import java.util.List;

/// What a replica no longer has, or does not give, of what it once had. Pure.
enum ReplicaLoss {
    NONE,
    /// Perhaps nothing: the disk does not let its log be opened.
    UNREADABLE,
    /// Some ranges can't be read.
    PARTS,
    /// All of it, or its end.
    COMMITTED;

    /// `committed`: what this disk once had for sure. Without fsync a power cut may take the end of a log, as it
    /// may with Kafka: then only an empty one is lost.
    static ReplicaLoss of(LogView log, long committed, Durability durability) {
        boolean empty = log.sizeBytes() == 0;
        boolean ends = committed > log.endOffset() && (empty || durability == Durability.FSYNC);
        if (ends || (empty && log.damaged())) return COMMITTED;
        return log.damaged() ? PARTS : NONE;
    }

    /// Whether the replica is given up, so that others lead; what is lost is filled again by them. The only one that
    /// there is, or that is in
    /// sync, serves the parts that it still has; but if nothing or not the end is left, nobody leads rather than
    /// this one.
    boolean givenUp(int node, PartitionImage state) {
        if (this == NONE || state.replicas().size() == 1) return false;
        return this == COMMITTED || !state.isr().equals(List.of(node));
    }
}
