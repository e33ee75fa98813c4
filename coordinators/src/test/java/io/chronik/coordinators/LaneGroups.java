package io.chronik.coordinators;

import io.chronik.base.Lane;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime;
import org.apache.kafka.coordinator.group.AssembledCoordinator;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.GroupCoordinatorShard;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorRuntimeMetrics;

/// [Groups] without a thread: everything that has one in production runs on lanes, and time is the lanes'.
/// There is one lane per partition of `__consumer_offsets` for its events, and one each for loading, for images
/// and for background work. What is stored is compressed, batched and timed as in production.
public final class LaneGroups {
    private LaneGroups() {}

    /// `lanes` makes a lane; all of them, and `loads`, have one clock. An append to `log` may not wait for one of
    /// these.
    public static Groups on(int nodeId, GroupSettings settings, CoordinatorLog log, Supplier<Lane> lanes, Lane loads) {
        return new Groups(
                settings,
                new GroupsLifecycle(
                        loaded -> coordinator(nodeId, settings, log, loaded, lanes, loads),
                        new LaneExecutor(lanes.get())));
    }

    private static GroupCoordinator coordinator(
            int nodeId,
            GroupSettings settings,
            CoordinatorLog log,
            LoadedPartitions loaded,
            Supplier<Lane> lanes,
            Lane loads) {
        LaneTime time = new LaneTime(lanes.get());
        Metrics registry = new Metrics(time);
        GroupCoordinatorMetrics metrics =
                new GroupCoordinatorMetrics(new com.yammer.metrics.core.MetricsRegistry(), registry);
        GroupConfigManager configs = new GroupConfigManager(settings.groups(), settings.shareGroups());
        ExecutorService background = new LaneExecutor(lanes.get());
        CoordinatorRuntime<GroupCoordinatorShard, CoordinatorRecord> runtime = new CoordinatorRuntime.Builder<
                        GroupCoordinatorShard, CoordinatorRecord>()
                .withTime(time)
                .withTimer(time)
                .withLogPrefix("node " + nodeId)
                .withEventProcessor(new LaneEvents(lanes))
                .withPartitionWriter(new GroupLogWriter(log, loaded))
                .withLoader(KafkaGroupCoordinator.replay(log, loaded, settings, time, new LaneExecutor(loads)))
                .withCoordinatorShardBuilderSupplier(() -> new GroupCoordinatorShard.Builder(settings.groups(), configs)
                        .withAuthorizerPlugin(Optional.empty()))
                .withWriteTimeout(Duration.ofMillis(settings.groups().offsetCommitTimeoutMs()))
                .withCoordinatorRuntimeMetrics(new GroupCoordinatorRuntimeMetrics(registry))
                .withCoordinatorMetrics(metrics)
                .withSerializer(new GroupCoordinatorRecordSerde())
                .withCompression(Compression.of(settings.groups().offsetTopicCompressionType())
                        .build())
                .withAppendLingerMs(settings.groups().appendLingerMs())
                .withExecutorService(background)
                .withCachedBufferMaxBytesSupplier(settings.groups()::cachedBufferMaxBytes)
                .build();
        return AssembledCoordinator.of(
                settings.groups(), runtime, metrics, configs, new KafkaGroupCoordinator.NoShareGroups(), time, time);
    }
}
