package io.chronik.replication;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;

/// Keeps what a partition asks of other nodes; the test answers.
final class RecordingPeers implements PartitionPeers {
    final List<FetchPoint> points = new ArrayList<>();
    final List<IsrProposal> proposals = new ArrayList<>();
    final List<String> lost = new ArrayList<>();
    int stopped;

    @Override
    public void fetchNext(Partition partition, FetchPoint point) {
        points.add(point);
    }

    @Override
    public void stopFetching(TopicIdPartition id) {
        stopped++;
    }

    @Override
    public void onCommittedLost(TopicIdPartition id, long fromOffset, long toOffset) {
        lost.add(fromOffset + ".." + toOffset);
    }

    @Override
    public void proposeIsr(Partition partition, IsrProposal proposal) {
        proposals.add(proposal);
    }

    FetchPoint lastPoint() {
        return points.getLast();
    }
}
