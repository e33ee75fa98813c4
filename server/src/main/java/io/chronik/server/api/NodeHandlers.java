package io.chronik.server.api;

import io.chronik.server.metadata.ControllerService;
import io.chronik.server.net.ClientRequest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AllocateProducerIdsRequest;
import org.apache.kafka.common.requests.AllocateProducerIdsResponse;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.AlterPartitionRequest;
import org.apache.kafka.common.requests.AlterPartitionResponse;
import org.apache.kafka.common.requests.AssignReplicasToDirsRequest;
import org.apache.kafka.common.requests.AssignReplicasToDirsResponse;
import org.apache.kafka.common.requests.BrokerHeartbeatRequest;
import org.apache.kafka.common.requests.BrokerHeartbeatResponse;
import org.apache.kafka.common.requests.BrokerRegistrationRequest;
import org.apache.kafka.common.requests.BrokerRegistrationResponse;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;

/// What nodes ask of the controller, for the internal listener: they register, live, report their in-sync sets and
/// take producer ids. Answered NOT_CONTROLLER by every node but one.
public final class NodeHandlers {
    /// A node on a connection, whose end the controller will hear of.
    private record Watched(long connection, int node) {}

    private final ControllerService controller;
    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();

    public NodeHandlers(ControllerService controller) {
        this.controller = controller;
    }

    public Map<ApiKeys, ApiHandler> handlers() {
        return Map.of(
                ApiKeys.BROKER_REGISTRATION,
                request -> answer(
                        request,
                        controller.registerBroker(((BrokerRegistrationRequest) request.body()).data()),
                        BrokerRegistrationResponse::new),
                ApiKeys.BROKER_HEARTBEAT,
                this::heartbeat,
                ApiKeys.ALTER_PARTITION,
                request -> answer(
                        request,
                        controller.alterPartition(((AlterPartitionRequest) request.body()).data()),
                        AlterPartitionResponse::new),
                ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
                request -> answer(
                        request,
                        controller.assignReplicasToDirs(((AssignReplicasToDirsRequest) request.body()).data()),
                        AssignReplicasToDirsResponse::new),
                ApiKeys.ALLOCATE_PRODUCER_IDS,
                request -> answer(
                        request,
                        controller.allocateProducerIds(((AllocateProducerIdsRequest) request.body()).data()),
                        AllocateProducerIdsResponse::new),
                // The node that passes it on has checked what only that node can know.
                ApiKeys.ALTER_CONFIGS,
                request -> answer(
                        request,
                        controller.alterConfigs(((AlterConfigsRequest) request.body()).data()),
                        AlterConfigsResponse::new),
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                request -> answer(
                        request,
                        controller.incrementalAlterConfigs(((IncrementalAlterConfigsRequest) request.body()).data()),
                        IncrementalAlterConfigsResponse::new));
    }

    private void heartbeat(ClientRequest request) {
        BrokerHeartbeatRequestData beat = ((BrokerHeartbeatRequest) request.body()).data();
        Watched connection = new Watched(request.connection().id(), beat.brokerId());
        if (watched.add(connection)) {
            request.connection().onClose(() -> {
                watched.remove(connection);
                controller.onDisconnected(connection.node(), connection.connection());
            });
        }
        answer(request, controller.brokerHeartbeat(beat, connection.connection()), BrokerHeartbeatResponse::new);
    }

    private static <T> void answer(
            ClientRequest request, CompletableFuture<T> decided, Function<T, AbstractResponse> response) {
        var _ = decided.whenComplete((data, failure) -> {
            if (failure == null) request.reply(response.apply(data));
            else
                request.reply(request.body()
                        .getErrorResponse(0, ErrorMapping.of(failure).exception()));
        });
    }
}
