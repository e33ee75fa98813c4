package io.chronik.server.groups;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.ImageDelta;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.server.metadata.MetadataService;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
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
import org.apache.kafka.common.protocol.Errors;

/// Metadata of one node, applied at once. Creates topics; the rest is not asked for by groups.
final class InMemoryMetadata implements MetadataService {
    static final int NODE_ID = 1;

    final List<CreatableTopic> created = new ArrayList<>();
    Errors creationError = Errors.NONE;
    private final List<ImageListener> listeners = new ArrayList<>();
    private volatile ClusterImage image = withNode(ClusterImage.EMPTY);

    private static ClusterImage withNode(ClusterImage image) {
        NodeImage node = new NodeImage(NODE_ID, 1, Uuid.ONE_UUID, List.of(), null, false);
        return new ClusterImage(
                0, image.topicsByName(), image.topicsById(), image.nodes().plus(NODE_ID, node), image.configs(), 0);
    }

    TopicImage addTopic(String name, int partitionCount) {
        List<PartitionImage> partitions = new ArrayList<>();
        for (int partition = 0; partition < partitionCount; partition++) {
            partitions.add(new PartitionImage(List.of(NODE_ID), List.of(NODE_ID), NODE_ID, 0, 0));
        }
        TopicImage topic = new TopicImage(name, Uuid.randomUuid(), List.copyOf(partitions));
        publish(new ClusterImage(
                image.appliedIndex() + 1,
                image.topicsByName().plus(name, topic),
                image.topicsById().plus(topic.id(), topic),
                image.nodes(),
                image.configs(),
                0));
        return topic;
    }

    void removeTopic(String name) {
        TopicImage topic = image.topic(name).orElseThrow();
        publish(new ClusterImage(
                image.appliedIndex() + 1,
                image.topicsByName().minus(name),
                image.topicsById().minus(topic.id()),
                image.nodes(),
                image.configs(),
                0));
    }

    private synchronized void publish(ClusterImage next) {
        ClusterImage before = image;
        image = next;
        listeners.forEach(listener -> listener.onImage(ImageDelta.whole(before, next)));
    }

    @Override
    public ClusterImage image() {
        return image;
    }

    @Override
    public synchronized void addListener(ImageListener listener) {
        listeners.add(listener);
        listener.onImage(ImageDelta.whole(ClusterImage.EMPTY, image));
    }

    @Override
    public synchronized CompletableFuture<CreateTopicsResponseData> createTopics(CreateTopicsRequestData request) {
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        for (CreatableTopic topic : request.topics()) {
            created.add(topic);
            if (creationError == Errors.NONE) addTopic(topic.name(), topic.numPartitions());
            response.topics()
                    .add(new CreatableTopicResult().setName(topic.name()).setErrorCode(creationError.code()));
        }
        return CompletableFuture.completedFuture(response);
    }

    @Override
    public int controllerId() {
        return NODE_ID;
    }

    @Override
    public String clusterId() {
        return "test";
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
    public CompletableFuture<AlterConfigsResponseData> alterConfigs(AlterConfigsRequestData request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<IncrementalAlterConfigsResponseData> incrementalAlterConfigs(
            IncrementalAlterConfigsRequestData request) {
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
