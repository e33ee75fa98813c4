package io.chronik.server;

import io.chronik.metadata.controller.FeatureUpdates;
import io.chronik.server.api.AdvertisedAddress;
import io.chronik.server.api.ApiHandler;
import io.chronik.server.api.ApiVersionsHandler;
import io.chronik.server.api.Apis;
import io.chronik.server.api.ClusterAdminHandlers;
import io.chronik.server.api.DescribeClusterHandler;
import io.chronik.server.api.NodeHandlers;
import io.chronik.server.api.PartitionLookup;
import io.chronik.server.api.RaftHandler;
import io.chronik.server.api.TopicAdminHandlers;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.lane.Strands;
import io.chronik.server.metadata.MetadataQuorum;
import io.chronik.server.net.ClientRequest;
import io.chronik.server.partitions.PartitionRegistry;
import io.chronik.server.replica.ReplicaFetchHandler;
import io.chronik.server.replica.ReplicationThrottle;
import java.security.SecureRandom;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.FetchRequest;

/// What nodes ask of this one: of the metadata quorum, of the controller as themselves and on behalf of clients, and
/// the
/// records of the partitions that it leads.
record InternalListenerApis(
        NodeConfig config,
        MetadataQuorum quorum,
        PartitionRegistry registry,
        AdvertisedAddress addresses,
        Strands strands,
        ReplicationThrottle throttle) {
    Apis build() {
        var controller = quorum.controller();
        RaftHandler raft = new RaftHandler(quorum.log());
        Apis.Builder apis = new Apis.Builder().forNodes();
        RaftHandler.APIS.forEach(api -> apis.add(api, raft));
        new NodeHandlers(controller).handlers().forEach(apis::add);
        apis.add(ApiKeys.FETCH, fetch(raft));
        apis.add(ApiKeys.DESCRIBE_CLUSTER, new DescribeClusterHandler(controller, addresses));
        new TopicAdminHandlers(controller, registry).handlers().forEach(apis::add);
        new ClusterAdminHandlers(controller).handlers().forEach((api, handler) -> {
            if (!RaftHandler.APIS.contains(api)) apis.add(api, handler);
        });
        var identity = quorum.identity();
        return apis.build(new ApiVersionsHandler.Identity(
                identity.clusterId(),
                identity.nodeId(),
                () -> Math.max(0, controller.image().appliedIndex()),
                feature -> FeatureUpdates.level(controller.image(), feature)));
    }

    private ApiHandler fetch(RaftHandler raft) {
        PartitionLookup lookup = new PartitionLookup(quorum.controller(), registry);
        ReplicaFetchHandler replicas = new ReplicaFetchHandler(
                (topicId, partition) -> lookup.find("", topicId, partition),
                quorum.controller()::image,
                strands::lane,
                new SecureRandom(),
                config.cluster().replication().lagTimeMaxMs(),
                throttle);
        return request -> {
            if (isOfMetadata(request)) raft.handle(request);
            else replicas.handle(request);
        };
    }

    private static boolean isOfMetadata(ClientRequest request) {
        FetchRequestData fetch = ((FetchRequest) request.body()).data();
        return fetch.topics().size() == 1 && fetch.topics().getFirst().topicId().equals(Uuid.METADATA_TOPIC_ID);
    }
}
