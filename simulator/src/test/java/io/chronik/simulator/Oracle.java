package io.chronik.simulator;

import io.chronik.log.LogFailure;
import io.chronik.log.LogSlice;
import io.chronik.log.LogView;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.CommandCodec;
import io.chronik.metadata.ImageSnapshot;
import io.chronik.metadata.PartitionImage;
import io.chronik.replication.FetchPoint;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/// Knows everything and believes nobody: what is durable it reads from the disks' bytes. Asked after every event.
///
/// - O1: at most one process leads a partition in a leader epoch.
/// - O2: what a leader declares committed is durable on every member of the committed in-sync set, and stays so.
/// - O3: what is committed is the same on all replicas.
/// - O4: what is acknowledged is durable on as many replicas as promised.
/// - O5: the in-sync set is among the replicas, and epochs go up.
/// - O6: a follower that fetches holds everything below its fetch offset durably.
/// - O7: what is acknowledged is in the log once, in the producer's order, at the offset that was answered.
/// - O8: where a leader says that the log ends is not below what a leader before it has committed.
/// - M1: nodes that have applied as much of the metadata have the same image.
/// - M2: no request of a node makes its controller fail.
/// - M3, M4: at the end every node has all of the metadata; a snapshot of it loads equal.
final class Oracle {
    private final Cluster cluster;
    private final Map<Integer, OfPartition> partitions = new TreeMap<>();

    private final class OfPartition {
        final int index;
        final CommittedLog committed = new CommittedLog();
        final TreeMap<Integer, String> leaders = new TreeMap<>();
        final Map<Integer, DurableLog> disks = new TreeMap<>();

        /// By node and process: the high watermark that was checked.
        final Map<String, Long> checked = new TreeMap<>();

        /// Consumed by somebody: may have been deleted.
        long startOffset;

        OfPartition(int index) {
            this.index = index;
        }

        DurableLog on(int node) {
            DurableLog known = disks.get(node);
            if (known != null && known.isOn(cluster.node(node).disk())) return known;
            DurableLog log =
                    new DurableLog(cluster.node(node).disk(), cluster.node(node).directory(index));
            disks.put(node, log);
            return log;
        }
    }

    Oracle(Cluster cluster) {
        this.cluster = cluster;
    }

    private OfPartition of(int partition) {
        return partitions.computeIfAbsent(partition, OfPartition::new);
    }

    // ---- After events ----

    void onOpened(TopicIdPartition id, long highWatermark) {
        check(
                highWatermark <= of(cluster.topics().index(id)).committed.endOffset(),
                "%s opens with high watermark %d, and nobody has committed that",
                id,
                highWatermark);
    }

    private PartitionImage state(OfPartition partition) {
        return cluster.topics().partition(cluster.image(), partition.index);
    }

    void afterEvent(Replica replica) {
        PartitionView view = replica.partition().view();
        OfPartition partition = of(replica.partitionIndex());
        if (view.leading()) {
            String self = replica.node().id() + "/" + replica.incarnation();
            String other = partition.leaders.putIfAbsent(view.leaderEpoch(), self);
            check(
                    other == null || other.equals(self),
                    "O1: %s leads in epoch %d as %s did",
                    replica,
                    view.leaderEpoch(),
                    other);
        }
        checkLatest(replica, partition, view);
        partition.startOffset = Math.max(partition.startOffset, view.log().startOffset());
        String process = replica.node().id() + "/" + replica.incarnation();
        long before = partition.checked.getOrDefault(process, 0L);
        if (view.highWatermark() <= before) return;
        partition.checked.put(process, view.highWatermark());
        onHighWatermark(replica, partition, view, before);
    }

    /// Who says where the log ends says no less than any leader before has.
    private void checkLatest(Replica replica, OfPartition partition, PartitionView view) {
        if (!view.servesLatest() || view.leaderEpoch() < partition.leaders.lastKey()) return;
        check(
                view.highWatermark() >= partition.committed.endOffset(),
                "O8: %s serves high watermark %d as the latest, and %d is committed",
                replica,
                view.highWatermark(),
                partition.committed.endOffset());
    }

    private void onHighWatermark(Replica replica, OfPartition partition, PartitionView view, long before) {
        if (view.highWatermark() > partition.committed.endOffset()) {
            check(view.leading(), "O2: %s knows high watermark %d, and no leader does", replica, view.highWatermark());
            List<Batch> added = read(view.log(), partition.committed.endOffset(), view.highWatermark());
            added.forEach(partition.committed::add);
            check(
                    partition.committed.endOffset() == view.highWatermark(),
                    "O2: high watermark %d of %s is inside a batch or the log has a gap",
                    view.highWatermark(),
                    replica);
            PartitionImage state = state(partition);
            checkInSync(partition, state, added, "high watermark " + view.highWatermark() + " of " + replica);
            for (Batch batch : added) checkCopies(partition, state, batch, "committed by " + replica);
        }
        long from = Math.max(before, view.log().startOffset());
        List<Batch> own = read(view.log(), from, view.highWatermark());
        int at = partition.committed.indexFrom(
                own.isEmpty() ? from : own.getFirst().baseOffset());
        for (Batch batch : own) {
            Batch committed = partition.committed.all().get(at++);
            check(batch.equals(committed), "O3: %s has %s where %s is committed", replica, batch, committed);
        }
    }

