package io.chronik.server.replica;

import io.chronik.server.api.PartitionLookup;
import org.apache.kafka.common.Uuid;

/// Finds the replica of this node that another node names. Any thread.
@FunctionalInterface
public interface ReplicaLookup {
    PartitionLookup.Found find(Uuid topicId, int partition);
}
