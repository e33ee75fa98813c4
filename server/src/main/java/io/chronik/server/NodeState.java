package io.chronik.server;

import io.chronik.coordinators.GroupStatus;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import io.chronik.replication.Assignment;
import io.chronik.replication.PartitionView;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.config.TopicSettings;
import io.chronik.server.groups.GroupApis;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.metrics.MetricsSource;
import io.chronik.server.partitions.PartitionRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.Metrics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node as a scrape finds it, looked up when one comes. Empty until the node's parts are bound to it.
final class NodeState implements MetricsSource {
    private static final Logger LOG = LoggerFactory.getLogger(NodeState.class);
    private static final long GROUPS_TIMEOUT_S = 5;

    private record Parts(MetadataService metadata, PartitionRegistry registry, GroupApis groups, Metrics raftMetrics) {}

    private final NodeConfig config;
    private volatile @Nullable Parts parts;

    NodeState(NodeConfig config) {
        this.config = config;
    }

    void bind(MetadataService metadata, PartitionRegistry registry, GroupApis groups, Metrics raftMetrics) {
        parts = new Parts(metadata, registry, groups, raftMetrics);
    }

    @Override
    public State state() {
        Parts now = parts;
        if (now == null) return State.EMPTY;
        ClusterImage image = now.metadata.image();
        boolean controls = now.metadata.controllerId() == config.nodeId();
        return new State(
                nodes(image),
                partitions(now, image),
                groups(now, image),
                controls,
                now.registry.offlineCount(),
                0,
                storage(now),
                raft(now, controls));
    }

    private static List<Node> nodes(ClusterImage image) {
        List<Node> nodes = new ArrayList<>();
        for (NodeImage node : image.nodes().values()) {
            if (node.fenced()) continue;
            String address = node.endpoints().isEmpty()
                    ? ""
                    : node.endpoints().getFirst().host() + ":"
                            + node.endpoints().getFirst().port();
            nodes.add(new Node(node.id(), address));
        }
        return nodes;
    }

    private List<Partition> partitions(Parts now, ClusterImage image) {
        List<Partition> partitions = new ArrayList<>();
        for (var replica : now.registry.all()) {
            PartitionView view = replica.view();
            Assignment assignment = view.assignment();
            String topic = replica.id().topic();
            partitions.add(new Partition(
                    topic,
                    replica.id().partition(),
                    assignment.leader(),
                    assignment.replicas().isEmpty() ? -1 : assignment.replicas().getFirst(),
                    view.leading(),
                    assignment.replicas().size(),
                    assignment.isr().size(),
                    TopicSettings.of(image, topic, config).minInSyncReplicas(),
                    view.log().startOffset(),
                    view.highWatermark(),
                    view.log().sizeBytes()));
        }
        return partitions;
    }

    private static List<Group> groups(Parts now, ClusterImage image) {
        List<Group> groups = new ArrayList<>();
        for (GroupStatus status : statuses(now)) {
            List<Offset> offsets = new ArrayList<>();
            for (GroupStatus.Offset offset : status.offsets()) {
                TopicPartition partition = offset.partition();
                long end = image.topic(partition.topic())
                        .flatMap(topic -> now.registry.find(
                                new TopicIdPartition(topic.id(), partition.partition(), partition.topic())))
                        .map(replica -> replica.view().highWatermark())
                        .orElse(-1L);
                offsets.add(new Offset(partition.topic(), partition.partition(), offset.committedOffset(), end));
            }
            groups.add(new Group(status.groupId(), status.memberCount(), offsets));
        }
        return groups;
    }

    private static List<GroupStatus> statuses(Parts now) {
        try {
            return now.groups.groups().statuses().get(GROUPS_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException notNow) {
            LOG.atDebug().setCause(notNow).log("groups are loading; left out of this scrape");
            return List.of();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private static int storage(Parts now) {
        boolean damaged = now.registry.all().stream()
                .anyMatch(replica -> replica.view().log().damaged());
        return damaged || now.registry.offlineCount() > 0 ? 1 : 0;
    }

    private Raft raft(Parts now, boolean controls) {
        return new Raft(
                controls,
                now.metadata.controllerId(),
                (int) raftMetric(now, "current-epoch"),
                (long) raftMetric(now, "high-watermark"),
                (long) raftMetric(now, "log-end-offset"));
    }

    private static double raftMetric(Parts now, String name) {
        for (KafkaMetric metric : now.raftMetrics.metrics().values()) {
            boolean found = metric.metricName().name().equals(name);
            if (found && metric.metricValue() instanceof Number number) return number.doubleValue();
        }
        return 0;
    }
}