    /// Every member of the in-sync set holds `batches`, as far as they were not deleted.
    private void checkInSync(OfPartition partition, PartitionImage state, List<Batch> batches, String why) {
        for (int member : state.isr()) {
            for (Batch batch : batches) {
                if (batch.endOffset() <= partition.startOffset) continue;
                Batch held = partition.on(member).at(batch.baseOffset());
                check(
                        batch.equals(held) || cluster.faults().journal(),
                        "O2: %s: node %d of in-sync set %s holds %s durably where %s is committed; %s",
                        why,
                        member,
                        state.isr(),
                        held,
                        batch,
                        partition.on(member));
            }
        }
    }

    void onCommitted(ClusterImage before, ClusterImage after) {
        for (int index = 0; index < cluster.topics().count(); index++) {
            onCommitted(
                    index,
                    cluster.topics().partition(before, index),
                    cluster.topics().partition(after, index));
        }
    }

    private void onCommitted(int index, PartitionImage old, PartitionImage state) {
        if (state.equals(old)) return;
        check(
                state.replicas().containsAll(state.isr()),
                "O5: in-sync set %s outside %s",
                state.isr(),
                state.replicas());
        check(
                state.partitionEpoch() > old.partitionEpoch() && state.leaderEpoch() >= old.leaderEpoch(),
                "O5: epochs of %s after %s",
                state,
                old);
        OfPartition partition = of(index);
        List<Integer> joined = state.isr().stream()
                .filter(member -> !old.isr().contains(member))
                .toList();
        if (joined.isEmpty()) return;
        checkInSync(partition, state, partition.committed.all(), "in-sync set " + state.isr());
    }

    /// `position` was sent by `node`, which may have restarted since.
    void onPosition(Partition leader, int node, FetchPoint position) {
        if (!leader.view().leading() || leader.view().leaderEpoch() != position.leaderEpoch()) return;
        OfPartition partition = of(cluster.topics().index(leader.id()));
        List<Batch> committed = partition.committed.all();
        int end = partition.committed.indexFrom(position.fetchOffset());
        int begin = Math.max(0, end - 3);
        for (Batch batch : committed.subList(begin, end)) {
            if (batch.endOffset() <= partition.startOffset || batch.endOffset() <= position.logStartOffset()) continue;
            PartitionImage state = state(partition);
            if (!state.isr().contains(node)) return;
            check(
                    partition.on(node).holds(batch) || cluster.faults().journal(),
                    "O6: node %d fetches from %d and does not hold %s durably",
                    node,
                    position.fetchOffset(),
                    batch);
        }
    }

    // ---- Acknowledgements ----

    void onAck(Replica leader, SimulatedClient.Sent sent, long baseOffset) {
        OfPartition partition = of(leader.partitionIndex());
        PartitionImage state = state(partition);
        // The view may not have been looked at since the event that led here.
        PartitionView view = leader.partition().view();
        onHighWatermark(leader, partition, view, view.highWatermark());
        int at = partition.committed.indexFrom(baseOffset);
        check(
                at < partition.committed.all().size(),
                "O4: acknowledged at %d by %s, high watermark %d",
                baseOffset,
                leader,
                view.highWatermark());
        Batch batch = partition.committed.all().get(at);
        check(
                batch.baseOffset() == baseOffset && batch.crc() == sent.crc() && batch.sequence() == sent.sequence(),
                "O7: %s acknowledged at %d by %s, where %s is",
                sent,
                baseOffset,
                leader,
                batch);
        if (batch.endOffset() <= partition.startOffset) return;
        checkCopies(partition, state, batch, "acknowledged by " + leader);
        checkInSync(partition, state, List.of(batch), "acknowledgement by " + leader);
    }

    private void checkCopies(OfPartition partition, PartitionImage state, Batch batch, String why) {
        if (batch.endOffset() <= partition.startOffset || cluster.faults().journal()) return;
        int copies = 0;
        for (SimulatedNode node : cluster.nodes()) {
            // A disk that is gone has perhaps held it.
            if (node.hasLostDisk() || partition.on(node.id()).holds(batch)) copies++;
        }
        int promised = Math.min(
                cluster.topics().minInSync(cluster.image(), partition.index),
                state.replicas().size());
        check(copies >= promised, "O4: %s %s with %d copies instead of %d", batch, why, copies, promised);
    }

