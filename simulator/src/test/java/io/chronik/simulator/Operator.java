package io.chronik.simulator;

import io.chronik.server.metadata.ControllerService;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.jspecify.annotations.Nullable;

/// Asks whichever node was elected controller last for changes, and does not wait for its answer.
final class Operator {
    private final Cluster cluster;
    private int changes;

    Operator(Cluster cluster) {
        this.cluster = cluster;
    }

    private <R> void ask(Function<ControllerService, CompletableFuture<R>> request) {
        cluster.quorum()
                .leader()
                .ifPresent(leader -> leader.process()
                        .run(() -> cluster.node(leader.node()).running().ifPresent(running -> {
                            var _ = request.apply(running.controller()).whenComplete((answer, failure) -> {
                                cluster.trace("operator: %s %s", answer, failure);
                                Oracle.check(!(failure instanceof UnknownServerException), "M2: %s", failure);
                            });
                        })));
    }

    void reassign(int partition, List<Integer> replicas) {
        alter(partition, replicas);
    }

    void cancelReassignment(int partition) {
        alter(partition, null);
    }

    private void alter(int partition, @Nullable List<Integer> replicas) {
        AlterPartitionReassignmentsRequestData request = new AlterPartitionReassignmentsRequestData();
        request.topics()
                .add(new ReassignableTopic()
                        .setName(cluster.topics().name(partition))
                        .setPartitions(List.of(new ReassignablePartition()
                                .setPartitionIndex(cluster.topics().number(partition))
                                .setReplicas(replicas))));
        request.setAllowReplicationFactorChange(true);
        ask(controller -> controller.alterPartitionReassignments(request));
    }

    void electPreferred(int partition) {
        ElectLeadersRequestData request = new ElectLeadersRequestData().setElectionType(ElectionType.PREFERRED.value);
        request.topicPartitions()
                .add(new TopicPartitions()
                        .setTopic(cluster.topics().name(partition))
                        .setPartitions(List.of(cluster.topics().number(partition))));
        ask(controller -> controller.electLeaders(request));
    }

    /// Segments become a little longer.
    void configure(int partition) {
        String value = cluster.topics().segmentBytes(++changes);
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        AlterConfigsResource topic = new AlterConfigsResource()
                .setResourceType(ConfigResource.Type.TOPIC.id())
                .setResourceName(cluster.topics().name(partition));
        topic.configs()
                .add(new AlterableConfig()
                        .setName(SimulatedTopics.SEGMENT_BYTES)
                        .setConfigOperation(AlterConfigOp.OpType.SET.id())
                        .setValue(value));
        request.resources().add(topic);
        ask(controller -> controller.incrementalAlterConfigs(request));
    }
}
