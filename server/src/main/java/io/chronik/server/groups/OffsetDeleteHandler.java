package io.chronik.server.groups;

import io.chronik.coordinators.Groups;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.TopicImage;
import io.chronik.server.api.ApiHandler;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;

/// OffsetDelete: forgets committed offsets of partitions that exist and that no member is subscribed to.
final class OffsetDeleteHandler implements ApiHandler {
    private final OffsetsTopic offsetsTopic;
    private final Groups groups;
    private final MetadataService metadata;

    OffsetDeleteHandler(OffsetsTopic offsetsTopic, Groups groups, MetadataService metadata) {
        this.offsetsTopic = offsetsTopic;
        this.groups = groups;
        this.metadata = metadata;
    }

    @Override
    public void handle(ClientRequest request) {
        GroupRequest call = new GroupRequest(request);
        call.replyWith(() -> delete(call, ((OffsetDeleteRequest) request.body()).data()));
    }

    private CompletableFuture<OffsetDeleteResponse> delete(GroupRequest call, OffsetDeleteRequestData data) {
        OffsetDeleteResponse.Builder answer = new OffsetDeleteResponse.Builder();
        OffsetDeleteRequestTopicCollection existing = new OffsetDeleteRequestTopicCollection();
        ClusterImage image = metadata.image();
        for (OffsetDeleteRequestTopic topic : data.topics()) {
            int partitionCount = image.topic(topic.name())
                    .map(TopicImage::partitions)
                    .map(List::size)
                    .orElse(0);
            OffsetDeleteRequestTopic valid = validPart(topic, partitionCount, answer);
            if (!valid.partitions().isEmpty()) existing.add(valid);
        }
        if (existing.isEmpty() && !data.topics().isEmpty()) {
            return CompletableFuture.completedFuture(answer.build());
        }
        OffsetDeleteRequestData forGroup =
                new OffsetDeleteRequestData().setGroupId(data.groupId()).setTopics(existing);
        return offsetsTopic
                .ready()
                .thenCompose(_ -> groups.deleteOffsets(call.context(), forGroup))
                .thenApply(deleted -> answer.merge(deleted).build());
    }

    private static OffsetDeleteRequestTopic validPart(
            OffsetDeleteRequestTopic topic, int partitionCount, OffsetDeleteResponse.Builder answer) {
        OffsetDeleteRequestTopic valid = new OffsetDeleteRequestTopic().setName(topic.name());
        for (OffsetDeleteRequestPartition partition : topic.partitions()) {
            int index = partition.partitionIndex();
            if (index >= 0 && index < partitionCount) valid.partitions().add(partition);
            else answer.addPartition(topic.name(), index, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return valid;
    }
}
