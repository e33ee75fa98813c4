package io.chronik.server.replica;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.ImageDelta;
import io.chronik.metadata.TopicImage;
import io.chronik.metadata.config.EffectiveConfig;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.config.ListValue;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.replica.ReplicationThrottle.Partitions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/// Keeps this node's two throttles as the settings say: `leader.` and `follower.replication.throttled.rate` of the
/// node,
/// `leader.` and `follower.replication.throttled.replicas` of topics. Belongs to the publisher of images.
public final class ReplicationThrottles implements MetadataService.ImageListener {
    private static final KafkaConfigCatalog CATALOG = new KafkaConfigCatalog();

    private final int nodeId;
    private final Map<String, String> staticNode;
    private final Side leader;
    private final Side follower;

    /// `staticNode` is what the node was started with, by Kafka's names.
    public ReplicationThrottles(int nodeId, Map<String, String> staticNode, ReplicationMeter meter) {
        this.nodeId = nodeId;
        this.staticNode = staticNode;
        this.leader = new Side("leader", new ReplicationThrottle(meter::onThrottledSent));
        this.follower = new Side("follower", new ReplicationThrottle(meter::onThrottledFetched));
    }

    /// Of what this node sends.
    public ReplicationThrottle leader() {
        return leader.throttle;
    }

    /// Of what this node fetches.
    public ReplicationThrottle follower() {
        return follower.throttle;
    }

    @Override
    public void onImage(ImageDelta delta) {
        if (delta.configs().isEmpty() && !delta.everything()) return;
        leader.onImage(delta);
        follower.onImage(delta);
    }

    private final class Side {
        private final String rateSetting;
        private final String replicasSetting;
        private final ReplicationThrottle throttle;
        private final Map<Uuid, Partitions> listed = new HashMap<>();

        Side(String name, ReplicationThrottle throttle) {
            this.rateSetting = name + ".replication.throttled.rate";
            this.replicasSetting = name + ".replication.throttled.replicas";
            this.throttle = throttle;
        }

        void onImage(ImageDelta delta) {
            for (ConfigResource resource : delta.configs()) {
                if (resource.type() != ConfigResource.Type.TOPIC) continue;
                delta.before().topic(resource.name()).map(TopicImage::id).ifPresent(listed::remove);
                delta.after().topic(resource.name()).ifPresent(topic -> list(delta.after(), topic));
            }
            throttle.list(listed);
            throttle.limit(rate(delta.after()));
        }

        private void list(ClusterImage image, TopicImage topic) {
            String value = image.configOf(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()))
                    .get(replicasSetting);
            if (value != null) partitionsHere(value).ifPresent(partitions -> listed.put(topic.id(), partitions));
        }

        private long rate(ClusterImage image) {
            return new EffectiveConfig(CATALOG, image, nodeId, staticNode)
                    .nodeValue(rateSetting)
                    .map(value -> Long.parseLong(value.strip()))
                    .orElse(ReplicationThrottle.UNLIMITED);
        }
    }

    /// `value` is `*`, or a list of partition:node.
    private Optional<Partitions> partitionsHere(String value) {
        Set<Integer> partitions = new HashSet<>();
        for (String element : ListValue.elements(value)) {
            if (element.equals("*")) return Optional.of(new Partitions(true, Set.of()));
            String[] pair = element.split(":", 2);
            if (Integer.parseInt(pair[1]) == nodeId) partitions.add(Integer.parseInt(pair[0]));
        }
        return partitions.isEmpty() ? Optional.empty() : Optional.of(new Partitions(false, partitions));
    }
}
