package io.chronik.replication;

import org.apache.kafka.common.protocol.Errors;

/// What became of an [IsrProposal].
public sealed interface IsrAnswer {
    /// An [Assignment] of that epoch or a later one will come, or has come.
    record Committed(int partitionEpoch) implements IsrAnswer {}

    /// Not committed, and never will be.
    record Refused(Errors error) implements IsrAnswer {}

    /// No answer, or one that leaves it open: it may still be committed.
    record Unknown() implements IsrAnswer {}
}
