package io.chronik.replication;

import org.apache.kafka.common.TopicIdPartition;

/// What a partition asks of other nodes. Called on its lane: hands over and returns, and never answers inside the call.
/// Answers may be late, and may never come.
public interface PartitionPeers {
    /// Asks the leader for what follows `point`; takes the place of an earlier point of this partition, and is asked
    /// again over new connections until it is answered by [Partition#onFetched].
    void fetchNext(Partition partition, FetchPoint point);

    void stopFetching(TopicIdPartition id);

    /// Answered by [Partition#onIsrAnswer], once.
    void proposeIsr(Partition partition, IsrProposal proposal);

    /// Records [fromOffset, toOffset) were committed as far as this replica knew, and its leader does not have them: an
    /// unclean election has lost them. For whoever counts.
    default void onCommittedLost(TopicIdPartition id, long fromOffset, long toOffset) {}

    /// A node that is alone: there is nobody to ask.
    PartitionPeers NONE = new PartitionPeers() {
        @Override
        public void fetchNext(Partition partition, FetchPoint point) {}

        @Override
        public void stopFetching(TopicIdPartition id) {}

        @Override
        public void proposeIsr(Partition partition, IsrProposal proposal) {
            partition.lane().execute(() -> partition.onIsrAnswer(proposal, new IsrAnswer.Unknown()));
        }
    };
}
