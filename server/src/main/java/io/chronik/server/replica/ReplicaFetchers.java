package io.chronik.server.replica;

import io.chronik.base.Lane;
import io.chronik.replication.FetchPoint;
import io.chronik.replication.IsrProposal;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionPeers;
import io.chronik.server.peer.PeerNetwork;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicIdPartition;

/// What this node's partitions ask of other nodes: a fetcher for each leader node, and proposals to the controller. Any
/// thread; the calls for one partition come from its lane.
public final class ReplicaFetchers implements PartitionPeers, AutoCloseable {
    private final int self;
    private final LongSupplier nodeEpoch;
    private final PeerNetwork network;
    private final Function<String, Lane> lanes;
    private final ReplicaFetchSettings settings;
    private final IsrProposals proposals;
    private final ReplicationMeter meter;
    private final ReplicationThrottle throttle;

    /// By leader. A fetcher that nobody asks for anything does nothing, so it stays.
    private final Map<Integer, ReplicaFetcher> fetchers = new ConcurrentHashMap<>();

    /// Which of them a partition has asked.
    private final Map<TopicIdPartition, ReplicaFetcher> asked = new ConcurrentHashMap<>();

    /// `nodeEpoch`: of this node's registration. `throttle`: of what it fetches.
    public ReplicaFetchers(
            int self,
            LongSupplier nodeEpoch,
            PeerNetwork network,
            Function<String, Lane> lanes,
            ReplicaFetchSettings settings,
            IsrProposals proposals,
            ReplicationMeter meter,
            ReplicationThrottle throttle) {
        this.self = self;
        this.nodeEpoch = nodeEpoch;
        this.network = network;
        this.lanes = lanes;
        this.settings = settings;
        this.proposals = proposals;
        this.meter = meter;
        this.throttle = throttle;
    }

    @Override
    public void fetchNext(Partition partition, FetchPoint point) {
        ReplicaFetcher fetcher = fetchers.computeIfAbsent(point.leader(), this::fetcher);
        ReplicaFetcher before = asked.put(partition.id(), fetcher);
        if (before != null && before != fetcher) before.stop(ReplicaKey.of(partition.id()));
        fetcher.ask(partition, point);
    }

    private ReplicaFetcher fetcher(int leader) {
        return new ReplicaFetcher(
                self,
                leader,
                nodeEpoch,
                network.to(leader, PeerNetwork.Purpose.REPLICA),
                lanes.apply("fetcher from node " + leader),
                settings,
                meter,
                throttle);
    }

    @Override
    public void stopFetching(TopicIdPartition id) {
        ReplicaFetcher fetcher = asked.remove(id);
        if (fetcher != null) fetcher.stop(ReplicaKey.of(id));
    }

    @Override
    public void onCommittedLost(TopicIdPartition id, long fromOffset, long toOffset) {
        meter.onCommittedLost(toOffset - fromOffset);
    }

    @Override
    public void proposeIsr(Partition partition, IsrProposal proposal) {
        proposals.propose(partition, proposal);
    }

    /// Asks nothing more. Answers that still come are dropped.
    @Override
    public void close() {
        fetchers.values().forEach(ReplicaFetcher::close);
    }
}
