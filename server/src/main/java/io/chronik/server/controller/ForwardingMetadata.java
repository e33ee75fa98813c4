package io.chronik.server.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.server.metadata.MetadataService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
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
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AddRaftVoterRequest;
import org.apache.kafka.common.requests.AddRaftVoterResponse;
import org.apache.kafka.common.requests.AllocateProducerIdsRequest;
import org.apache.kafka.common.requests.AllocateProducerIdsResponse;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.ElectLeadersResponse;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.ListPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.RemoveRaftVoterRequest;
import org.apache.kafka.common.requests.RemoveRaftVoterResponse;
import org.apache.kafka.common.requests.UnregisterBrokerRequest;
import org.apache.kafka.common.requests.UnregisterBrokerResponse;
import org.apache.kafka.common.requests.UpdateFeaturesRequest;
import org.apache.kafka.common.requests.UpdateFeaturesResponse;
import org.jspecify.annotations.Nullable;

/// The metadata as every node offers it: decided here when this node is the controller, otherwise by the controller,
/// which is sent the request as it came. Its answer is given when this node has applied what the controller had
/// committed by then: whoever asked reads his own write here.
///
/// A request whose answer was lost is sent again, so a topic that was made by the first may be answered with
/// TOPIC_ALREADY_EXISTS, as in Kafka.
public final class ForwardingMetadata implements MetadataService {
    private static final long MIN_TIMEOUT_MS = 5_000;
    private static final long MAX_TIMEOUT_MS = 60_000;
    private static final long DEFAULT_TIMEOUT_MS = 30_000;
    /// Less than clients wait for the request behind it.
    private static final long PRODUCER_IDS_TIMEOUT_MS = 10_000;

    private final int self;
    private final MetadataService local;
    private final ControllerChannel controller;
    private final LongSupplier nodeEpoch;
    private final Supplier<CompletableFuture<Void>> published;

    /// `local` decides when this node leads. `nodeEpoch` is that of this node's registration. `published` completes
    /// when the listeners of the image have been told all that it shows.
    public ForwardingMetadata(
            int self,
            MetadataService local,
            ControllerChannel controller,
            LongSupplier nodeEpoch,
            Supplier<CompletableFuture<Void>> published) {
        this.self = self;
        this.local = local;
        this.controller = controller;
        this.nodeEpoch = nodeEpoch;
        this.published = published;
    }

    @Override
    public ClusterImage image() {
        return local.image();
    }

    @Override
    public int controllerId() {
        return local.controllerId();
    }

    @Override
    public String clusterId() {
        return local.clusterId();
    }

    @Override
    public void addListener(ImageListener listener) {
        local.addListener(listener);
    }

    @Override
    public CompletableFuture<CreateTopicsResponseData> createTopics(CreateTopicsRequestData request) {
        return here(() -> local.createTopics(request))
                .orAt(
                        () -> new CreateTopicsRequest.Builder(request),
                        request.timeoutMs(),
                        CreateTopicsResponse.class,
                        CreateTopicsResponse::data);
    }

    @Override
    public CompletableFuture<DeleteTopicsResponseData> deleteTopics(DeleteTopicsRequestData request) {
        return here(() -> local.deleteTopics(request))
                .orAt(
                        () -> new DeleteTopicsRequest.Builder(request),
                        request.timeoutMs(),
                        DeleteTopicsResponse.class,
                        DeleteTopicsResponse::data);
    }

    @Override
    public CompletableFuture<CreatePartitionsResponseData> createPartitions(CreatePartitionsRequestData request) {
        return here(() -> local.createPartitions(request))
                .orAt(
                        () -> new CreatePartitionsRequest.Builder(request),
                        request.timeoutMs(),
                        CreatePartitionsResponse.class,
                        CreatePartitionsResponse::data);
    }

    @Override
    public CompletableFuture<AlterConfigsResponseData> alterConfigs(AlterConfigsRequestData request) {
        return here(() -> local.alterConfigs(request))
                .orAt(
                        () -> new AlterConfigsRequest.Builder(configs(request), request.validateOnly()),
                        DEFAULT_TIMEOUT_MS,
                        AlterConfigsResponse.class,
                        AlterConfigsResponse::data);
    }

    private static Map<ConfigResource, AlterConfigsRequest.Config> configs(AlterConfigsRequestData request) {
        Map<ConfigResource, AlterConfigsRequest.Config> configs = new HashMap<>();
        for (AlterConfigsRequestData.AlterConfigsResource resource : request.resources()) {
            var key = new ConfigResource(ConfigResource.Type.forId(resource.resourceType()), resource.resourceName());
            configs.put(
                    key,
                    new AlterConfigsRequest.Config(resource.configs().stream()
                            .map(config -> new AlterConfigsRequest.ConfigEntry(config.name(), config.value()))
                            .toList()));
        }
        return configs;
    }

    @Override
    public CompletableFuture<IncrementalAlterConfigsResponseData> incrementalAlterConfigs(
            IncrementalAlterConfigsRequestData request) {
        return here(() -> local.incrementalAlterConfigs(request))
                .orAt(
                        () -> new IncrementalAlterConfigsRequest.Builder(request),
                        DEFAULT_TIMEOUT_MS,
                        IncrementalAlterConfigsResponse.class,
                        IncrementalAlterConfigsResponse::data);
    }

    /// Without a barrier: nobody reads in the image what ids are taken.
    @Override
    public CompletableFuture<ProducerIdBlock> allocateProducerIds() {
        if (leads()) return local.allocateProducerIds();
        var request = new AllocateProducerIdsRequest.Builder(
                new AllocateProducerIdsRequestData().setBrokerId(self).setBrokerEpoch(nodeEpoch.getAsLong()));
        return controller
                .send(request, PRODUCER_IDS_TIMEOUT_MS, AllocateProducerIdsResponse.class)
                .thenApply(answer -> block(answer.data()));
    }

