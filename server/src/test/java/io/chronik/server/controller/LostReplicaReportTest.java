package io.chronik.server.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.controller.ControllerSettings;
import io.chronik.metadata.controller.LostReplicas;
import io.chronik.metadata.controller.Membership;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.DirectoryId;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.StaleBrokerEpochException;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AssignReplicasToDirsRequest;
import org.apache.kafka.common.requests.AssignReplicasToDirsResponse;
import org.junit.jupiter.api.Test;

/// What the node says is what the controller understands.
class LostReplicaReportTest {
    private static final Uuid TOPIC = Uuid.randomUuid();

    private ClusterImage image = ClusterImage.EMPTY
            .apply(new Command.AddNode(new NodeImage(1, 7, Uuid.randomUuid(), List.of(), null, false)))
            .apply(new Command.AddNode(new NodeImage(2, 8, Uuid.randomUuid(), List.of(), null, false)))
            .apply(new Command.CreateTopic(
                    "orders",
                    TOPIC,
                    List.of(
                            PartitionImage.fresh(List.of(1, 2), List.of(1, 2)),
                            PartitionImage.fresh(List.of(1, 2), List.of(1, 2))),
                    new TreeMap<>()));

    private final ControllerChannel controller = new ControllerChannel() {
        @Override
        public <R extends AbstractResponse> CompletableFuture<R> send(
                AbstractRequest.Builder<?> request, long timeoutMs, Class<R> type) {
            var asked = (AssignReplicasToDirsRequest) request.build(request.latestAllowedVersion());
            var decision = new Membership(image, ControllerSettings.defaults(), new KafkaConfigCatalog())
                    .loseReplicas(asked.data());
            for (Command command : decision.commands()) image = image.apply(command);
            return CompletableFuture.completedFuture(type.cast(new AssignReplicasToDirsResponse(decision.reply())));
        }

        @Override
        public CompletableFuture<Void> barrier(long timeoutMs) {
            throw new UnsupportedOperationException();
        }
    };

    private static List<TopicIdPartition> replicas(Uuid topic, int partition) {
        return List.of(new TopicIdPartition(topic, partition, "orders"));
    }

    @Test
    void whatIsReportedLeavesTheInSyncSet() {
        // When
        new LostReplicaReport(1, () -> 7, controller).lost(replicas(TOPIC, 1)).join();

        // Then
        List<PartitionImage> partitions = image.topic(TOPIC).orElseThrow().partitions();
        assertThat(partitions.get(1).isr()).containsExactly(2);
        assertThat(partitions.get(1).leader()).isEqualTo(2);
        assertThat(partitions.get(0).isr()).containsExactly(1, 2);
        assertThat(LostReplicas.LOST).isEqualTo(DirectoryId.LOST);
    }

    @Test
    void whatIsGoneNeedsNoTellingAndARefusalIsOne() {
        // Then
        new LostReplicaReport(1, () -> 7, controller)
                .lost(replicas(Uuid.randomUuid(), 0))
                .join();
        new LostReplicaReport(1, () -> 7, controller).lost(replicas(TOPIC, 5)).join();
        assertThatThrownBy(() -> new LostReplicaReport(1, () -> 6, controller)
                        .lost(replicas(TOPIC, 0))
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StaleBrokerEpochException.class);
    }
}