    // ---- After quiet ----

    void atEnd() {
        for (int index = 0; index < cluster.topics().count(); index++) {
            OfPartition partition = of(index);
            PartitionImage state = state(partition);
            check(state.leader() >= 0, "partition %d has no leader: %s", index, state);
            check(
                    state.isr().size() == state.replicas().size(),
                    "partition %d: in-sync set %s of %s",
                    index,
                    state.isr(),
                    state.replicas());
            check(!state.moving(), "partition %d: its move goes on: %s", index, state);
            checkReplicas(partition, state);
            if (index < cluster.topics().dataCount()) checkProducers(partition);
        }
        checkMetadata();
    }

    /// Every node has all of the metadata, and the same; and so has who loads a snapshot.
    private void checkMetadata() {
        for (SimulatedNode node : cluster.nodes()) {
            SimulatedMetadataLog metadata = node.running().orElseThrow().metadata();
            check(
                    metadata.appliedCount() == cluster.quorum().size(),
                    "M3: node %d has %d of %d changes of the metadata",
                    node.id(),
                    metadata.appliedCount(),
                    cluster.quorum().size());
            metadata.checkDigest();
        }
        ClusterImage loaded = ClusterImage.EMPTY;
        List<Command> snapshot = new ArrayList<>();
        ImageSnapshot.write(cluster.image(), snapshot::add);
        for (Command command : snapshot) loaded = loaded.apply(CommandCodec.decode(CommandCodec.encode(command)));
        check(
                loaded.at(cluster.image().appliedIndex()).equals(cluster.image()),
                "M4: a snapshot of %s loads as %s",
                cluster.image(),
                loaded);
    }

    private void checkReplicas(OfPartition partition, PartitionImage state) {
        for (int member : state.replicas()) {
            Replica replica = cluster.node(member)
                    .running()
                    .flatMap(running -> running.replica(partition.index))
                    .orElseThrow(() -> new SimulationFailure("no replica on node " + member + " of " + state));
            LogView log = replica.partition().view().log();
            check(!log.damaged(), "%s is damaged: %s", replica, log.damage());
            check(
                    replica.partition().view().highWatermark() == log.endOffset(),
                    "%s: high watermark %d, end %d",
                    replica,
                    replica.partition().view().highWatermark(),
                    log.endOffset());
            check(
                    log.endOffset() == partition.committed.endOffset(),
                    "%s ends at %d, committed is %d",
                    replica,
                    log.endOffset(),
                    partition.committed.endOffset());
            List<Batch> all = read(log, log.startOffset(), log.endOffset());
            int at = partition.committed.indexFrom(
                    all.isEmpty() ? 0 : all.getFirst().baseOffset());
            for (Batch batch : all) {
                Batch committed = partition.committed.all().get(at++);
                check(batch.equals(committed), "%s has %s where %s is committed", replica, batch, committed);
                check(
                        partition.on(member).holds(batch) || cluster.faults().journal(),
                        "%s does not hold %s durably",
                        replica,
                        batch);
            }
        }
    }

    /// Of each producer, all that was acknowledged is there once and in order.
    private void checkProducers(OfPartition partition) {
        Map<Long, Integer> next = new TreeMap<>();
        for (Batch batch : partition.committed.all()) {
            int expected = next.getOrDefault(batch.producerId(), 0);
            check(
                    batch.sequence() == expected,
                    "O7: producer %d: %s, expected sequence %d",
                    batch.producerId(),
                    batch,
                    expected);
            next.put(batch.producerId(), expected + (int) (batch.endOffset() - batch.baseOffset()));
        }
        for (SimulatedClient client : cluster.clients()) client.checkAcked(partition.index, partition.committed);
    }

    // ---- Helpers ----

    private static List<Batch> read(LogView log, long from, long to) {
        List<Batch> batches = new ArrayList<>();
        long next = from;
        while (next < to) {
            try (LogSlice slice = log.read(next, to, 1 << 20, true)) {
                if (slice.sizeBytes() == 0) break;
                byte[] bytes = slice.copy().array();
                int end = Batch.parse(bytes, 0, 0, batches);
                check(end == bytes.length, "bytes between batches at %d", next);
                next = batches.getLast().endOffset();
            } catch (IOException | LogFailure e) {
                throw new UncheckedIOException(new IOException("reading at " + next, e));
            }
        }
        return batches;
    }

    @SuppressWarnings("AnnotateFormatMethod")
    static void check(boolean holds, String what, @Nullable Object... values) {
        if (!holds) throw new SimulationFailure(what.formatted(values));
    }
}
