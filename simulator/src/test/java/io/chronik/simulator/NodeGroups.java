package io.chronik.simulator;

import io.chronik.coordinators.CoordinatorLog;
import io.chronik.coordinators.GroupSettings;
import io.chronik.coordinators.Groups;
import io.chronik.coordinators.LaneGroups;
import io.chronik.server.api.AdvertisedAddress.Endpoint;
import io.chronik.server.api.ApiHandler;
import io.chronik.server.groups.CoordinatorElections;
import io.chronik.server.groups.GroupApis;
import io.chronik.server.metadata.ControllerService;
import io.chronik.server.net.ClientRequest;
import io.chronik.server.partitions.PartitionRegistry;
import io.chronik.server.partitions.ReplicaCoordinatorLog;
import io.chronik.server.partitions.TopicSettingsSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// The group path of a process, put together as `Node` does it.
final class NodeGroups {
    private static final GroupSettings SETTINGS = GroupSettings.of(Map.of("offsets.commit.timeout.ms", "400"));

    private final Map<ApiKeys, ApiHandler> handlers;
    private final Runnable close;
    private boolean open = true;

    private NodeGroups(Map<ApiKeys, ApiHandler> handlers, Runnable close) {
        this.handlers = handlers;
        this.close = close;
    }

    /// Where the cluster has no groups.
    static NodeGroups none() {
        return new NodeGroups(Map.of(), () -> {});
    }

    static NodeGroups of(
            int nodeId,
            SimulatedProcess process,
            ControllerService metadata,
            PartitionRegistry registry,
            TopicSettingsSource topics) {
        CoordinatorLog log = new WaitingLog(
                process, new ReplicaCoordinatorLog(metadata, registry, topics, process.quietLane()::execute));
        Groups groups = LaneGroups.on(nodeId, SETTINGS, log, process::quietLane, process.slowLane());
        GroupApis apis = new GroupApis(
                nodeId,
                groups,
                metadata,
                (node, _) -> Optional.of(new Endpoint("node-" + node, 9092)),
                process.quietLane());
        registry.addLeadershipListener(new CoordinatorElections(apis));
        return new NodeGroups(apis.handlers(), apis::close);
    }

    void serve(ClientRequest request) {
        Objects.requireNonNull(handlers.get(request.body().apiKey())).handle(request);
    }

    /// False when the node has hung up on its clients.
    boolean isOpen() {
        return open;
    }

    void close() {
        open = false;
        close.run();
    }

    /// A coordinator's thread stands still in [#append] until it is its turn on the partition's lane.
    private record WaitingLog(SimulatedProcess process, CoordinatorLog log) implements CoordinatorLog {
        @Override
        public long append(TopicPartition partition, MemoryRecords records) {
            return process.waiting(() -> log.append(partition, records));
        }

        @Override
        public void watch(TopicPartition partition, HighWatermarkListener listener) {
            log.watch(partition, listener);
        }

        @Override
        public void unwatch(TopicPartition partition, HighWatermarkListener listener) {
            log.unwatch(partition, listener);
        }

        @Override
        public Bounds bounds(TopicPartition partition) {
            return log.bounds(partition);
        }

        @Override
        public MemoryRecords read(TopicPartition partition, long fromOffset, int maxBytes) {
            return log.read(partition, fromOffset, maxBytes);
        }

        @Override
        public int maxMessageSizeBytes(TopicPartition partition) {
            return log.maxMessageSizeBytes(partition);
        }

        @Override
        public CompletableFuture<Void> deleteRecords(TopicPartition partition, long offset) {
            return log.deleteRecords(partition, offset);
        }
    }
}
