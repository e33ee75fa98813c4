package io.chronik.metadata;

import java.util.List;
import org.apache.kafka.common.config.ConfigResource;

/// Which fields each command has on disk. Reading and writing stand side by side, one pair per command.
final class CommandFormat {
    private static final int VERSION = 1;

    private CommandFormat() {}

    static void write(FieldWriter out, Command command) {
        out.string("type", command.getClass().getSimpleName());
        out.number("version", VERSION);
        switch (command) {
            case Command.Noop() -> {}
            case Command.CreateTopic create -> {
                out.string("name", create.name());
                out.uuid("topicId", create.id());
                out.objects("partitions", create.partitions(), PartitionFormat::write);
                out.map("configs", create.configs());
            }
            case Command.AddPartitions add -> {
                out.uuid("topicId", add.topicId());
                out.number("firstPartition", add.firstPartition());
                out.objects("partitions", add.partitions(), PartitionFormat::write);
            }
            case Command.DeleteTopic delete -> out.uuid("topicId", delete.topicId());
            case Command.SetConfig set -> {
                out.string("resourceType", set.resource().type().name());
                out.string("resourceName", set.resource().name());
                out.map("set", set.set());
                out.strings("removed", set.removed());
            }
            case Command.AllocateProducerIds ids -> {
                registration(out, ids.nodeId(), ids.nodeEpoch());
                out.number("nextProducerId", ids.nextProducerId());
            }
            case Command.AddNode add -> NodeFormat.write(out, add.node());
            case Command.RemoveNode remove -> registration(out, remove.nodeId(), remove.epoch());
            case Command.FenceNode fence -> registration(out, fence.nodeId(), fence.epoch());
            case Command.UnfenceNode unfence -> registration(out, unfence.nodeId(), unfence.epoch());
            case Command.AssignPartition assign -> {
                out.uuid("topicId", assign.topicId());
                out.number("partition", assign.partition());
                PartitionFormat.write(out, assign.state());
            }
            case Command.SetPartitionLeader elections ->
                out.objects("topics", elections.topics(), (topic, ofTopic) -> {
                    topic.uuid("topicId", ofTopic.topicId());
                    topic.objects("partitions", ofTopic.partitions(), PartitionFormat::writeElection);
                });
            case Command.UpdateIsr update -> {
                out.uuid("topicId", update.topicId());
                out.number("partition", update.partition());
                out.numbers("isr", update.isr());
                out.number("leaderEpoch", update.leaderEpoch());
                out.number("partitionEpoch", update.partitionEpoch());
            }
        }
    }

    static Command read(FieldReader in) {
        String type = in.string("type");
        long version = in.number("version");
        if (version != VERSION) throw new MalformedCommand(type + " has unknown version " + version);
        return switch (type) {
            case "Noop" -> new Command.Noop();
            case "CreateTopic" ->
                new Command.CreateTopic(
                        in.string("name"),
                        in.uuid("topicId"),
                        in.objects("partitions", PartitionFormat::read),
                        in.map("configs"));
            case "AddPartitions" ->
                new Command.AddPartitions(
                        in.uuid("topicId"),
                        in.int32("firstPartition"),
                        in.objects("partitions", PartitionFormat::read));
            case "DeleteTopic" -> new Command.DeleteTopic(in.uuid("topicId"));
            case "SetConfig" -> new Command.SetConfig(resource(in), in.map("set"), in.strings("removed"));
            case "AllocateProducerIds" ->
                new Command.AllocateProducerIds(
                        in.int32("nodeId"), in.number("nodeEpoch"), in.number("nextProducerId"));
            case "AddNode" -> new Command.AddNode(NodeFormat.read(in));
            case "RemoveNode" -> new Command.RemoveNode(in.int32("nodeId"), in.number("nodeEpoch"));
            case "FenceNode" -> new Command.FenceNode(in.int32("nodeId"), in.number("nodeEpoch"));
            case "UnfenceNode" -> new Command.UnfenceNode(in.int32("nodeId"), in.number("nodeEpoch"));
            case "AssignPartition" ->
                new Command.AssignPartition(in.uuid("topicId"), in.int32("partition"), PartitionFormat.read(in));
            case "SetPartitionLeader" ->
                new Command.SetPartitionLeader(in.objects("topics", CommandFormat::topicElections));
            case "UpdateIsr" ->
                new Command.UpdateIsr(
                        in.uuid("topicId"),
                        in.int32("partition"),
                        in.numbers("isr"),
                        in.int32("leaderEpoch"),
                        in.int32("partitionEpoch"));
            default -> throw new MalformedCommand("unknown command " + type);
        };
    }

    private static void registration(FieldWriter out, int nodeId, long epoch) {
        out.number("nodeId", nodeId);
        out.number("nodeEpoch", epoch);
    }

    private static ConfigResource resource(FieldReader in) {
        String type = in.string("resourceType");
        for (ConfigResource.Type known : ConfigResource.Type.values()) {
            if (known.name().equals(type)) return new ConfigResource(known, in.string("resourceName"));
        }
        throw new MalformedCommand("unknown type of resource " + type);
    }

    private static Command.SetPartitionLeader.TopicElections topicElections(FieldReader in) {
        List<Command.Election> partitions = in.objects("partitions", PartitionFormat::readElection);
        return new Command.SetPartitionLeader.TopicElections(in.uuid("topicId"), partitions);
    }
}
