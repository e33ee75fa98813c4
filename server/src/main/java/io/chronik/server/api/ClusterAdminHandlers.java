package io.chronik.server.api;

import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientRequest;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AddRaftVoterResponse;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.ElectLeadersResponse;
import org.apache.kafka.common.requests.ListPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.RemoveRaftVoterResponse;
import org.apache.kafka.common.requests.UnregisterBrokerResponse;
import org.apache.kafka.common.requests.UpdateFeaturesResponse;

/// What operators ask of the cluster as a whole: elections, moves of replicas, features, members and voters. Decided
/// by the controller, on whichever node the request comes in.
public final class ClusterAdminHandlers {
    /// Earlier versions of DescribeQuorum can't say where voters are, nor on which directory.
    private static final int FIRST_VERSION_WITH_NODES = 2;

    private final MetadataService metadata;

    public ClusterAdminHandlers(MetadataService metadata) {
        this.metadata = metadata;
    }

    public Map<ApiKeys, ApiHandler> handlers() {
        Map<ApiKeys, ApiHandler> all = new EnumMap<>(ApiKeys.class);
        all.put(ApiKeys.ELECT_LEADERS, handler(MetadataService::electLeaders, ElectLeadersResponse::new));
        all.put(
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                handler(MetadataService::alterPartitionReassignments, AlterPartitionReassignmentsResponse::new));
        all.put(
                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                handler(MetadataService::listPartitionReassignments, ListPartitionReassignmentsResponse::new));
        all.put(ApiKeys.UPDATE_FEATURES, handler(MetadataService::updateFeatures, UpdateFeaturesResponse::new));
        all.put(ApiKeys.UNREGISTER_BROKER, handler(MetadataService::unregisterBroker, UnregisterBrokerResponse::new));
        all.put(ApiKeys.ADD_RAFT_VOTER, handler(MetadataService::addRaftVoter, AddRaftVoterResponse::new));
        all.put(ApiKeys.REMOVE_RAFT_VOTER, handler(MetadataService::removeRaftVoter, RemoveRaftVoterResponse::new));
        all.put(ApiKeys.DESCRIBE_QUORUM, this::describeQuorum);
        return all;
    }

    private void describeQuorum(ClientRequest request) {
        short version = request.header().apiVersion();
        answer(request, MetadataService::describeQuorum, (DescribeQuorumResponseData data) -> {
            if (version < FIRST_VERSION_WITH_NODES) leaveOutDirectories(data);
            return new DescribeQuorumResponse(data);
        });
    }

    private static void leaveOutDirectories(DescribeQuorumResponseData data) {
        data.setNodes(new DescribeQuorumResponseData.NodeCollection());
        data.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .flatMap(quorum -> Stream.concat(quorum.currentVoters().stream(), quorum.observers().stream()))
                .forEach(replica -> replica.setReplicaDirectoryId(Uuid.ZERO_UUID));
    }

    private <Q extends ApiMessage, A> ApiHandler handler(
            BiFunction<MetadataService, Q, CompletableFuture<A>> call, Function<A, AbstractResponse> response) {
        return request -> answer(request, call, response);
    }

    @SuppressWarnings("unchecked") // The API key decides the type of the data.
    private <Q extends ApiMessage, A> void answer(
            ClientRequest request,
            BiFunction<MetadataService, Q, CompletableFuture<A>> call,
            Function<A, AbstractResponse> response) {
        var _ = call.apply(metadata, (Q) request.body().data()).whenComplete((data, failure) -> {
            if (failure == null) request.reply(response.apply(data));
            else
                request.reply(request.body()
                        .getErrorResponse(0, ErrorMapping.of(failure).exception(failure.getMessage())));
        });
    }
}
