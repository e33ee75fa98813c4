package io.chronik.server.api;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.ImageDelta;
import io.chronik.server.metadata.MetadataService;
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

/// A controller that agrees to every change of settings, remembers what it was asked, and changes nothing.
final class RecordedMetadata implements MetadataService {
    private final ClusterImage image;
    IncrementalAlterConfigsRequestData incremental = new IncrementalAlterConfigsRequestData();
    AlterConfigsRequestData old = new AlterConfigsRequestData();

    RecordedMetadata(ClusterImage image) {
        this.image = image;
    }

    @Override
    public ClusterImage image() {
        return image;
    }

    @Override
    public int controllerId() {
        return 1;
    }

    @Override
    public String clusterId() {
        return "recorded";
    }

    @Override
    public void addListener(ImageListener listener) {
        listener.onImage(ImageDelta.whole(ClusterImage.EMPTY, image));
    }

    @Override
    public CompletableFuture<AlterConfigsResponseData> alterConfigs(AlterConfigsRequestData request) {
        old = request;
        AlterConfigsResponseData response = new AlterConfigsResponseData();
        for (var resource : request.resources()) {
            response.responses()
                    .add(new AlterConfigsResponseData.AlterConfigsResourceResponse()
                            .setResourceType(resource.resourceType())
                            .setResourceName(resource.resourceName()));
        }
        return CompletableFuture.completedFuture(response);
    }

    @Override
    public CompletableFuture<IncrementalAlterConfigsResponseData> incrementalAlterConfigs(
            IncrementalAlterConfigsRequestData request) {
        incremental = request;
        IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
        for (var resource : request.resources()) {
            response.responses()
                    .add(new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                            .setResourceType(resource.resourceType())
                            .setResourceName(resource.resourceName()));
        }
        return CompletableFuture.completedFuture(response);
    }

    @Override
    public CompletableFuture<CreateTopicsResponseData> createTopics(CreateTopicsRequestData request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<DeleteTopicsResponseData> deleteTopics(DeleteTopicsRequestData request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<CreatePartitionsResponseData> createPartitions(CreatePartitionsRequestData request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<ProducerIdBlock> allocateProducerIds() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<ElectLeadersResponseData> electLeaders(ElectLeadersRequestData request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<AlterPartitionReassignmentsResponseData> alterPartitionReassignments(
            AlterPartitionReassignmentsRequestData request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<ListPartitionReassignmentsResponseData> listPartitionReassignments(
            ListPartitionReassignmentsRequestData request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<UpdateFeaturesResponseData> updateFeatures(UpdateFeaturesRequestData request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<UnregisterBrokerResponseData> unregisterBroker(UnregisterBrokerRequestData request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<DescribeQuorumResponseData> describeQuorum(DescribeQuorumRequestData request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<AddRaftVoterResponseData> addRaftVoter(AddRaftVoterRequestData request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<RemoveRaftVoterResponseData> removeRaftVoter(RemoveRaftVoterRequestData request) {
        throw new UnsupportedOperationException();
    }
}
