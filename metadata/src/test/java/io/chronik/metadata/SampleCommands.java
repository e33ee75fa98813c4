package io.chronik.metadata;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/// Commands of every kind, which make sense one after the other.
final class SampleCommands {
    static final Uuid ORDERS = new Uuid(0x0123456789abcdefL, 0x1122334455667788L);
    static final Uuid PAYMENTS = new Uuid(1, 2);
    static final Uuid DISK = new Uuid(0xfeedL, 0xbeefL);

    private SampleCommands() {}

    static List<Command> all() {
        return List.of(
                new Command.Noop(),
                new Command.AddNode(node(1, 7, "rack-a", false)),
                new Command.AddNode(node(2, 8, null, true)),
                new Command.AddNode(node(3, 9, "räck \"b\"\n", false)),
                new Command.UnfenceNode(2, 8),
                new Command.CreateTopic("orders", ORDERS, List.of(fresh(1, 2, 3), fresh(2, 3, 1)), new TreeMap<>()),
                new Command.CreateTopic(
                        "payments",
                        PAYMENTS,
                        List.of(new PartitionImage(List.of(3, 1, 2), List.of(1, 2), 1, 4, 5), leaderless()),
                        new TreeMap<>(Map.of("retention.ms", "1000", "cleanup.policy", "compact,delete"))),
                new Command.AddPartitions(ORDERS, 2, List.of(fresh(3, 1, 2))),
                new Command.UpdateIsr(ORDERS, 0, List.of(1, 3), 0, 1),
                new Command.SetPartitionLeader(List.of(
                        new Command.SetPartitionLeader.TopicElections(
                                ORDERS,
                                List.of(
                                        new Command.Election(0, 3, List.of(3), 1, 2, false),
                                        new Command.Election(1, -1, List.of(2), 1, 1, false))),
                        new Command.SetPartitionLeader.TopicElections(
                                PAYMENTS, List.of(new Command.Election(0, 2, List.of(1, 2), 5, 6, true))))),
                new Command.AssignPartition(ORDERS, 2, new PartitionImage(List.of(1), List.of(1), 1, 1, 1)),
                new Command.AssignPartition(
                        ORDERS,
                        1,
                        new PartitionImage(List.of(4, 3, 2), List.of(4), List.of(2), List.of(3, 2), 3, 2, 2, 1)),
                new Command.DrainNode(2, true),
                new Command.RecordNodeIndexes(List.of(
                        new Command.RecordNodeIndexes.NodeIndex(1, 7, 4711),
                        new Command.RecordNodeIndexes.NodeIndex(2, 8, 4712))),
                new Command.SetFeature("group.version", (short) 1),
                new Command.BeginShutdown(1, 7),
                new Command.SetConfig(
                        topic("orders"), new TreeMap<>(Map.of("retention.ms", "5")), List.of("segment.ms")),
                new Command.SetConfig(cluster(), new TreeMap<>(Map.of("log.retention.ms", "6")), List.of()),
                new Command.AllocateProducerIds(1, 7, 1000),
                new Command.FenceNode(3, 9),
                new Command.RemoveNode(3, 9),
                new Command.DeleteTopic(PAYMENTS));
    }

    private static NodeImage node(int id, long epoch, @Nullable String rack, boolean fenced) {
        List<NodeImage.Endpoint> endpoints = List.of(
                new NodeImage.Endpoint("PLAINTEXT", "PLAINTEXT", "node-" + id, 9092),
                new NodeImage.Endpoint("INTERNAL", "SSL", "::1", 9093));
        NodeImage.State state = fenced ? NodeImage.State.FENCED : NodeImage.State.ACTIVE;
        return new NodeImage(id, epoch, DISK, new Uuid(5, id), endpoints, rack, state, false, 0);
    }

    private static PartitionImage fresh(Integer... replicas) {
        return PartitionImage.fresh(List.of(replicas), List.of(replicas));
    }

    private static PartitionImage leaderless() {
        return new PartitionImage(List.of(3), List.of(), PartitionImage.NO_LEADER, 9, 11);
    }

    private static ConfigResource topic(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    private static ConfigResource cluster() {
        return new ConfigResource(ConfigResource.Type.BROKER, "");
    }
}
