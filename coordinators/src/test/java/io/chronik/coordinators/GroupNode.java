package io.chronik.coordinators;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.ImageDelta;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.apache.kafka.server.util.timer.Timer;

/// A node of one for tests: real groups on a log in memory, with an image that tests change.
final class GroupNode implements AutoCloseable {
    static final int PARTITIONS = 4;

    final InMemoryCoordinatorLog log;
    final Groups groups;
    ClusterImage image = ClusterImage.EMPTY;

    GroupNode() {
        this(new InMemoryCoordinatorLog(), Map.of());
    }

    GroupNode(InMemoryCoordinatorLog log, Map<String, String> properties) {
        this(log, new Groups(1, settings(properties), log));
    }

    GroupNode(InMemoryCoordinatorLog log, Map<String, String> properties, VirtualTime time) {
        this(log, new Groups(1, settings(properties), log, time, () -> time));
    }

    /// Metadata is worked out on `metadataThread`.
    static GroupNode on(ExecutorService metadataThread) {
        InMemoryCoordinatorLog log = new InMemoryCoordinatorLog();
        GroupSettings settings = settings(Map.of());
        Timer timer = new SystemTimerReaper("group-timer", new SystemTimer("group"));
        GroupsLifecycle lifecycle = new GroupsLifecycle(
                loaded -> KafkaGroupCoordinator.on(log, loaded, 1, settings, Time.SYSTEM, timer), metadataThread);
        return new GroupNode(log, new Groups(settings, lifecycle));
    }

    private static GroupSettings settings(Map<String, String> properties) {
        Map<String, String> settings = new HashMap<>(Map.of("group.initial.rebalance.delay.ms", "0"));
        settings.putAll(properties);
        return GroupSettings.of(settings);
    }

    GroupNode(InMemoryCoordinatorLog log, Groups groups) {
        this.log = log;
        this.groups = groups;
    }

    GroupNode started() {
        addTopic(Topic.GROUP_METADATA_TOPIC_NAME, PARTITIONS);
        electAll();
        return this;
    }

    void electAll() {
        for (int partition = 0; partition < PARTITIONS; partition++) elect(partition, 0);
        for (int partition = 0; partition < PARTITIONS; partition++) await(groups.whenLoaded(partition));
    }

    TopicImage addTopic(String name, int partitionCount) {
        List<PartitionImage> partitions = new ArrayList<>();
        for (int partition = 0; partition < partitionCount; partition++) {
            partitions.add(new PartitionImage(List.of(1), List.of(1), 1, 0, 0));
        }
        TopicImage topic = new TopicImage(name, Uuid.randomUuid(), List.copyOf(partitions));
        publish(withTopic(image, topic));
        return topic;
    }

    void removeTopic(TopicImage topic) {
        publish(new ClusterImage(
                image.appliedIndex() + 1,
                image.topicsByName().minus(topic.name()),
                image.topicsById().minus(topic.id()),
                image.nodes(),
                image.configs(),
                0));
    }

    static ClusterImage withTopic(ClusterImage image, TopicImage topic) {
        return new ClusterImage(
                image.appliedIndex() + 1,
                image.topicsByName().plus(topic.name(), topic),
                image.topicsById().plus(topic.id(), topic),
                image.nodes(),
                image.configs(),
                0);
    }

    void publish(ClusterImage next) {
        ClusterImage before = image;
        image = next;
        groups.onImage(ImageDelta.whole(before, next));
    }

    void elect(int partition, int leaderEpoch) {
        log.lead(offsets(partition), leaderEpoch);
        groups.onElection(partition, leaderEpoch);
    }

    void resign(int partition, int leaderEpoch) {
        log.resign(offsets(partition));
        groups.onResignation(partition, OptionalInt.of(leaderEpoch));
    }

    static TopicPartition offsets(int partition) {
        return new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, partition);
    }

    /// Commits as a simple consumer: no member, no generation.
    CompletableFuture<OffsetCommitResponseData> commit(String group, String topic, long offset) {
        return commit(group, topic, offset, "");
    }

    CompletableFuture<OffsetCommitResponseData> commit(String group, String topic, long offset, String metadata) {
        return groups.commitOffsets(
                context(ApiKeys.OFFSET_COMMIT),
                new OffsetCommitRequestData()
                        .setGroupId(group)
                        .setGenerationIdOrMemberEpoch(-1)
                        .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic()
                                .setName(topic)
                                .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                        .setPartitionIndex(0)
                                        .setCommittedOffset(offset)
                                        .setCommittedMetadata(metadata))))));
    }

    static Errors errorOf(OffsetCommitResponseData response) {
        return Errors.forCode(
                response.topics().getFirst().partitions().getFirst().errorCode());
    }

    long committed(String group, String topic) {
        List<OffsetFetchResponseTopics> topics = await(groups.fetchOffsets(
                        context(ApiKeys.OFFSET_FETCH),
                        new OffsetFetchRequestGroup()
                                .setGroupId(group)
                                .setTopics(List.of(new OffsetFetchRequestTopics()
                                        .setName(topic)
                                        .setPartitionIndexes(List.of(0)))),
                        false))
                .topics();
        return topics.getFirst().partitions().getFirst().committedOffset();
    }

    static AuthorizableRequestContext context(ApiKeys api) {
        return new RequestContext(
                new RequestHeader(api, api.latestVersion(), "test", 1),
                "1",
                InetAddress.getLoopbackAddress(),
                KafkaPrincipal.ANONYMOUS,
                ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT),
                SecurityProtocol.PLAINTEXT,
                ClientInformation.EMPTY,
                false);
    }

    static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        groups.close();
    }
}
