package io.chronik.server.partitions;

import io.chronik.replication.Partition;

/// Told when a partition replica of this node starts or stops leading, on the partition's lane, after it has changed.
/// For coordinators; must not block.
public interface LeadershipListener {
    void onLeading(Partition partition, int leaderEpoch);

    void onNotLeading(Partition partition, int leaderEpoch);
}
