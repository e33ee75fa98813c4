package io.chronik.server.metadata;

import io.chronik.base.Lane;
import io.chronik.server.config.ClusterConfig;
import io.chronik.server.config.HostPort;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/// How a node that starts comes to know who it is in its cluster.
///
/// @param cluster what the operator says about it
/// @param wantedClusterId the id that the operator gave, for a new cluster or to be sure
public record ClusterEntry(int nodeId, ClusterConfig cluster, Optional<String> wantedClusterId) {
    /// How Raft behaves here. Others reach this node's internal listener at `address`.
    public RaftSettings raft(String listener, HostPort address) {
        ClusterConfig.Quorum quorum = cluster.quorum();
        List<InetSocketAddress> others =
                formation().toAsk().stream().map(ClusterEntry::unresolved).toList();
        RaftSettings.Sizes sizes = RaftSettings.Sizes.DEFAULT;
        return new RaftSettings(
                listener,
                unresolved(address),
                others,
                cluster.founders().containsKey(nodeId),
                new RaftSettings.Times(
                        quorum.appendLingerMs(),
                        quorum.electionTimeoutMs(),
                        quorum.electionBackoffMaxMs(),
                        quorum.fetchTimeoutMs(),
                        quorum.fetchWaitMs(),
                        quorum.requestTimeoutMs(),
                        quorum.retryBackoffMs()),
                new RaftSettings.Sizes(
                        sizes.snapshotEntries(),
                        sizes.segmentBytes(),
                        sizes.retentionBytes(),
                        quorum.fetchMaxBytes(),
                        quorum.fetchSnapshotMaxBytes()));
    }

    /// The node's identity, from disk or written there. Blocks on the disk; with an empty data directory until the
    /// cluster is found or begun, else up to a second for the other voters.
    ///
    /// @throws DataDirectoryRefused when the directory, or the cluster that the others are in, is not the one meant
    public NodeIdentity enter(
            MetadataDirectory directory,
            RaftSettings raft,
            ClusterSearch.Question others,
            DiskAge.Question voters,
            Lane lane) {
        Optional<NodeIdentity> known = directory.identity(nodeId);
        if (known.isPresent()) return DiskAge.check(known.get(), directory, raft, voters);
        Formation formation = formation();
        if (formation.alone()) {
            return directory.found(
                    nodeId, wantedClusterId.orElseGet(() -> Uuid.randomUuid().toString()), raft);
        }
        Formation.Next next = new ClusterSearch(formation, others, lane).start().join();
        return ClusterSearch.settle(next, nodeId, wantedClusterId, directory, raft);
    }

    private Formation formation() {
        return new Formation(nodeId, new TreeMap<>(cluster.founders()), cluster.members());
    }

    private static InetSocketAddress unresolved(HostPort address) {
        return InetSocketAddress.createUnresolved(address.host(), address.port());
    }
}
