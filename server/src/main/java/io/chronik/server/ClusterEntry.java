package io.chronik.server;

import io.chronik.base.Lane;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.controller.ControllerSettings;
import io.chronik.server.config.ClusterConfig;
import io.chronik.server.config.HostPort;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.lane.Strands;
import io.chronik.server.metadata.ClusterSearch;
import io.chronik.server.metadata.DiskAge;
import io.chronik.server.metadata.Formation;
import io.chronik.server.metadata.MetadataDirectory;
import io.chronik.server.metadata.MetadataQuorum;
import io.chronik.server.metadata.NodeIdentity;
import io.chronik.server.metadata.RaftSettings;
import io.chronik.server.peer.PeerQuestion;
import io.chronik.server.peer.PeerQuorumQuestion;
import io.chronik.server.peer.PeerRaftChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;

/// How a node comes to its cluster: it has one already, begins one, or finds the one it was told of. Then it takes part
/// in the metadata quorum.
record ClusterEntry(NodeConfig config, NodePeers peers, HostPort internalAddress, Strands strands) {

    /// Blocks until the node has a cluster: forever, when those it was told of do not answer.
    MetadataQuorum enter(MetadataDirectory directory, Consumer<Throwable> onFatal) {
        RaftSettings raft = raftSettings();
        NodeIdentity identity = identity(directory, raft);
        peers.join(identity.clusterId(), _ -> Optional.empty());
        Lane timers = strands.lane("raft timers");
        return MetadataQuorum.start(
                identity,
                directory,
                raft,
                new PeerRaftChannel(
                        peers.network(), raft.listener(), raft.times().request()),
                timers,
                controllerSettings(),
                new KafkaConfigCatalog(),
                strands.lane("controller"),
                strands.lane("images"),
                onFatal);
    }

    private NodeIdentity identity(MetadataDirectory directory, RaftSettings raft) {
        Optional<NodeIdentity> known = directory.identity(config.nodeId());
        if (known.isPresent()) {
            return DiskAge.check(known.get(), directory, raft, new PeerQuorumQuestion(peers.network()));
        }
        ClusterConfig cluster = config.cluster();
        if (cluster.foundsAlone()) {
            String id =
                    config.expectedClusterId().orElseGet(() -> Uuid.randomUuid().toString());
            return directory.found(config.nodeId(), id, raft);
        }
        Formation formation = new Formation(config.nodeId(), new TreeMap<>(cluster.founders()), cluster.members());
        var search =
                new ClusterSearch(formation, new PeerQuestion(peers.network()), strands.lane("search for the cluster"));
        return ClusterSearch.settle(
                search.start().join(), config.nodeId(), config.expectedClusterId(), directory, raft);
    }

    private RaftSettings raftSettings() {
        ClusterConfig.Quorum quorum = config.cluster().quorum();
        List<InetSocketAddress> others = new ArrayList<>();
        config.cluster().founders().forEach((id, address) -> {
            if (id != config.nodeId()) others.add(unresolved(address));
        });
        for (HostPort member : config.cluster().members()) others.add(unresolved(member));
        RaftSettings.Times times = new RaftSettings.Times(
                quorum.appendLingerMs(),
                quorum.electionTimeoutMs(),
                quorum.electionBackoffMaxMs(),
                quorum.fetchTimeoutMs(),
                quorum.fetchWaitMs(),
                quorum.requestTimeoutMs(),
                quorum.retryBackoffMs());
        return new RaftSettings(
                config.listeners().internal().name(),
                unresolved(internalAddress),
                others,
                config.cluster().founders().containsKey(config.nodeId()),
                times,
                RaftSettings.Sizes.DEFAULT.withFetch(quorum.fetchMaxBytes(), quorum.fetchSnapshotMaxBytes()));
    }

    private static InetSocketAddress unresolved(HostPort address) {
        return InetSocketAddress.createUnresolved(address.host(), address.port());
    }

    private ControllerSettings controllerSettings() {
        int replicas = config.topics().replicationFactor();
        return new ControllerSettings(
                config.topics().partitions(),
                replicas > 0 ? replicas : ControllerSettings.ALL_UP_TO_THREE,
                config.topics().deletable(),
                config.settings().set());
    }
}
