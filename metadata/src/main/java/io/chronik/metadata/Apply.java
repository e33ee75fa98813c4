package io.chronik.metadata;

import io.chronik.base.Invariant;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.pcollections.PMap;
import org.pcollections.PVector;

/// The one apply path: what each command does to the image. Deterministic.
final class Apply {
    private Apply() {}

    static ClusterImage to(ClusterImage image, Command command) {
        return switch (command) {
            case Command.Noop() -> image;
            case Command.CreateTopic create -> createTopic(image, create);
            case Command.AddPartitions add -> addPartitions(image, add);
            case Command.DeleteTopic(Uuid id) -> image.without(topic(image, id));
            case Command.SetConfig set -> setConfig(image, set);
            case Command.AllocateProducerIds ids -> allocateProducerIds(image, ids);
            case Command.AddNode(NodeImage node) -> addNode(image, node);
            case Command.RemoveNode(int id, long epoch) ->
                image.withNodes(image.nodes().minus(node(image, id, epoch).id()));
            case Command.FenceNode(int id, long epoch) ->
                image.with(node(image, id, epoch).with(NodeImage.State.FENCED));
            case Command.UnfenceNode(int id, long epoch) ->
                image.with(node(image, id, epoch).with(NodeImage.State.ACTIVE));
            case Command.BeginShutdown(int id, long epoch) ->
                image.with(node(image, id, epoch).with(NodeImage.State.SHUTTING_DOWN));
            case Command.DrainNode(int id, boolean draining) ->
                image.with(node(image, id).withDraining(draining));
            case Command.RecordNodeIndexes indexes -> recordNodeIndexes(image, indexes);
            case Command.SetFeature(String name, short level) -> image.withFeature(name, level);
            case Command.AssignPartition assign -> assignPartition(image, assign);
            case Command.SetPartitionLeader elections -> setPartitionLeader(image, elections);
            case Command.UpdateIsr update -> updateIsr(image, update);
        };
    }

    private static ClusterImage createTopic(ClusterImage image, Command.CreateTopic create) {
        Invariant.check(image.topic(create.name()).isEmpty(), "a new topic's name is free");
        Invariant.check(image.topic(create.id()).isEmpty(), "a new topic's id is free");
        ClusterImage created = image.with(
                new TopicImage(create.name(), create.id(), create.partitions()),
                image.replicas().with(create.id(), create.partitions()));
        if (create.configs().isEmpty()) return created;
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, create.name());
        return created.with(resource, created.settings(resource).plusAll(create.configs()));
    }

    private static ClusterImage addPartitions(ClusterImage image, Command.AddPartitions add) {
        TopicImage topic = topic(image, add.topicId());
        Invariant.check(
                topic.partitions().size() == add.firstPartition(),
                "partitions are added behind the last: %d, not %d",
                topic.partitions().size(),
                add.firstPartition());
        return image.with(
                topic.with(topic.vector().plusAll(add.partitions())),
                image.replicas().with(topic.id(), add.partitions()));
    }

    private static ClusterImage setConfig(ClusterImage image, Command.SetConfig set) {
        PMap<String, String> settings = image.settings(set.resource()).minusAll(set.removed());
        return image.with(set.resource(), settings.plusAll(set.set()));
    }

    private static ClusterImage allocateProducerIds(ClusterImage image, Command.AllocateProducerIds ids) {
        Invariant.check(
                ids.nextProducerId() > image.nextProducerId(),
                "producer ids only go up: %d after %d",
                ids.nextProducerId(),
                image.nextProducerId());
        return image.withNextProducerId(ids.nextProducerId());
    }

    private static ClusterImage addNode(ClusterImage image, NodeImage node) {
        image.node(node.id())
                .ifPresent(before -> Invariant.check(
                        node.epoch() > before.epoch(),
                        "a registration has a larger epoch: %d after %d",
                        node.epoch(),
                        before.epoch()));
        return image.with(node);
    }

    private static ClusterImage recordNodeIndexes(ClusterImage image, Command.RecordNodeIndexes indexes) {
        ClusterImage changed = image;
        for (Command.RecordNodeIndexes.NodeIndex reported : indexes.nodes()) {
            NodeImage node = node(changed, reported.nodeId(), reported.epoch());
            changed = changed.with(node.withReportedIndex(Math.max(node.reportedIndex(), reported.index())));
        }
        return changed;
    }

    private static ClusterImage assignPartition(ClusterImage image, Command.AssignPartition assign) {
        TopicImage topic = topic(image, assign.topicId());
        PartitionImage before = partition(topic, assign.partition());
        checkEpochs(before, assign.state().leaderEpoch(), assign.state().partitionEpoch());
        return image.with(
                topic.with(topic.vector().with(assign.partition(), assign.state())),
                image.replicas()
                        .moved(topic.id(), before.replicas(), assign.state().replicas()));
    }

    private static ClusterImage setPartitionLeader(ClusterImage image, Command.SetPartitionLeader elections) {
        ClusterImage changed = image;
        for (Command.SetPartitionLeader.TopicElections ofTopic : elections.topics()) {
            TopicImage topic = topic(image, ofTopic.topicId());
            PVector<PartitionImage> partitions = topic.vector();
            for (Command.Election election : ofTopic.partitions()) {
                PartitionImage before = partition(topic, election.partition());
                checkEpochs(before, election.leaderEpoch(), election.partitionEpoch());
                partitions = partitions.with(election.partition(), before.with(election));
            }
            changed = changed.with(topic.with(partitions));
        }
        return changed;
    }

    private static ClusterImage updateIsr(ClusterImage image, Command.UpdateIsr update) {
        TopicImage topic = topic(image, update.topicId());
        PartitionImage before = partition(topic, update.partition());
        Invariant.check(
                before.leaderEpoch() == update.leaderEpoch(),
                "the ISR is the present leader's to change: epoch %d, not %d",
                before.leaderEpoch(),
                update.leaderEpoch());
        checkEpochs(before, update.leaderEpoch(), update.partitionEpoch());
        return image.with(topic.with(topic.vector().with(update.partition(), before.with(update))));
    }

    private static void checkEpochs(PartitionImage before, int leaderEpoch, int partitionEpoch) {
        Invariant.check(
                leaderEpoch >= before.leaderEpoch(),
                "leader epochs never go back: %d after %d",
                leaderEpoch,
                before.leaderEpoch());
        Invariant.check(
                partitionEpoch > before.partitionEpoch(),
                "partition epochs go up with each change: %d after %d",
                partitionEpoch,
                before.partitionEpoch());
    }

    private static TopicImage topic(ClusterImage image, Uuid id) {
        TopicImage topic = image.topicsById().get(id);
        Invariant.check(topic != null, "a command names a topic that exists");
        return Objects.requireNonNull(topic);
    }

    private static PartitionImage partition(TopicImage topic, int partition) {
        Invariant.check(
                partition >= 0 && partition < topic.partitions().size(),
                "a command names a partition that exists: %d of %d",
                partition,
                topic.partitions().size());
        return topic.partitions().get(partition);
    }

    private static NodeImage node(ClusterImage image, int id) {
        NodeImage node = image.nodes().get(id);
        Invariant.check(node != null, "a command names a node that is registered");
        return Objects.requireNonNull(node);
    }

    private static NodeImage node(ClusterImage image, int id, long epoch) {
        NodeImage node = image.nodes().get(id);
        Invariant.check(node != null && node.epoch() == epoch, "a command names a node's present registration");
        return Objects.requireNonNull(node);
    }
}
