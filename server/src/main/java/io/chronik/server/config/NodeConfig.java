package io.chronik.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How this node runs, read once before it starts and never changed. Made by [NodeConfigLoader].
///
/// The parts are typed views of `settings`, which has every setting by Kafka's name: the group coordinator and the
/// quorum take theirs from there. `notices` are lines for the log, one per setting that has no effect.
public record NodeConfig(
        int nodeId,
        @Nullable String rack,
        @Nullable String clusterId,
        Listeners listeners,
        Network network,
        Storage storage,
        Topics topics,
        OffsetsTopic offsetsTopic,
        ClusterConfig cluster,
        NodeSettings settings,
        List<String> notices) {
    public NodeConfig {
        notices = List.copyOf(notices);
    }

    public Optional<String> rackName() {
        return Optional.ofNullable(rack);
    }

    /// The cluster that the data directory must belong to, when the operator named one.
    public Optional<String> expectedClusterId() {
        return Optional.ofNullable(clusterId);
    }

    /// Bounds on what connections may use. `maxQueuedBytes` -1 leaves it to the node; `idleMs` -1 keeps idle ones open.
    public record Network(
            int maxRequestBytes,
            long idleMs,
            int maxConnections,
            int maxConnectionsPerIp,
            long maxQueuedBytes,
            int maxFetchBytes,
            int maxDescribedPartitions) {}

    public record Storage(Path directory, long retentionCheckMs, long producerIdExpirationMs) {}

    /// What new topics get. A replication factor of 0 means as many as there are nodes, at most 3.
    public record Topics(int partitions, int replicationFactor, boolean autoCreate, boolean deletable) {
        /// For a topic whose creator left it open, in a cluster of `nodeCount` nodes.
        public int replicationFactor(int nodeCount) {
            return NodeConfig.replicationFactor(replicationFactor, nodeCount);
        }
    }

    /// How `__consumer_offsets` is created.
    public record OffsetsTopic(int partitions, int replicationFactor, int segmentBytes, int compressionCodec) {
        public int replicationFactor(int nodeCount) {
            return NodeConfig.replicationFactor(replicationFactor, nodeCount);
        }
    }

    private static int replicationFactor(int configured, int nodeCount) {
        return configured > 0 ? configured : Math.clamp(nodeCount, 1, 3);
    }
}
