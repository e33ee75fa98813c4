package org.apache.kafka.coordinator.group;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.coordinator.common.runtime.CoordinatorEventProcessor;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorRuntimeMetrics;
import org.apache.kafka.server.share.persister.NoOpStatePersister;
import org.apache.kafka.server.util.PartitionMetadataClient;
import org.apache.kafka.server.util.timer.Timer;

/// Kafka's group coordinator without threads of its own: events and loads run where its caller runs them. Its builder
/// makes threads, and its constructor is of this package.
public final class OneThreadCoordinator {
    private OneThreadCoordinator() {}

    public static GroupCoordinator on(
            GroupCoordinatorConfig config,
            GroupConfigManager configs,
            PartitionWriter writer,
            CoordinatorLoader<CoordinatorRecord> loader,
            CoordinatorEventProcessor processor,
            ExecutorService background,
            Time time,
            Timer timer) {
        Metrics metrics = new Metrics(time);
        LogContext context = new LogContext();
        GroupCoordinatorMetrics coordinatorMetrics =
                new GroupCoordinatorMetrics(new com.yammer.metrics.core.MetricsRegistry(), metrics);
        CoordinatorRuntime<GroupCoordinatorShard, CoordinatorRecord> runtime = new CoordinatorRuntime.Builder<
                        GroupCoordinatorShard, CoordinatorRecord>()
                .withTime(time)
                .withTimer(timer)
                .withLogPrefix("")
                .withLogContext(context)
                .withEventProcessor(processor)
                .withPartitionWriter(writer)
                .withLoader(loader)
                .withCoordinatorShardBuilderSupplier(
                        () -> new GroupCoordinatorShard.Builder(config, configs).withAuthorizerPlugin(Optional.empty()))
                .withWriteTimeout(Duration.ofMillis(config.offsetCommitTimeoutMs()))
                .withCoordinatorRuntimeMetrics(new GroupCoordinatorRuntimeMetrics(metrics))
                .withCoordinatorMetrics(coordinatorMetrics)
                .withSerializer(new GroupCoordinatorRecordSerde())
                .withCompression(
                        Compression.of(config.offsetTopicCompressionType()).build())
                .withAppendLingerMs(config.appendLingerMs())
                .withExecutorService(background)
                .withCachedBufferMaxBytesSupplier(() -> 1 << 20)
                .build();
        return new GroupCoordinatorService(
                context,
                config,
                runtime,
                coordinatorMetrics,
                configs,
                new NoOpStatePersister(),
                timer,
                new NoShareGroups(),
                Optional.empty(),
                time);
    }

    private static final class NoShareGroups implements PartitionMetadataClient {
        @Override
        public Map<TopicPartition, CompletableFuture<OffsetResponse>> listLatestOffsets(Set<TopicPartition> asked) {
            return asked.stream()
                    .collect(Collectors.toMap(
                            partition -> partition,
                            partition -> CompletableFuture.failedFuture(new UnsupportedOperationException())));
        }

        @Override
        public void close() {}
    }
}
