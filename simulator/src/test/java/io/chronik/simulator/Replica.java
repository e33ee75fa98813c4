package io.chronik.simulator;

import io.chronik.replication.Partition;

/// One replica of one partition in one process.
record Replica(int partitionIndex, SimulatedNode node, int incarnation, Partition partition) {
    @Override
    public String toString() {
        return "partition " + partitionIndex + " on node " + node.id() + " (process " + incarnation + ")";
    }
}
