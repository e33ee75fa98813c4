package io.chronik.server.controller;

import io.chronik.server.partitions.LossReport;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.apache.kafka.common.DirectoryId;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.DirectoryData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.PartitionData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.TopicData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AssignReplicasToDirsRequest;
import org.apache.kafka.common.requests.AssignReplicasToDirsResponse;

/// AssignReplicasToDirs with Kafka's directory of lost replicas.
public final class LostReplicaReport implements LossReport {
    private static final long TIMEOUT_MS = 10_000;

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
                        List.of(new DirectoryData().setId(DirectoryId.LOST).setTopics(List.copyOf(topics.values())))));
        return channel.send(request, TIMEOUT_MS, AssignReplicasToDirsResponse.class)
                .thenAccept(answer -> {
                    Errors error = Errors.forCode(answer.data().errorCode());
                    if (error != Errors.NONE) throw error.exception();
                });
    }
}
