package org.apache.kafka.coordinator.group;

import java.util.Optional;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.server.share.persister.NoOpStatePersister;
import org.apache.kafka.server.util.PartitionMetadataClient;
import org.apache.kafka.server.util.timer.Timer;

/// Kafka's group coordinator on a runtime of the caller's. Its own builder always makes one with threads, and its
/// constructor is of this package.
public final class AssembledCoordinator {
    private AssembledCoordinator() {}

    public static GroupCoordinator of(
            GroupCoordinatorConfig config,
            CoordinatorRuntime<GroupCoordinatorShard, CoordinatorRecord> runtime,
            GroupCoordinatorMetrics metrics,
            GroupConfigManager configs,
            PartitionMetadataClient endOffsets,
            Timer timer,
            Time time) {
        return new GroupCoordinatorService(
                new LogContext(),
                config,
                runtime,
                metrics,
                configs,
                new NoOpStatePersister(),
                timer,
                endOffsets,
                Optional.empty(),
                time);
    }
}
