package io.chronik.server.controller;

import io.chronik.metadata.controller.LostReplicas;
import io.chronik.server.partitions.LossReport;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.DirectoryData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.PartitionData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.TopicData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AssignReplicasToDirsRequest;
import org.apache.kafka.common.requests.AssignReplicasToDirsResponse;

/// AssignReplicasToDirs with Kafka's directory of lost replicas.
public final class LostReplicaReport implements LossReport {
    private static final long TIMEOUT_MS = 10_000;
    private static final Set<Errors> GONE =
            EnumSet.of(Errors.NONE, Errors.UNKNOWN_TOPIC_ID, Errors.UNKNOWN_TOPIC_OR_PARTITION);

    private final int nodeId;
    private final LongSupplier nodeEpoch;
    private final ControllerChannel channel;

    public LostReplicaReport(int nodeId, LongSupplier nodeEpoch, ControllerChannel channel) {
        this.nodeId = nodeId;
        this.nodeEpoch = nodeEpoch;
        this.channel = channel;
    }

    @Override
    public CompletableFuture<Void> lost(Collection<TopicIdPartition> replicas) {
        Map<Uuid, TopicData> topics = new LinkedHashMap<>();
        for (TopicIdPartition replica : replicas) {
            topics.computeIfAbsent(replica.topicId(), id -> new TopicData().setTopicId(id))
                    .partitions()
                    .add(new PartitionData().setPartitionIndex(replica.partition()));
        }
        var request = new AssignReplicasToDirsRequest.Builder(new AssignReplicasToDirsRequestData()
                .setBrokerId(nodeId)
                .setBrokerEpoch(nodeEpoch.getAsLong())
                .setDirectories(
                        List.of(new DirectoryData().setId(LostReplicas.LOST).setTopics(List.copyOf(topics.values())))));
        return channel.send(request, TIMEOUT_MS, AssignReplicasToDirsResponse.class)
                .thenAccept(answer -> check(answer.data()));
    }

    /// What is not there any more needs no telling.
    private static void check(AssignReplicasToDirsResponseData answer) {
        Stream<Short> ofPartitions = answer.directories().stream()
                .flatMap(directory -> directory.topics().stream())
                .flatMap(topic -> topic.partitions().stream())
                .map(AssignReplicasToDirsResponseData.PartitionData::errorCode);
        Stream.concat(Stream.of(answer.errorCode()), ofPartitions)
                .map(Errors::forCode)
                .filter(error -> !GONE.contains(error))
                .findFirst()
                .ifPresent(error -> {
                    throw error.exception();
                });
    }
}
