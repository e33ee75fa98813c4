package io.chronik.server;

import io.chronik.log.LogStore;
import io.chronik.metadata.controller.FeatureUpdates;
import io.chronik.server.api.AdvertisedAddress;
import io.chronik.server.api.ApiVersionsHandler;
import io.chronik.server.api.Apis;
import io.chronik.server.api.ClusterAdminHandlers;
import io.chronik.server.api.ConfigApis;
import io.chronik.server.api.DeleteRecordsHandler;
import io.chronik.server.api.DescribeClusterHandler;
import io.chronik.server.api.DescribeLogDirsHandler;
import io.chronik.server.api.DescribeProducersHandler;
import io.chronik.server.api.DescribeTopicPartitionsHandler;
import io.chronik.server.api.InitProducerIdHandler;
import io.chronik.server.api.LeaderHints;
import io.chronik.server.api.ListOffsetsHandler;
import io.chronik.server.api.MetadataHandler;
import io.chronik.server.api.OffsetForLeaderEpochHandler;
import io.chronik.server.api.PartitionLookup;
import io.chronik.server.api.ProduceHandler;
import io.chronik.server.api.TopicAdminHandlers;
import io.chronik.server.api.TopicCreation;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.fetch.FetchHandler;
import io.chronik.server.fetch.ReadReplicas;
import io.chronik.server.groups.GroupApis;
import io.chronik.server.lane.Strands;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.metadata.NodeIdentity;
import io.chronik.server.metrics.NodeMetrics;
import io.chronik.server.partitions.PartitionRegistry;
import io.chronik.server.partitions.TopicSettingsSource;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.ApiKeys;

/// Registers a handler for every API that the node serves; what is not here is not advertised.
record NodeApis(
        NodeConfig config,
        MetadataService metadata,
        PartitionRegistry registry,
        LogStore store,
        TopicSettingsSource settings,
        AdvertisedAddress addresses,
        Strands strands,
        GroupApis groups,
        NodeMetrics metrics) {

    Apis build(NodeIdentity identity) {
        Apis.Builder apis = new Apis.Builder();
        addRecords(apis);
        addDescriptions(apis);
        new TopicAdminHandlers(metadata, registry).handlers().forEach(apis::add);
        new ClusterAdminHandlers(metadata).handlers().forEach(apis::add);
        groups.handlers().forEach(apis::add);
        new ConfigApis(metadata, config, strands.workers()).handlers().forEach(apis::add);
        return apis.build(new ApiVersionsHandler.Identity(
                identity.clusterId(),
                identity.nodeId(),
                () -> Math.max(0, metadata.image().appliedIndex()),
                feature -> FeatureUpdates.level(metadata.image(), feature)));
    }

    private void addRecords(Apis.Builder apis) {
        PartitionLookup lookup = new PartitionLookup(metadata, registry);
        Executor workers = strands.workers();
        LeaderHints leaders = new LeaderHints(metadata::image, addresses);
        apis.add(ApiKeys.PRODUCE, new ProduceHandler(lookup, leaders, metrics.produced()));
        apis.add(
                ApiKeys.FETCH,
                new FetchHandler(
                        lookup,
                        new ReadReplicas(
                                config.nodeId(),
                                metadata::image,
                                config.cluster().replication().rackAware()),
                        leaders,
                        new java.security.SecureRandom(),
                        strands.lane("fetch timers"),
                        metrics.fetched(),
                        config.network().maxFetchBytes()));
        apis.add(ApiKeys.LIST_OFFSETS, new ListOffsetsHandler(lookup, workers));
        apis.add(ApiKeys.OFFSET_FOR_LEADER_EPOCH, new OffsetForLeaderEpochHandler(lookup));
        apis.add(ApiKeys.DELETE_RECORDS, new DeleteRecordsHandler(lookup, settings, workers));
        apis.add(ApiKeys.DESCRIBE_PRODUCERS, new DescribeProducersHandler(lookup));
        apis.add(ApiKeys.INIT_PRODUCER_ID, new InitProducerIdHandler(metadata, strands.lane("producer ids")));
    }

    private void addDescriptions(Apis.Builder apis) {
        TopicCreation creation =
                new TopicCreation(metadata, registry, config.topics().autoCreate());
        apis.add(ApiKeys.METADATA, new MetadataHandler(metadata, addresses, creation));
        apis.add(ApiKeys.DESCRIBE_CLUSTER, new DescribeClusterHandler(metadata, addresses));
        apis.add(
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                new DescribeTopicPartitionsHandler(metadata, config.network().maxDescribedPartitions()));
        apis.add(
                ApiKeys.DESCRIBE_LOG_DIRS,
                new DescribeLogDirsHandler(registry, store, config.storage().directory(), strands.workers()));
    }
}
