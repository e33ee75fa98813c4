package io.chronik.server.api;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.server.net.ClientConnection;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Who leads, for a client that has asked the wrong node: it then need not ask for metadata first (KIP-951). Any
/// thread.
public final class LeaderHints {
    private final Supplier<ClusterImage> image;
    private final AdvertisedAddress addresses;

    public LeaderHints(Supplier<ClusterImage> image, AdvertisedAddress addresses) {
        this.image = image;
        this.addresses = addresses;
    }

    public record Leader(int nodeId, int epoch) {}

    public record Node(
            int id, String host, int port, @Nullable String rack) {}

    /// Errors that say that another node leads.
    public static boolean fit(Errors error) {
        return error == Errors.NOT_LEADER_OR_FOLLOWER || error == Errors.FENCED_LEADER_EPOCH;
    }

    /// `topicId` counts unless it is ZERO_UUID; then the name does. Empty when nobody leads.
    public Optional<Leader> leader(String name, Uuid topicId, int partition) {
        ClusterImage now = image.get();
        Optional<TopicImage> topic = topicId.equals(Uuid.ZERO_UUID) ? now.topic(name) : now.topic(topicId);
        return topic.filter(known ->
                        partition >= 0 && partition < known.partitions().size())
                .map(known -> known.partitions().get(partition))
                .filter(PartitionImage::hasLeader)
                .map(state -> new Leader(state.leader(), state.leaderEpoch()));
    }

    /// Where the client behind `connection` finds a node.
    public Optional<Node> node(int id, ClientConnection connection) {
        Optional<NodeImage> node = image.get().node(id);
        if (node.isEmpty()) return Optional.empty();
        return addresses
                .endpointFor(id, connection)
                .map(endpoint -> new Node(
                        id, endpoint.host(), endpoint.port(), node.get().rack()));
    }
}
