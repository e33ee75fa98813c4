package io.chronik.server.fetch;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;

/// One partition that a client wants to read, as it asked for it: by name (`topicId` ZERO_UUID) or by id (`topic`
/// empty).
record FetchTarget(
        String topic,
        Uuid topicId,
        int partition,
        long fetchOffset,
        int maxBytes,
        int currentLeaderEpoch,
        int lastFetchedEpoch) {

    /// What identifies a target inside a session.
    record Key(String topic, Uuid topicId, int partition) {}

    static FetchTarget of(FetchTopic topic, FetchPartition partition) {
        return new FetchTarget(
                topic.topic(),
                topic.topicId(),
                partition.partition(),
                partition.fetchOffset(),
                partition.partitionMaxBytes(),
                partition.currentLeaderEpoch(),
                partition.lastFetchedEpoch());
    }

    Key key() {
        return new Key(topic, topicId, partition);
    }
}
