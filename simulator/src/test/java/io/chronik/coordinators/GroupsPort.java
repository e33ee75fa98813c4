package io.chronik.coordinators;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorEventProcessor;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.OneThreadCoordinator;
import org.apache.kafka.server.util.timer.Timer;

/// The coordinator as [KafkaGroupCoordinator] puts it together, on our writer and loader, but without threads.
public final class GroupsPort {
    private GroupsPort() {}

    public static GroupCoordinator coordinator(
            CoordinatorLog log,
            Map<String, String> properties,
            CoordinatorEventProcessor processor,
            ExecutorService background,
            Time time,
            Timer timer) {
        GroupSettings settings = GroupSettings.of(properties);
        return OneThreadCoordinator.on(
                settings.groups(),
                new GroupConfigManager(settings.groups(), settings.shareGroups()),
                new GroupLogWriter(log, new LoadedPartitions()),
                new GroupReplay(
                        log,
                        new GroupCoordinatorRecordSerde(),
                        settings.groups().offsetsLoadBufferSize(),
                        time,
                        background),
                processor,
                background,
                time,
                timer);
    }
}
