package io.chronik.server.api;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;

/// Metadata: the image as a client sees it. Topics that may be created by asking for them are, before the answer.
public final class MetadataHandler implements ApiHandler {
    private final MetadataService metadata;
    private final AdvertisedAddress addresses;
    private final TopicCreation creation;

    public MetadataHandler(MetadataService metadata, AdvertisedAddress addresses, TopicCreation creation) {
        this.metadata = metadata;
        this.addresses = addresses;
        this.creation = creation;
    }

    @Override
    public void handle(ClientRequest request) {
        MetadataRequest body = (MetadataRequest) request.body();
        if (body.isAllTopics()) {
            answer(request, allTopics());
            return;
        }
        Set<String> toCreate = body.allowAutoTopicCreation() ? missing(body.data()) : Set.of();
        if (toCreate.isEmpty()) {
            answer(request, wanted(body.data()));
            return;
        }
        var _ = creation.createMissing(toCreate).whenComplete((_, _) -> answer(request, wanted(body.data())));
    }

    private Set<String> missing(MetadataRequestData data) {
        if (!creation.automatic()) return Set.of();
        ClusterImage image = metadata.image();
        Set<String> names = new LinkedHashSet<>();
        for (MetadataRequestTopic topic : data.topics()) {
            String name = topic.name();
            boolean creatable = name != null && Topic.isValid(name) && !Topic.isInternal(name);
            if (creatable && image.topic(name).isEmpty()) names.add(name);
        }
        return names;
    }

    private List<MetadataResponseTopic> allTopics() {
        List<MetadataResponseTopic> topics = new ArrayList<>();
        for (TopicImage topic : metadata.image().topicsByName().values()) topics.add(describe(topic));
        return topics;
    }

    private List<MetadataResponseTopic> wanted(MetadataRequestData data) {
        ClusterImage image = metadata.image();
        List<MetadataResponseTopic> topics = new ArrayList<>();
        for (MetadataRequestTopic topic : data.topics()) topics.add(describe(image, topic));
        return topics;
    }

    private MetadataResponseTopic describe(ClusterImage image, MetadataRequestTopic wanted) {
        String name = wanted.name();
        if (name == null) {
            Optional<TopicImage> topic = image.topic(wanted.topicId());
            return topic.map(this::describe)
                    .orElseGet(
                            () -> failed(Errors.UNKNOWN_TOPIC_ID).setName(null).setTopicId(wanted.topicId()));
        }
        if (!Topic.isValid(name)) return failed(Errors.INVALID_TOPIC_EXCEPTION).setName(name);
        return image.topic(name)
                .map(this::describe)
                .orElseGet(() -> failed(Errors.UNKNOWN_TOPIC_OR_PARTITION)
                        .setName(name)
                        .setTopicId(Uuid.ZERO_UUID)
                        .setIsInternal(Topic.isInternal(name)));
    }

    private static MetadataResponseTopic failed(Errors error) {
        return new MetadataResponseTopic().setErrorCode(error.code());
    }

    private MetadataResponseTopic describe(TopicImage topic) {
        List<MetadataResponsePartition> partitions = new ArrayList<>();
        for (int index = 0; index < topic.partitions().size(); index++) {
            PartitionImage partition = topic.partitions().get(index);
            boolean led = partition.leader() != PartitionImage.NO_LEADER;
            partitions.add(new MetadataResponsePartition()
                    .setErrorCode((led ? Errors.NONE : Errors.LEADER_NOT_AVAILABLE).code())
                    .setPartitionIndex(index)
                    .setLeaderId(partition.leader())
                    .setLeaderEpoch(partition.leaderEpoch())
                    .setReplicaNodes(partition.replicas())
                    .setIsrNodes(partition.isr())
                    .setOfflineReplicas(offline(partition)));
        }
        return new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(Topic.isInternal(topic.name()))
                .setPartitions(partitions);
    }

    private List<Integer> offline(PartitionImage partition) {
        ClusterImage image = metadata.image();
        return partition.replicas().stream()
                .filter(replica -> image.node(replica).map(NodeImage::fenced).orElse(true))
                .toList();
    }

    private void answer(ClientRequest request, List<MetadataResponseTopic> topics) {
        MetadataRequestData asked = ((MetadataRequest) request.body()).data();
        MetadataResponseData data = new MetadataResponseData()
                .setClusterId(metadata.clusterId())
                .setControllerId(metadata.controllerId())
                .setClusterAuthorizedOperations(
                        asked.includeClusterAuthorizedOperations()
                                ? AuthorizedOperations.CLUSTER
                                : AuthorizedOperations.NOT_ASKED);
        for (NodeImage node : metadata.image().nodes().values()) {
            if (node.fenced()) continue;
            addresses
                    .endpointFor(node.id(), request.connection())
                    .ifPresent(endpoint -> data.brokers()
                            .add(new MetadataResponseBroker()
                                    .setNodeId(node.id())
                                    .setHost(endpoint.host())
                                    .setPort(endpoint.port())
                                    .setRack(node.rack())));
        }
        for (MetadataResponseTopic topic : topics) {
            boolean asksOperations = asked.includeTopicAuthorizedOperations() && topic.errorCode() == 0;
            topic.setTopicAuthorizedOperations(
                    asksOperations ? AuthorizedOperations.TOPIC : AuthorizedOperations.NOT_ASKED);
            data.topics().add(topic);
        }
        request.reply(new MetadataResponse(data, request.header().apiVersion()));
    }
}
