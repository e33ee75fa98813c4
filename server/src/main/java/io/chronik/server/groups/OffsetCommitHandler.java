package io.chronik.server.groups;

import io.chronik.coordinators.Groups;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.TopicImage;
import io.chronik.server.api.ApiHandler;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;

/// OffsetCommit: partitions that do not exist are answered here, the others by the group. From version 10 on
/// topics are named by id (KIP-848).
final class OffsetCommitHandler implements ApiHandler {
    private final OffsetsTopic offsetsTopic;
    private final Groups groups;
    private final MetadataService metadata;

    OffsetCommitHandler(OffsetsTopic offsetsTopic, Groups groups, MetadataService metadata) {
        this.offsetsTopic = offsetsTopic;
        this.groups = groups;
        this.metadata = metadata;
    }

    @Override
    public void handle(ClientRequest request) {
        GroupRequest call = new GroupRequest(request);
        call.replyWith(() -> commit(call, ((OffsetCommitRequest) request.body()).data()));
    }

    private CompletableFuture<OffsetCommitResponse> commit(GroupRequest call, OffsetCommitRequestData data) {
        boolean byId = OffsetCommitResponse.useTopicIds(call.version());
        OffsetCommitResponse.Builder answer = OffsetCommitResponse.newBuilder(byId);
        List<OffsetCommitRequestTopic> existing = new ArrayList<>(data.topics().size());
        ClusterImage image = metadata.image();
        for (OffsetCommitRequestTopic topic : data.topics()) {
            Optional<TopicImage> known = byId ? image.topic(topic.topicId()) : image.topic(topic.name());
            if (known.isEmpty()) {
                Errors error = byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
                answer.addPartitions(
                        topic.topicId(),
                        topic.name(),
                        topic.partitions(),
                        OffsetCommitRequestPartition::partitionIndex,
                        error);
            } else {
                OffsetCommitRequestTopic valid = validPart(topic, known.get(), answer);
                if (!valid.partitions().isEmpty()) existing.add(valid);
            }
        }
        if (existing.isEmpty()) return CompletableFuture.completedFuture(answer.build());
        OffsetCommitRequestData forGroup = new OffsetCommitRequestData()
                .setGroupId(data.groupId())
                .setMemberId(data.memberId())
                .setGenerationIdOrMemberEpoch(data.generationIdOrMemberEpoch())
                .setGroupInstanceId(data.groupInstanceId())
                .setRetentionTimeMs(data.retentionTimeMs())
                .setTopics(existing);
        return offsetsTopic
                .ready()
                .thenCompose(_ -> groups.commitOffsets(call.context(), forGroup))
                .thenApply(committed -> answer.merge(committed).build());
    }

    private static OffsetCommitRequestTopic validPart(
            OffsetCommitRequestTopic topic, TopicImage known, OffsetCommitResponse.Builder answer) {
        OffsetCommitRequestTopic valid =
                new OffsetCommitRequestTopic().setTopicId(topic.topicId()).setName(known.name());
        for (OffsetCommitRequestPartition partition : topic.partitions()) {
            int index = partition.partitionIndex();
            if (index >= 0 && index < known.partitions().size())
                valid.partitions().add(partition);
            else answer.addPartition(topic.topicId(), known.name(), index, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return valid;
    }
}
