package io.chronik.coordinators;

import java.util.List;
import org.apache.kafka.common.TopicPartition;

/// A group as monitoring sees it, at one moment: `type` is `classic` or `consumer`, `state` Kafka's word for it
/// (`Stable`, `Empty`, `PreparingRebalance`…). All of it is committed.
public record GroupStatus(String groupId, String type, String state, int memberCount, List<Offset> offsets) {
    public GroupStatus {
        offsets = List.copyOf(offsets);
    }

    /// The next offset that the group will consume, as it last committed.
    public record Offset(TopicPartition partition, long committedOffset) {}
}
