package io.chronik.coordinators;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RegisterBrokerRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.metadata.UnregisterBrokerRecord;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.jspecify.annotations.Nullable;

/// Our [ClusterImage] in the words of Kafka's group coordinator, which reads from it: the topics, their ids, how
/// many partitions they have, and the racks of the replicas. Nothing else is carried over; an election or an ISR
/// change is no change here.
///
/// Images share structure, so a step looks at each topic once by identity and builds records only for what
/// differs. One thread.
@SuppressWarnings("ReferenceEquality") // What did not change is shared.
final class TopicMetadata {
    private ClusterImage seen = ClusterImage.EMPTY;
    private MetadataImage image = MetadataImage.EMPTY;

    /// What to tell the coordinator: the change, and the state after it.
    record Step(MetadataDelta delta, MetadataImage image) {}

    /// Goes on to `next`; empty when nothing that groups care about differs from the image of the last call.
    Optional<Step> advanceTo(ClusterImage next) {
        MetadataDelta delta = new MetadataDelta.Builder().setImage(image).build();
        boolean changed = replayRacks(delta, next);
        if (next.topicsById() != seen.topicsById()) changed |= replayTopics(delta, next);
        seen = next;
        if (!changed) return Optional.empty();
        image = delta.apply(new MetadataProvenance(Math.max(next.appliedIndex(), image.offset() + 1), 0, 0, true));
        return Optional.of(new Step(delta, image));
    }

    private boolean replayRacks(MetadataDelta delta, ClusterImage next) {
        if (next.nodes() == seen.nodes()) return false;
        boolean changed = false;
        for (NodeImage node : next.nodes().values()) {
            String rackBefore = seen.node(node.id()).map(NodeImage::rack).orElse(null);
            if (Objects.equals(node.rack(), rackBefore)) continue;
            changed = true;
            if (node.rack() != null) delta.replay(registration(node.id(), node.rack()));
            else delta.replay(new UnregisterBrokerRecord().setBrokerId(node.id()));
        }
        for (NodeImage gone : seen.nodes().values()) {
            if (gone.rack() == null || next.node(gone.id()).isPresent()) continue;
            changed = true;
            delta.replay(new UnregisterBrokerRecord().setBrokerId(gone.id()));
        }
        return changed;
    }

    private static RegisterBrokerRecord registration(int nodeId, String rack) {
        return new RegisterBrokerRecord()
                .setBrokerId(nodeId)
                .setIncarnationId(Uuid.ONE_UUID)
                .setFenced(false)
                .setRack(rack);
    }

    /// Deletions come first: a topic may have been created anew under its name.
    private boolean replayTopics(MetadataDelta delta, ClusterImage next) {
        List<TopicImage> differing = new ArrayList<>();
        int createdCount = 0;
        for (TopicImage topic : next.topicsById().values()) {
            TopicImage before = seen.topicsById().get(topic.id());
            if (before == topic) continue;
            if (before == null) createdCount++;
            differing.add(topic);
        }
        int deletedCount =
                seen.topicsById().size() + createdCount - next.topicsById().size();
        if (deletedCount > 0) replayDeletions(delta, next);
        boolean changed = deletedCount > 0;
        for (TopicImage topic : differing) changed |= replayTopic(delta, topic);
        return changed;
    }

    private void replayDeletions(MetadataDelta delta, ClusterImage next) {
        for (Uuid id : seen.topicsById().keySet()) {
            if (!next.topicsById().containsKey(id)) delta.replay(new RemoveTopicRecord().setTopicId(id));
        }
    }

    private boolean replayTopic(MetadataDelta delta, TopicImage topic) {
        TopicImage before = seen.topicsById().get(topic.id());
        if (before == null) delta.replay(new TopicRecord().setName(topic.name()).setTopicId(topic.id()));
        return replayPartitions(delta, topic, before);
    }

    private static boolean replayPartitions(MetadataDelta delta, TopicImage topic, @Nullable TopicImage before) {
        boolean changed = before == null;
        List<PartitionImage> known = before == null ? List.of() : before.partitions();
        for (int partition = 0; partition < topic.partitions().size(); partition++) {
            PartitionImage now = topic.partitions().get(partition);
            if (partition < known.size()
                    && now.replicas().equals(known.get(partition).replicas())) continue;
            changed = true;
            delta.replay(registration(topic.id(), partition, now));
        }
        return changed;
    }

    private static PartitionRecord registration(Uuid topicId, int partition, PartitionImage now) {
        return new PartitionRecord()
                .setTopicId(topicId)
                .setPartitionId(partition)
                .setReplicas(now.replicas())
                .setIsr(now.isr())
                .setLeader(now.leader())
                .setLeaderEpoch(now.leaderEpoch())
                .setPartitionEpoch(now.partitionEpoch());
    }
}
