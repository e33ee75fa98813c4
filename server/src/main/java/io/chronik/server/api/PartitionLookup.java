package io.chronik.server.api;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.TopicImage;
import io.chronik.replication.Partition;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.partitions.PartitionRegistry;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/// Finds the replica that a request names, by topic name or topic id, and says in Kafka's words when it is not here.
/// Any thread.
public final class PartitionLookup {
    private final Supplier<ClusterImage> image;
    private final Function<TopicIdPartition, Optional<Partition>> replicas;

    public PartitionLookup(MetadataService metadata, PartitionRegistry registry) {
        this(metadata::image, registry::find);
    }

    /// `replicas`: those of this node.
    public PartitionLookup(Supplier<ClusterImage> image, Function<TopicIdPartition, Optional<Partition>> replicas) {
        this.image = image;
        this.replicas = replicas;
    }

    /// A replica of this node, or why there is none to speak to.
    public sealed interface Found {
        record Local(Partition partition) implements Found {}

        record Missing(Errors error) implements Found {}
    }

    /// `topicId` counts unless it is ZERO_UUID; then the name does.
    public Found find(String name, Uuid topicId, int partition) {
        boolean byId = !topicId.equals(Uuid.ZERO_UUID);
        Optional<TopicImage> topic = byId ? image().topic(topicId) : image().topic(name);
        if (topic.isEmpty()) {
            return new Found.Missing(byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return find(topic.get(), partition);
    }

    public Found find(TopicImage topic, int partition) {
        if (partition < 0 || partition >= topic.partitions().size()) {
            return new Found.Missing(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        Optional<Partition> replica = replicas.apply(new TopicIdPartition(topic.id(), partition, topic.name()));
        if (replica.isEmpty()) return new Found.Missing(Errors.NOT_LEADER_OR_FOLLOWER);
        return new Found.Local(replica.get());
    }

    public ClusterImage image() {
        return image.get();
    }

    /// Whether a client's knowledge of the leader is current (KIP-320). `clientEpoch` -1 means that it does not say.
    public static Errors checkEpoch(int clientEpoch, int leaderEpoch) {
        if (clientEpoch < 0 || clientEpoch == leaderEpoch) return Errors.NONE;
        return clientEpoch < leaderEpoch ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH;
    }
}
