package io.chronik.server.groups;

import io.chronik.replication.HighWatermarkListener;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionView;
import io.chronik.server.partitions.LeadershipListener;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;

/// Tells the group coordinator which of its partitions are led here.
///
/// A new leader may have committed records that it does not yet know to be committed. A coordinator that was loaded
/// from less than all of them would answer older offsets than were acknowledged. So it is told of an election when the
/// partition [serves the latest][PartitionView#servesLatest()]; until then groups are answered
/// COORDINATOR_LOAD_IN_PROGRESS. A resignation is told at once, and so is the end of an epoch in which the leader
/// stays.
public final class CoordinatorElections implements LeadershipListener {
    /// What is told; any thread.
    public interface Coordinator {
        void onElection(int partition, int leaderEpoch);

        /// An empty epoch ends whatever is there.
        void onResignation(int partition, OptionalInt leaderEpoch);
    }

    private final Coordinator coordinator;
    /// By partition number, as the coordinator counts. Guarded by this.
    private final Map<Integer, Gate> gates = new HashMap<>();

    public CoordinatorElections(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public void onLeading(Partition partition, int leaderEpoch) {
        if (!isOffsets(partition)) return;
        Gate gate = new Gate(partition, leaderEpoch);
        replace(gate);
        partition.addListener(gate);
    }

    /// When the same replica leads on in a new epoch, the coordinator begins anew as well: it would keep what it
    /// has, but hears of high watermarks only in the epoch in which it was loaded. The topic may have been deleted
    /// and made again: epochs of different topics can not be compared.
    private synchronized void replace(Gate gate) {
        Gate before = gates.put(gate.partition.id().partition(), gate);
        if (before == null) return;
        boolean same = before.topicId().equals(gate.topicId());
        coordinator.onResignation(
                gate.partition.id().partition(), same ? OptionalInt.of(gate.leaderEpoch) : OptionalInt.empty());
    }

    @Override
    public void onNotLeading(Partition partition, int leaderEpoch) {
        if (!isOffsets(partition)) return;
        resign(partition, leaderEpoch);
    }

    /// Late news of a topic that was deleted must not end its successor.
    private synchronized void resign(Partition partition, int leaderEpoch) {
        Gate gate = gates.get(partition.id().partition());
        if (gate != null && !gate.topicId().equals(partition.id().topicId())) return;
        gates.remove(partition.id().partition());
        coordinator.onResignation(partition.id().partition(), OptionalInt.of(leaderEpoch));
    }

    private static boolean isOffsets(Partition partition) {
        return partition.id().topic().equals(Topic.GROUP_METADATA_TOPIC_NAME);
    }

    /// Unless another election or a resignation was first.
    private synchronized void elect(Gate gate) {
        @Nullable Gate present = gates.get(gate.partition.id().partition());
        if (present == null || !present.isSame(gate)) return;
        coordinator.onElection(gate.partition.id().partition(), gate.leaderEpoch);
    }

    /// One election that waits to be told; on the partition's lane.
    private final class Gate implements HighWatermarkListener {
        private final Partition partition;
        private final int leaderEpoch;

        Gate(Partition partition, int leaderEpoch) {
            this.partition = partition;
            this.leaderEpoch = leaderEpoch;
        }

        Uuid topicId() {
            return partition.id().topicId();
        }

        boolean isSame(Gate other) {
            return topicId().equals(other.topicId()) && leaderEpoch == other.leaderEpoch;
        }

        @Override
        public void onChange(PartitionView view) {
            boolean over = !view.leading() || view.leaderEpoch() != leaderEpoch;
            if (!over && !view.servesLatest()) return;
            partition.removeListener(this);
            if (!over) elect(this);
        }
    }
}
