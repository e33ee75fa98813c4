package io.chronik.server.replica;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/// A partition, as requests between nodes name it.
public record ReplicaKey(Uuid topicId, int partition) {
    public static ReplicaKey of(TopicIdPartition id) {
        return new ReplicaKey(id.topicId(), id.partition());
    }
}
