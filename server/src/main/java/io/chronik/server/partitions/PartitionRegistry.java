package io.chronik.server.partitions;

import io.chronik.log.Compaction;
import io.chronik.log.LogFailure;
import io.chronik.log.LogSettings;
import io.chronik.log.LogStore;
import io.chronik.log.PartitionLog;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.ImageDelta;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.replication.Assignment;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionPeers;
import io.chronik.replication.PartitionView;
import io.chronik.replication.WallClock;
import io.chronik.server.lane.Strands;
import io.chronik.server.metadata.MetadataService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All partition replicas of this node. Follows the cluster image: opens what is assigned here, tells each replica
/// its assignment and settings, closes and deletes what is gone. Changes are carried out in image order, on the
/// workers.
///
/// Lookups are for any thread.
public final class PartitionRegistry implements MetadataService.ImageListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionRegistry.class);
    private static final int PARTITIONS_OF_A_STEP = 100;

    private final int nodeId;
    private final LogStore store;
    private final Strands strands;
    private final WallClock wallClock;
    private final TopicSettingsSource settings;
    private final PartitionPeers peers;
    private final long maxLagMs;
    private final Map<TopicIdPartition, Partition> partitions = new ConcurrentHashMap<>();
    private final List<LeadershipListener> leadershipListeners = new CopyOnWriteArrayList<>();
    /// Completes when every image told so far has been carried out. Only the publisher of images replaces it.
    private volatile CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);

    /// `maxLagMs`: `replica.lag.time.max.ms`.
    public PartitionRegistry(
            int nodeId,
            LogStore store,
            Strands strands,
            WallClock wallClock,
            TopicSettingsSource settings,
            PartitionPeers peers,
            long maxLagMs) {
        this.nodeId = nodeId;
        this.peers = peers;
        this.maxLagMs = maxLagMs;
        this.store = store;
        this.strands = strands;
        this.wallClock = wallClock;
        this.settings = settings;
    }

    public Optional<Partition> find(TopicIdPartition id) {
        return Optional.ofNullable(partitions.get(id));
    }

    public Collection<Partition> all() {
        return Collections.unmodifiableCollection(partitions.values());
    }

    /// Completes when this node's replicas reflect every image published so far.
    public CompletableFuture<Void> settled() {
        return settled;
    }

    public void addLeadershipListener(LeadershipListener listener) {
        leadershipListeners.add(listener);
    }

    @Override
    public void onImage(ImageDelta delta) {
        List<TopicImage> gone = new ArrayList<>();
        SortedMap<Uuid, Collection<Integer>> changed = new TreeMap<>();
        for (Uuid topic : delta.topics()) {
            if (delta.after().topic(topic).isPresent()) changed.put(topic, delta.partitionsOf(topic));
            else delta.before().topic(topic).ifPresent(gone::add);
        }
        for (ConfigResource resource : delta.configs()) {
            if (resource.type() == ConfigResource.Type.TOPIC) {
                delta.after().topic(resource.name()).ifPresent(topic -> changed.put(topic.id(), all(topic)));
            } else if (resource.type() == ConfigResource.Type.BROKER) {
                delta.after().topicsById().values().forEach(topic -> changed.put(topic.id(), all(topic)));
            }
        }
        if (gone.isEmpty() && changed.isEmpty()) return;
        settled = settled.thenComposeAsync(_ -> carryOut(gone, changed, delta.after()), strands.workers());
    }

    private static Collection<Integer> all(TopicImage topic) {
        return IntStream.range(0, topic.partitions().size()).boxed().toList();
    }

    private CompletableFuture<Void> carryOut(
            List<TopicImage> gone, SortedMap<Uuid, Collection<Integer>> changed, ClusterImage image) {
        List<CompletableFuture<Void>> steps = new ArrayList<>();
        for (TopicImage topic : gone) steps.add(onWorker(() -> deleteTopic(topic)));
        changed.forEach((id, indexes) -> {
            TopicImage topic = image.topic(id).orElseThrow();
            List<Integer> partitions = List.copyOf(indexes);
            // In parts, so that all workers open the logs of one large topic.
            for (int from = 0; from < partitions.size(); from += PARTITIONS_OF_A_STEP) {
                int end = Math.min(from + PARTITIONS_OF_A_STEP, partitions.size());
                List<Integer> part = partitions.subList(from, end);
                steps.add(onWorker(() -> assign(topic, part, image)));
            }
        });
        return CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> onWorker(Runnable step) {
        return CompletableFuture.runAsync(step, strands.workers()).exceptionally(failure -> {
            LOG.atError().setCause(failure).log("applying a metadata change to the local replicas failed");
            return null;
        });
    }

    private void deleteTopic(TopicImage topic) {
        for (int index = 0; index < topic.partitions().size(); index++) {
            Partition partition = partitions.remove(new TopicIdPartition(topic.id(), index, topic.name()));
            if (partition == null) continue;
            onLane(
                    partition,
                    "the files of a deleted partition stay behind; the next start sets them aside",
                    partition::delete);
            partition.lane().execute(() -> {
                int endedEpoch = partition.view().leaderEpoch() + 1;
                for (LeadershipListener listener : leadershipListeners) listener.onNotLeading(partition, endedEpoch);
            });
        }
    }

    private void assign(TopicImage topic, List<Integer> indexes, ClusterImage image) {
        var logSettings = settings.logSettings(image, topic.name());
        int minInSync = settings.minInSyncReplicas(image, topic.name());
        for (int index : indexes) {
            PartitionImage state = topic.partitions().get(index);
            TopicIdPartition id = new TopicIdPartition(topic.id(), index, topic.name());
            if (!state.replicas().contains(nodeId)) {
                moveAway(id, state);
                continue;
            }
            Partition partition = partitions.get(id);
            boolean opened = partition == null;
            if (partition == null) {
                try {
                    partition = open(id, logSettings, minInSync);
                } catch (LogFailure failure) {
                    LOG.atError()
                            .setCause(failure)
                            .addKeyValue("partition", id)
                            .log("cannot open the partition's log; it stays offline");
                    continue;
                }
                partitions.put(id, partition);
            }
            apply(partition, state, opened ? null : new Settings(logSettings, minInSync));
        }
    }

    /// The partition has no replica here any more.
    private void moveAway(TopicIdPartition id, PartitionImage state) {
        Partition partition = partitions.remove(id);
        if (partition == null) return;
        apply(partition, state, null);
        onLane(
                partition,
                "the files of a replica that moved away stay behind; the next start sets them aside",
                partition::delete);
    }

    private record Settings(LogSettings log, int minInSync) {}

    private Partition open(TopicIdPartition id, LogSettings logSettings, int minInSync) {
        PartitionLog log = store.openOrCreate(id, logSettings, wallClock.nowMs());
        if (log.view().damaged()) {
            LOG.atError()
                    .addKeyValue("partition", id)
                    .log("the partition's log is damaged; its intact parts are served");
        }
        return new Partition(
                id,
                nodeId,
                strands.lane(id.toString()),
                wallClock,
                log,
                store.syncer(),
                peers,
                minInSync,
                maxLagMs,
                store.highWatermark(log));
    }

    private void apply(Partition partition, PartitionImage state, @Nullable Settings changedSettings) {
        Assignment assignment = new Assignment(
                state.replicas(), state.isr(), state.leader(), state.leaderEpoch(), state.partitionEpoch(), -1);
        partition.lane().execute(() -> {
            int epochBefore = partition.view().leaderEpoch();
            if (changedSettings != null) partition.configure(changedSettings.log(), changedSettings.minInSync());
            partition.assign(assignment);
            if (partition.view().leaderEpoch() == epochBefore) return;
            for (LeadershipListener listener : leadershipListeners) {
                if (partition.view().leading()) listener.onLeading(partition, assignment.leaderEpoch());
                else listener.onNotLeading(partition, assignment.leaderEpoch());
            }
        });
    }

    /// Puts partitions aside that lie on this disk but that the metadata does not know.
    public void quarantineStrays(ClusterImage image) {
        for (LogStore.Stored stored : store.stored()) {
            Uuid topicId = stored.topicId();
            boolean known = image.topic(topicId)
                    .filter(topic -> stored.partition() < topic.partitions().size())
                    .isPresent();
            if (known) continue;
            LOG.atWarn().addKeyValue("partition", stored).log("the metadata does not know this partition; set aside");
            store.quarantine(topicId, stored.partition(), wallClock.nowMs());
        }
    }

    /// Looks for followers that are behind for too long, on the calling thread: a background one.
    public void checkIsrs() {
        for (Partition partition : partitions.values()) {
            PartitionView view = partition.view();
            if (view.leading() && view.assignment().replicas().size() > 1) {
                partition.lane().execute(partition::checkIsr);
            }
        }
    }

    /// Keeps what is known to be committed for the next start, on the calling thread: a background one.
    public void writeHighWatermarks() {
        for (Partition partition : partitions.values()) {
            store.noteHighWatermark(partition.id(), partition.view().highWatermark());
        }
        store.writeHighWatermarks();
    }

    /// Applies retention to every partition, on the calling thread: a background one. The log tells what it
    /// deletes.
    public void deleteOldSegments() {
        for (Partition partition : partitions.values()) {
            onLane(partition, "retention failed; it is tried again", partition::deleteOldSegments);
        }
    }

    /// What the disk refuses here is told and left for the next time: it is no reason to stop the node, as an event
    /// that fails would be.
    private static void onLane(Partition partition, String whenRefused, Runnable event) {
        partition.lane().execute(() -> {
            try {
                event.run();
            } catch (LogFailure failure) {
                LOG.atError()
                        .setCause(failure)
                        .addKeyValue("partition", partition.id())
                        .log(whenRefused);
            }
        });
    }

    /// Compacts what is due, one partition after the other, on the calling thread: a background one.
    public void compact() {
        for (Partition partition : partitions.values()) {
            CompletableFuture<Optional<Compaction>> prepared = new CompletableFuture<>();
            onLane(partition, "compaction could not begin", () -> prepared.complete(partition.prepareCompaction()));
            partition.lane().execute(() -> prepared.complete(Optional.empty())); // Counts only if nothing came before.
            prepared.join().ifPresent(compaction -> compact(partition, compaction));
        }
    }

    private static void compact(Partition partition, Compaction compaction) {
        compaction.run();
        onLane(partition, "compaction failed", () -> {
            long savedBytes = partition.completeCompaction(compaction);
            LOG.atInfo()
                    .addKeyValue("partition", partition.id())
                    .addKeyValue("savedBytes", savedBytes)
                    .log("log compacted");
        });
    }

    /// Stops leading everywhere and closes all logs. Returns when they are closed.
    @Override
    public void close() {
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        for (Partition partition : partitions.values()) {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            closing.add(closed);
            strands.workers()
                    .execute(() -> partition.lane().execute(() -> {
                        try {
                            partition.close();
                            closed.complete(null);
                        } catch (RuntimeException failure) {
                            closed.completeExceptionally(failure);
                        }
                    }));
        }
        writeHighWatermarks();
        CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new)).join();
        partitions.clear();
    }
}
