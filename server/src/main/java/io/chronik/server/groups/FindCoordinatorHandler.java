package io.chronik.server.groups;

import io.chronik.coordinators.Groups;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.server.api.AdvertisedAddress;
import io.chronik.server.api.ApiHandler;
import io.chronik.server.net.ClientConnection;
import io.chronik.server.net.ClientRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.jspecify.annotations.Nullable;

/// FindCoordinator: the node that leads the group's partition of `__consumer_offsets`, which is created on the
/// way if need be. Transactional ids and share partitions are refused with an error that clients do not retry,
/// because no coordinator for them will come up while this node runs.
final class FindCoordinatorHandler implements ApiHandler {
    private static final short FIRST_SHARE_VERSION = 6;

    private final OffsetsTopic offsetsTopic;
    private final Groups groups;
    private final AdvertisedAddress addresses;

    FindCoordinatorHandler(OffsetsTopic offsetsTopic, Groups groups, AdvertisedAddress addresses) {
        this.offsetsTopic = offsetsTopic;
        this.groups = groups;
        this.addresses = addresses;
    }

    @Override
    public void handle(ClientRequest request) {
        new GroupRequest(request).replyWith(() -> find(request));
    }

    private CompletableFuture<FindCoordinatorResponse> find(ClientRequest request) {
        short version = request.header().apiVersion();
        FindCoordinatorRequestData data = ((FindCoordinatorRequest) request.body()).data();
        boolean batched = version >= FindCoordinatorRequest.MIN_BATCHED_VERSION;
        List<String> keys = batched ? data.coordinatorKeys() : List.of(data.key());
        CompletableFuture<List<Coordinator>> coordinators = switch (CoordinatorType.forId(data.keyType())) {
            case GROUP ->
                offsetsTopic
                        .ready()
                        .handle((_, failure) -> failure == null
                                ? groupCoordinators(keys, request.connection())
                                : refused(keys, Errors.COORDINATOR_NOT_AVAILABLE, null));
            case TRANSACTION ->
                CompletableFuture.completedFuture(
                        refused(keys, Errors.UNSUPPORTED_VERSION, "Transactions are not served."));
            case SHARE ->
                CompletableFuture.completedFuture(refused(
                        keys,
                        Errors.INVALID_REQUEST,
                        version < FIRST_SHARE_VERSION ? null : "Share groups are not served."));
        };
        return coordinators.thenApply(found -> new FindCoordinatorResponse(
                batched ? new FindCoordinatorResponseData().setCoordinators(found) : single(found.getFirst())));
    }

    private List<Coordinator> groupCoordinators(List<String> keys, ClientConnection connection) {
        List<Coordinator> found = new ArrayList<>(keys.size());
        for (String key : keys) found.add(groupCoordinator(key, connection));
        return found;
    }

    private Coordinator groupCoordinator(String groupId, ClientConnection connection) {
        List<PartitionImage> partitions =
                offsetsTopic.image().map(TopicImage::partitions).orElse(List.of());
        int partition = groups.started() ? groups.partitionFor(groupId) : Integer.MAX_VALUE;
        int leader = partition < partitions.size() ? partitions.get(partition).leader() : PartitionImage.NO_LEADER;
        if (leader == PartitionImage.NO_LEADER) return refused(groupId, Errors.COORDINATOR_NOT_AVAILABLE, null);
        return addresses
                .endpointFor(leader, connection)
                .map(endpoint -> new Coordinator()
                        .setKey(groupId)
                        .setNodeId(leader)
                        .setHost(endpoint.host())
                        .setPort(endpoint.port()))
                .orElseGet(() -> refused(groupId, Errors.COORDINATOR_NOT_AVAILABLE, null));
    }

    private static List<Coordinator> refused(List<String> keys, Errors error, @Nullable String message) {
        List<Coordinator> refused = new ArrayList<>(keys.size());
        for (String key : keys) refused.add(refused(key, error, message));
        return refused;
    }

    private static Coordinator refused(String key, Errors error, @Nullable String message) {
        return new Coordinator()
                .setKey(key)
                .setErrorCode(error.code())
                .setErrorMessage(message == null ? error.message() : message)
                .setNodeId(Node.noNode().id())
                .setHost(Node.noNode().host())
                .setPort(Node.noNode().port());
    }

    private static FindCoordinatorResponseData single(Coordinator found) {
        return new FindCoordinatorResponseData()
                .setErrorCode(found.errorCode())
                .setErrorMessage(found.errorMessage())
                .setNodeId(found.nodeId())
                .setHost(found.host())
                .setPort(found.port());
    }
}
