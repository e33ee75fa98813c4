package io.chronik.server.partitions;

import io.chronik.base.Lane;
import io.chronik.log.LogFailure;
import io.chronik.log.LogStore;
import io.chronik.metadata.PartitionImage;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionView;
import io.chronik.replication.WallClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The replicas of this node that are lost, and so neither open nor begun anew while the metadata counts on them (ADR
/// 0034). What is left of them stays on the disk until then, because it shows the next start, too, that they are lost.
///
/// A replica whose log can't be opened is one of them, but is never begun anew: all of it may be there, and the disk
/// may
/// come round. It leaves the in-sync set when there are others in it, and is tried again for as long as it takes
/// (ADR 0037).
///
/// Any thread; what takes time is a step of the registry.
final class GivenUpReplicas {
    private static final Logger LOG = LoggerFactory.getLogger(GivenUpReplicas.class);
    private static final long LOOK_AGAIN_MS = 50;
    private static final long REPORT_AGAIN_MS = 1_000;

    /// Where they were, and will be again.
    interface Registry {
        /// What the newest image says of a replica; empty when it is not on this node.
        Optional<PartitionImage> assigned(TopicIdPartition id);

        /// One step after the other, and after the images that came before, on the workers.
        void enqueue(Supplier<CompletableFuture<Void>> step);

        /// Of those that are not open: asks [#staysClosed] first.
        CompletableFuture<Void> open(Collection<TopicIdPartition> ids);

        /// Nobody finds the replica here any more, or takes it for the leader.
        void forget(Partition partition);

        CompletableFuture<Void> close(Partition partition);
    }

    private final int nodeId;
    private final LogStore store;
    private final WallClock wallClock;
    private final Registry registry;
    private final Lane lane;
    private final Map<TopicIdPartition, ReplicaLoss> lost = new ConcurrentHashMap<>();

    /// Those whose logs are not closed yet.
    private final Set<TopicIdPartition> closing = ConcurrentHashMap.newKeySet();

    private final CompletableFuture<Void> noneCounts = new CompletableFuture<>();
    private final AtomicBoolean lookAgain = new AtomicBoolean();

    /// Null until this node is registered, and its image shows that.
    private volatile @Nullable LossReport report;

    GivenUpReplicas(int nodeId, LogStore store, WallClock wallClock, Registry registry, Lane lane) {
        this.nodeId = nodeId;
        this.store = store;
        this.wallClock = wallClock;
        this.registry = registry;
        this.lane = lane;
    }

    /// Whether a replica that has suffered `loss` is to be given up.
    boolean isLost(TopicIdPartition id, ReplicaLoss loss) {
        return registry.assigned(id)
                .filter(state -> loss.givenUp(nodeId, state))
                .isPresent();
    }

    /// Its log was opened, whatever had been with it before.
    void remove(TopicIdPartition id) {
        lost.remove(id);
    }

    /// Its log is closed.
    void add(TopicIdPartition id, ReplicaLoss loss) {
        lost.put(id, loss);
        LOG.atError()
                .addKeyValue("partition", id)
                .log("records of this replica are gone or damaged: it is given up, and filled again by the others");
        if (report != null) registry.enqueue(this::replace);
    }

    /// Its log could not be opened.
    void addUnreadable(TopicIdPartition id, LogFailure failure) {
        boolean again = lost.put(id, ReplicaLoss.UNREADABLE) == ReplicaLoss.UNREADABLE;
        LOG.atLevel(again ? Level.DEBUG : Level.ERROR)
                .setCause(failure)
                .addKeyValue("partition", id)
                .log("cannot open the partition's log; it stays offline, and is tried again");
        if (report != null && !again) registry.enqueue(this::replace);
    }

    int count() {
        return lost.size() + closing.size();
    }

    /// From now on they are told by `newReport`. Completes when the metadata counts on none of them.
    CompletableFuture<Void> report(LossReport newReport) {
        report = newReport;
        registry.enqueue(this::replace);
        return noneCounts;
    }

    /// Opens what could not be read before, unless the metadata has to forget it first.
    void tryUnreadable() {
        if (lost.containsValue(ReplicaLoss.UNREADABLE)) {
            forgetMoved();
            registry.enqueue(() -> registry.open(lost.entrySet().stream()
                    .filter(entry -> entry.getValue() == ReplicaLoss.UNREADABLE)
                    .map(Map.Entry::getKey)
                    .toList()));
        }
    }

    /// Finds those of `open` whose directory has gone, or in which a read found damage. Reads a directory.
    void lookAt(Collection<Partition> open) {
        List<Partition> replicated =
                open.stream().filter(this::hasOtherReplicas).toList();
        if (replicated.isEmpty()) return;
        Set<LogStore.Stored> listed = new HashSet<>(store.stored());
        for (Partition partition : replicated) {
            PartitionView view = partition.view();
            boolean gone = view.log().sizeBytes() > 0
                    && !listed.contains(stored(partition.id()))
                    && !store.isThere(partition.id());
            ReplicaLoss loss = gone || view.log().damaged() ? ReplicaLoss.PARTS : ReplicaLoss.NONE;
            if (isLost(partition.id(), loss)) giveUp(partition, loss);
        }
    }

    private boolean hasOtherReplicas(Partition partition) {
        return registry.assigned(partition.id())
                .filter(state -> state.replicas().size() > 1)
                .isPresent();
    }

    private static LogStore.Stored stored(TopicIdPartition id) {
        return new LogStore.Stored(id.topicId(), id.partition());
    }

    private void giveUp(Partition partition, ReplicaLoss loss) {
        closing.add(partition.id());
        registry.forget(partition);
        registry.enqueue(() -> registry.close(partition).thenRun(() -> {
            closing.remove(partition.id());
            add(partition.id(), loss);
        }));
    }

    /// Begins anew what the metadata does not count on, and tells the controller of the others.
    private CompletableFuture<Void> replace() {
        LossReport to = report;
        if (to == null) return CompletableFuture.completedFuture(null);
        forgetMoved();
        List<TopicIdPartition> counted = new ArrayList<>();
        List<TopicIdPartition> opened = new ArrayList<>();
        lost.forEach((id, loss) -> {
            if (counts(id, loss)) counted.add(id);
            else if (loss != ReplicaLoss.UNREADABLE) opened.add(id);
        });
        if (counted.isEmpty()) noneCounts.complete(null);
        else tellOf(counted, to);
        return registry.open(opened);
    }

    private void forgetMoved() {
        lost.keySet().removeIf(id -> registry.assigned(id).isEmpty());
    }

    private void tellOf(List<TopicIdPartition> counted, LossReport to) {
        var _ = to.lost(counted).whenComplete((_, failure) -> {
            if (failure != null)
                LOG.atWarn().setCause(failure).log("the controller does not know of lost replicas yet");
            if (!lookAgain.compareAndSet(false, true)) return;
            lane.after(failure == null ? LOOK_AGAIN_MS : REPORT_AGAIN_MS, () -> {
                lookAgain.set(false);
                registry.enqueue(this::replace);
            });
        });
    }

    private boolean counts(TopicIdPartition id, ReplicaLoss loss) {
        return registry.assigned(id)
                .filter(state -> state.isr().contains(nodeId) || state.leader() == nodeId)
                .filter(state -> loss.givenUp(nodeId, state))
                .isPresent();
    }

    /// Whether a replica that is not open must stay so. Otherwise, if it was lost, it begins anew now: what is left
    /// of it is set aside, unless the metadata turns out to have nothing better. What could not be read is tried as
    /// it is.
    boolean staysClosed(TopicIdPartition id) {
        if (closing.contains(id)) return true;
        ReplicaLoss loss = lost.get(id);
        if (loss == null) return false;
        if (report == null || counts(id, loss)) return true;
        if (loss == ReplicaLoss.UNREADABLE) return false;
        if (isLost(id, loss)) store.quarantine(id.topicId(), id.partition(), wallClock.nowMs());
        lost.remove(id);
        return false;
    }
}