    private static ProducerIdBlock block(AllocateProducerIdsResponseData answer) {
        Errors error = Errors.forCode(answer.errorCode());
        if (error != Errors.NONE) throw error.exception();
        return new ProducerIdBlock(answer.producerIdStart(), answer.producerIdLen());
    }

    @Override
    public CompletableFuture<ElectLeadersResponseData> electLeaders(ElectLeadersRequestData request) {
        return here(() -> local.electLeaders(request))
                .orAt(
                        () -> new ElectLeadersRequest.Builder(
                                ElectionType.valueOf(request.electionType()), partitions(request), request.timeoutMs()),
                        request.timeoutMs(),
                        ElectLeadersResponse.class,
                        ElectLeadersResponse::data);
    }

    private static @Nullable Collection<TopicPartition> partitions(ElectLeadersRequestData request) {
        if (request.topicPartitions() == null) return null;
        List<TopicPartition> partitions = new ArrayList<>();
        for (ElectLeadersRequestData.TopicPartitions topic : request.topicPartitions())
            for (int partition : topic.partitions()) partitions.add(new TopicPartition(topic.topic(), partition));
        return partitions;
    }

    @Override
    public CompletableFuture<AlterPartitionReassignmentsResponseData> alterPartitionReassignments(
            AlterPartitionReassignmentsRequestData request) {
        return here(() -> local.alterPartitionReassignments(request))
                .orAt(
                        () -> new AlterPartitionReassignmentsRequest.Builder(request),
                        request.timeoutMs(),
                        AlterPartitionReassignmentsResponse.class,
                        AlterPartitionReassignmentsResponse::data);
    }

    @Override
    public CompletableFuture<ListPartitionReassignmentsResponseData> listPartitionReassignments(
            ListPartitionReassignmentsRequestData request) {
        return here(() -> local.listPartitionReassignments(request))
                .orAt(
                        () -> new ListPartitionReassignmentsRequest.Builder(request),
                        request.timeoutMs(),
                        ListPartitionReassignmentsResponse.class,
                        ListPartitionReassignmentsResponse::data);
    }

    @Override
    public CompletableFuture<UpdateFeaturesResponseData> updateFeatures(UpdateFeaturesRequestData request) {
        return here(() -> local.updateFeatures(request))
                .orAt(
                        () -> new UpdateFeaturesRequest.Builder(request),
                        request.timeoutMs(),
                        UpdateFeaturesResponse.class,
                        UpdateFeaturesResponse::data);
    }

    @Override
    public CompletableFuture<UnregisterBrokerResponseData> unregisterBroker(UnregisterBrokerRequestData request) {
        return here(() -> local.unregisterBroker(request))
                .orAt(
                        () -> new UnregisterBrokerRequest.Builder(request),
                        DEFAULT_TIMEOUT_MS,
                        UnregisterBrokerResponse.class,
                        UnregisterBrokerResponse::data);
    }

    @Override
    public CompletableFuture<DescribeQuorumResponseData> describeQuorum(DescribeQuorumRequestData request) {
        return here(() -> local.describeQuorum(request))
                .orAt(
                        () -> new DescribeQuorumRequest.Builder(request),
                        DEFAULT_TIMEOUT_MS,
                        DescribeQuorumResponse.class,
                        DescribeQuorumResponse::data);
    }

    @Override
    public CompletableFuture<AddRaftVoterResponseData> addRaftVoter(AddRaftVoterRequestData request) {
        return here(() -> local.addRaftVoter(request))
                .orAt(
                        () -> new AddRaftVoterRequest.Builder(request),
                        request.timeoutMs(),
                        AddRaftVoterResponse.class,
                        AddRaftVoterResponse::data);
    }

    @Override
    public CompletableFuture<RemoveRaftVoterResponseData> removeRaftVoter(RemoveRaftVoterRequestData request) {
        return here(() -> local.removeRaftVoter(request))
                .orAt(
                        () -> new RemoveRaftVoterRequest.Builder(request),
                        DEFAULT_TIMEOUT_MS,
                        RemoveRaftVoterResponse.class,
                        RemoveRaftVoterResponse::data);
    }

    private boolean leads() {
        return local.controllerId() == self;
    }

    private <D> Request<D> here(Supplier<CompletableFuture<D>> decide) {
        return new Request<>(decide);
    }

    /// A request that is decided here, or, when this node does not lead (any more), by the controller.
    private final class Request<D> {
        private final Supplier<CompletableFuture<D>> decide;

        Request(Supplier<CompletableFuture<D>> decide) {
            this.decide = decide;
        }

        <R extends AbstractResponse> CompletableFuture<D> orAt(
                Supplier<AbstractRequest.Builder<?>> request, long timeoutMs, Class<R> type, Function<R, D> data) {
            long boundMs = Math.clamp(timeoutMs, MIN_TIMEOUT_MS, MAX_TIMEOUT_MS);
            Supplier<CompletableFuture<D>> forward = () -> controller
                    .send(request.get(), boundMs, type)
                    .thenCompose(answer -> controller
                            .barrier(boundMs)
                            .thenCompose(_ -> published.get())
                            .thenApply(_ -> data.apply(answer)));
            if (!leads()) return forward.get();
            return decide.get()
                    .exceptionallyCompose(
                            failure -> notLeading(failure) ? forward.get() : CompletableFuture.failedFuture(failure));
        }
    }

    private static boolean notLeading(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof NotControllerException;
    }
}
