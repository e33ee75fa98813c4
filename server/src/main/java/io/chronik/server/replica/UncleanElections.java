package io.chronik.server.replica;

import io.chronik.metadata.ImageDelta;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.server.metadata.MetadataService;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// Counts the elections that made this node the leader of a partition although it was not in sync: what it lacks is
/// lost. Belongs to the publisher of images.
public final class UncleanElections implements MetadataService.ImageListener {
    private final int nodeId;
    private final ReplicationMeter meter;

    public UncleanElections(int nodeId, ReplicationMeter meter) {
        this.nodeId = nodeId;
        this.meter = meter;
    }

    /// Of a state that came as a whole it is not known what is news.
    @Override
    public void onImage(ImageDelta delta) {
        if (delta.everything()) return;
        for (Uuid id : delta.topics()) {
            Optional<TopicImage> before = delta.before().topic(id);
            Optional<TopicImage> after = delta.after().topic(id);
            if (before.isEmpty() || after.isEmpty()) continue;
            for (int index : delta.partitionsOf(id)) {
                if (index >= before.get().partitions().size()) continue;
                PartitionImage state = after.get().partitions().get(index);
                int earlier = before.get().partitions().get(index).uncleanEpoch();
                if (state.uncleanEpoch() > earlier && state.leader() == nodeId) meter.onUncleanElection();
            }
        }
    }
}
