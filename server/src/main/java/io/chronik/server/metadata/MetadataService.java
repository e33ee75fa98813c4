package io.chronik.server.metadata;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.ImageDelta;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;

/// The cluster's metadata as request handlers use it. A future completes when the change is committed by Raft,
/// applied to this node's image *and* told to the listeners, so that whoever got the answer reads his own write
/// here. It completes exceptionally with a Kafka `ApiException` (NOT_CONTROLLER, REQUEST_TIMED_OUT…) when the whole
/// request failed.
public interface MetadataService {
    /// The current image; changes only by committed entries.
    ClusterImage image();

    /// The node id of the active controller, or -1 while there is none.
    int controllerId();

    String clusterId();

    /// `listener` is told after each change, in order, a little after [image()][#image] shows it; it must not
    /// block. It is first told the present image as a whole, with an empty one as `before`.
    void addListener(ImageListener listener);

    CompletableFuture<CreateTopicsResponseData> createTopics(CreateTopicsRequestData request);

    CompletableFuture<DeleteTopicsResponseData> deleteTopics(DeleteTopicsRequestData request);

    CompletableFuture<CreatePartitionsResponseData> createPartitions(CreatePartitionsRequestData request);

    CompletableFuture<AlterConfigsResponseData> alterConfigs(AlterConfigsRequestData request);

    CompletableFuture<IncrementalAlterConfigsResponseData> incrementalAlterConfigs(
            IncrementalAlterConfigsRequestData request);

    /// Takes a block of producer ids for this node: never handed out twice in the life of the cluster.
    CompletableFuture<ProducerIdBlock> allocateProducerIds();

    // ---- The cluster as a whole ----

    CompletableFuture<ElectLeadersResponseData> electLeaders(ElectLeadersRequestData request);

    CompletableFuture<AlterPartitionReassignmentsResponseData> alterPartitionReassignments(
            AlterPartitionReassignmentsRequestData request);

    CompletableFuture<ListPartitionReassignmentsResponseData> listPartitionReassignments(
            ListPartitionReassignmentsRequestData request);

    CompletableFuture<UpdateFeaturesResponseData> updateFeatures(UpdateFeaturesRequestData request);

    /// Refused with INVALID_REQUEST, and the topics in the message, while the node is needed.
    CompletableFuture<UnregisterBrokerResponseData> unregisterBroker(UnregisterBrokerRequestData request);

    CompletableFuture<DescribeQuorumResponseData> describeQuorum(DescribeQuorumRequestData request);

    CompletableFuture<AddRaftVoterResponseData> addRaftVoter(AddRaftVoterRequestData request);

    CompletableFuture<RemoveRaftVoterResponseData> removeRaftVoter(RemoveRaftVoterRequestData request);

    /// Ids [firstId, firstId + count).
    record ProducerIdBlock(long firstId, int count) {}

    @FunctionalInterface
    interface ImageListener {
        void onImage(ImageDelta delta);
    }
}
