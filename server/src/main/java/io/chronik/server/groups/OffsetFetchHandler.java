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
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;

/// OffsetFetch: what groups have committed, several groups at a time from version 8 on, by topic id from version
/// 10 on. A topic that does not exist has no committed offset, which is no error; an unknown id is one.
final class OffsetFetchHandler implements ApiHandler {
    private final OffsetsTopic offsetsTopic;
    private final Groups groups;
    private final MetadataService metadata;

    OffsetFetchHandler(OffsetsTopic offsetsTopic, Groups groups, MetadataService metadata) {
        this.offsetsTopic = offsetsTopic;
        this.groups = groups;
        this.metadata = metadata;
    }

    @Override
    public void handle(ClientRequest request) {
        GroupRequest call = new GroupRequest(request);
        call.replyWith(() -> offsetsTopic
                .ready()
                .exceptionally(_ -> null)
                .thenCompose(_ -> fetch(call, (OffsetFetchRequest) request.body())));
    }

    private CompletableFuture<OffsetFetchResponse> fetch(GroupRequest call, OffsetFetchRequest body) {
        List<CompletableFuture<OffsetFetchResponseGroup>> fetches = new ArrayList<>();
        for (OffsetFetchRequestGroup group : body.groups()) {
            fetches.add(fetchGroup(call, group, body.requireStable())
                    .exceptionally(failure -> OffsetFetchResponse.groupError(
                            group, Errors.forException(GroupRequest.causeOf(failure)), call.version())));
        }
        return CompletableFuture.allOf(fetches.toArray(CompletableFuture[]::new))
                .thenApply(_ -> new OffsetFetchResponse.Builder(
                                fetches.stream().map(CompletableFuture::join).toList())
                        .build(call.version()));
    }

    private CompletableFuture<OffsetFetchResponseGroup> fetchGroup(
            GroupRequest call, OffsetFetchRequestGroup group, boolean requireStable) {
        boolean byId = OffsetFetchRequest.useTopicIds(call.version());
        if (OffsetFetchRequest.requestAllOffsets(group)) {
            return groups.fetchOffsets(call.context(), group, requireStable)
                    .thenApply(all -> byId ? withIds(all) : all);
        }
        if (!byId) return groups.fetchOffsets(call.context(), group, requireStable);
        List<OffsetFetchResponseTopics> unknown = new ArrayList<>();
        OffsetFetchRequestGroup known = knownPart(group, unknown);
        return groups.fetchOffsets(call.context(), known, requireStable).thenApply(fetched -> {
            if (fetched.errorCode() == Errors.NONE.code()) fetched.topics().addAll(unknown);
            return fetched;
        });
    }

    private OffsetFetchRequestGroup knownPart(OffsetFetchRequestGroup group, List<OffsetFetchResponseTopics> unknown) {
        List<OffsetFetchRequestTopics> known = new ArrayList<>(group.topics().size());
        ClusterImage image = metadata.image();
        for (OffsetFetchRequestTopics topic : group.topics()) {
            Optional<TopicImage> found = image.topic(topic.topicId());
            if (found.isEmpty()) unknown.add(unknownTopic(topic));
            else known.add(topic.setName(found.get().name()));
        }
        return group.setTopics(known);
    }

    private static OffsetFetchResponseTopics unknownTopic(OffsetFetchRequestTopics topic) {
        OffsetFetchResponseTopics unknown = new OffsetFetchResponseTopics().setTopicId(topic.topicId());
        for (int partition : topic.partitionIndexes()) {
            unknown.partitions()
                    .add(new OffsetFetchResponsePartitions()
                            .setPartitionIndex(partition)
                            .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code())
                            .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET)
                            .setCommittedLeaderEpoch(RecordBatch.NO_PARTITION_LEADER_EPOCH)
                            .setMetadata(OffsetFetchResponse.NO_METADATA));
        }
        return unknown;
    }

    /// Topics that no longer have an id cannot be named in this version, and are left out.
    private OffsetFetchResponseGroup withIds(OffsetFetchResponseGroup all) {
        ClusterImage image = metadata.image();
        List<OffsetFetchResponseTopics> named = new ArrayList<>(all.topics().size());
        for (OffsetFetchResponseTopics topic : all.topics()) {
            if (topic.topicId().equals(Uuid.ZERO_UUID)) {
                topic.setTopicId(image.topic(topic.name()).map(TopicImage::id).orElse(Uuid.ZERO_UUID));
            }
            if (!topic.topicId().equals(Uuid.ZERO_UUID)) named.add(topic);
        }
        return all.setTopics(named);
    }
}
