package io.chronik.metadata;

import io.chronik.metadata.Command.RecordNodeIndexes.NodeIndex;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;

/// Which fields each command has on disk. Reading and writing stand side by side, one pair per command.
///
/// Each command has versions of its own. It is written in the lowest one that can say it, so that a node of an
/// older release stops at what it can't know and at nothing else; it is read in every version there was.
final class CommandFormat {

    private CommandFormat() {}

    /// From which of the [MetadataLevels] on `command` is known, as it is written. A release that adds a command, or a
    /// version of one, gives it the next level here.
    static int level(Command command) {
        return switch (version(command)) {
            case 1, 2 -> MetadataLevels.FIRST;
            default -> throw new IllegalStateException("no level: " + command);
        };
    }

    static void write(FieldWriter out, Command command) {
        out.string("type", command.getClass().getSimpleName());
        out.number("version", version(command));
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
            case Command.BeginShutdown shutdown -> registration(out, shutdown.nodeId(), shutdown.epoch());
            case Command.DrainNode drain -> {
                out.number("nodeId", drain.nodeId());
                out.flag("draining", drain.draining());
            }
            case Command.RecordNodeIndexes indexes ->
                out.objects("nodes", indexes.nodes(), (node, index) -> {
                    registration(node, index.nodeId(), index.epoch());
                    node.number("index", index.index());
                });
            case Command.SetFeature feature -> {
                out.string("name", feature.name());
                out.number("level", feature.level());
            }
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
        if (version < 1 || version > newestVersion(type)) {
            throw new MalformedCommand(type + " has version " + version + ", which this release does not know");
        }
        return switch (type) {
            case "Noop" -> new Command.Noop();
            case "CreateTopic" ->
                new Command.CreateTopic(
                        in.string("name"), in.uuid("topicId"), partitions(in, version), in.map("configs"));
            case "AddPartitions" ->
                new Command.AddPartitions(in.uuid("topicId"), in.int32("firstPartition"), partitions(in, version));
            case "DeleteTopic" -> new Command.DeleteTopic(in.uuid("topicId"));
            case "SetConfig" -> new Command.SetConfig(resource(in), in.map("set"), in.strings("removed"));
            case "AllocateProducerIds" ->
                new Command.AllocateProducerIds(
                        in.int32("nodeId"), in.number("nodeEpoch"), in.number("nextProducerId"));
            case "AddNode" -> new Command.AddNode(version == 1 ? NodeFormat.readV1(in) : NodeFormat.read(in));
            case "RemoveNode" -> new Command.RemoveNode(in.int32("nodeId"), in.number("nodeEpoch"));
            case "FenceNode" -> new Command.FenceNode(in.int32("nodeId"), in.number("nodeEpoch"));
            case "UnfenceNode" -> new Command.UnfenceNode(in.int32("nodeId"), in.number("nodeEpoch"));
            case "BeginShutdown" -> new Command.BeginShutdown(in.int32("nodeId"), in.number("nodeEpoch"));
            case "DrainNode" -> new Command.DrainNode(in.int32("nodeId"), in.flag("draining"));
            case "RecordNodeIndexes" -> new Command.RecordNodeIndexes(in.objects("nodes", CommandFormat::nodeIndex));
            case "SetFeature" -> new Command.SetFeature(in.string("name"), level(in));
            case "AssignPartition" ->
                new Command.AssignPartition(
                        in.uuid("topicId"), in.int32("partition"), PartitionFormat.read(in, version));
            case "SetPartitionLeader" ->
                new Command.SetPartitionLeader(in.objects("topics", topic -> topicElections(topic, version)));
            case "UpdateIsr" ->
                new Command.UpdateIsr(
                        in.uuid("topicId"),
                        in.int32("partition"),
                        in.numbers("isr"),
                        in.int32("leaderEpoch"),
                        in.int32("partitionEpoch"));
            default -> throw new MalformedCommand("this release does not know the command " + type);
        };
    }

    private static int newestVersion(String type) {
        return switch (type) {
            case "AddNode", "CreateTopic", "AddPartitions", "AssignPartition", "SetPartitionLeader" -> 2;
            default -> 1;
        };
    }

    private static int version(Command command) {
        boolean v1 = switch (command) {
            case Command.AddNode _ -> false;
            case Command.CreateTopic create -> create.partitions().stream().allMatch(PartitionFormat::fitsV1);
            case Command.AddPartitions add -> add.partitions().stream().allMatch(PartitionFormat::fitsV1);
            case Command.AssignPartition assign -> PartitionFormat.fitsV1(assign.state());
            case Command.SetPartitionLeader elections ->
                elections.topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .noneMatch(Command.Election::unclean);
            default -> true;
        };
        return v1 ? 1 : 2;
    }

    private static List<PartitionImage> partitions(FieldReader in, long version) {
        return in.objects("partitions", partition -> PartitionFormat.read(partition, version));
    }

    private static NodeIndex nodeIndex(FieldReader in) {
        return new NodeIndex(in.int32("nodeId"), in.number("nodeEpoch"), in.number("index"));
    }

    private static short level(FieldReader in) {
        int level = in.int32("level");
        if (level != (short) level) throw new MalformedCommand("not a level of a feature: " + level);
        return (short) level;
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

    private static Command.SetPartitionLeader.TopicElections topicElections(FieldReader in, long version) {
        List<Command.Election> partitions =
                in.objects("partitions", election -> PartitionFormat.readElection(election, version));
        return new Command.SetPartitionLeader.TopicElections(in.uuid("topicId"), partitions);
    }
}
