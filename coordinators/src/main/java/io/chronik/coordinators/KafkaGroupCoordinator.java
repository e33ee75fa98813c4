package io.chronik.coordinators;

import com.yammer.metrics.core.MetricsRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorRuntimeMetrics;
import org.apache.kafka.server.share.persister.NoOpStatePersister;
import org.apache.kafka.server.util.PartitionMetadataClient;
import org.apache.kafka.server.util.timer.Timer;

/// Puts Kafka's group coordinator together on our ports.
final class KafkaGroupCoordinator {
    private KafkaGroupCoordinator() {}

    /// Not started yet. Owns `timer` and its threads until `shutdown()`.
    static GroupCoordinator on(
            CoordinatorLog log, LoadedPartitions loaded, int nodeId, GroupSettings settings, Time time, Timer timer) {
        Metrics metrics = new Metrics(time);
        return new GroupCoordinatorService.Builder(nodeId, settings.groups())
                .withWriter(new GroupLogWriter(log, loaded))
                .withLoader(replay(log, loaded, settings, time, SingleThread.named("group-loader")))
                .withTime(time)
                .withTimer(timer)
                .withCoordinatorRuntimeMetrics(new GroupCoordinatorRuntimeMetrics(metrics))
                .withGroupCoordinatorMetrics(new GroupCoordinatorMetrics(new MetricsRegistry(), metrics))
                .withGroupConfigManager(new GroupConfigManager(settings.groups(), settings.shareGroups()))
                .withPersister(new NoOpStatePersister())
                .withAuthorizerPlugin(Optional.empty())
                .withPartitionMetadataClient(new NoShareGroups())
                .build();
    }

    static GroupReplay replay(
            CoordinatorLog log, LoadedPartitions loaded, GroupSettings settings, Time time, ExecutorService thread) {
        return new GroupReplay(
                log,
                loaded,
                new GroupCoordinatorRecordSerde(),
                settings.groups().offsetsLoadBufferSize(),
                time,
                thread);
    }

    /// Only share groups ask for end offsets, and there are none.
    static final class NoShareGroups implements PartitionMetadataClient {
        @Override
        public Map<TopicPartition, CompletableFuture<OffsetResponse>> listLatestOffsets(
                Set<TopicPartition> partitions) {
            return partitions.stream()
                    .collect(Collectors.toMap(
                            partition -> partition,
                            partition -> CompletableFuture.failedFuture(
                                    new UnsupportedVersionException("share groups are not served"))));
        }

        @Override
        public void close() {}
    }
}
