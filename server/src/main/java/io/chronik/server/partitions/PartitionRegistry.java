package io.chronik.server.partitions;

import io.chronik.base.Lane;
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
import io.chronik.server.metadata.ControllerService;
import io.chronik.server.metadata.MetadataService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
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
    private final Function<String, Lane> lanes;
    private final Executor workers;
    private final WallClock wallClock;
    private final TopicSettingsSource settings;
    private final PartitionPeers peers;
    private final long maxLagMs;
    private final Map<TopicIdPartition, Partition> partitions = new ConcurrentHashMap<>();
    private final List<LeadershipListener> leadershipListeners = new CopyOnWriteArrayList<>();
    /// Completes when every image told so far has been carried out.
    private volatile CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);

    private final GivenUpReplicas givenUp;
    private final FormerTopics formerTopics = new FormerTopics();

    /// `lanes` makes a lane by its name; `workers` may block on the disk. `maxLagMs`: `replica.lag.time.max.ms`.
    public PartitionRegistry(
            int nodeId,
            LogStore store,
            Function<String, Lane> lanes,
            Executor workers,
            WallClock wallClock,
            TopicSettingsSource settings,
            PartitionPeers peers,
            long maxLagMs) {
        this.nodeId = nodeId;
        this.peers = peers;
        this.maxLagMs = maxLagMs;
        this.store = store;
        this.lanes = lanes;
        this.workers = workers;
        this.wallClock = wallClock;
        this.settings = settings;
        this.givenUp = new GivenUpReplicas(
                nodeId, store, wallClock, new OfThisNode(), lanes.apply("replicas that are given up"));
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

    /// Follows `metadata` from when it shows that this process has registered, as `nodeEpoch`. Completes when what is
    /// assigned here then is open.
    ///
    /// Not before: by the metadata that was on the disk the process before may still lead. This one may have lost
    /// the end of its log, and would give its offsets away a second time in the same leader epoch; then replicas
    /// differ and nobody can see it. A registration ends every epoch in which the node led.
    public CompletableFuture<Void> enter(ControllerService metadata, long nodeEpoch) {
        return metadata.published(image -> isRegistered(image, nodeEpoch))
                .thenComposeAsync(_ -> follow(metadata), workers);
    }

    private CompletableFuture<Void> follow(ControllerService metadata) {
        quarantineStrays(metadata.image());
        metadata.addListener(this);
        return metadata.published().thenCompose(_ -> settled());
    }

    private boolean isRegistered(ClusterImage image, long nodeEpoch) {
        return image.node(nodeId).filter(node -> node.epoch() >= nodeEpoch).isPresent();
    }

    /// The image that was told last: what the workers bring the replicas to.
    private volatile ClusterImage latest = ClusterImage.EMPTY;

    /// Replicas that are open hear of their new roles at once: a fail-over does not wait for somebody's new topic.
    @Override
    public void onImage(ImageDelta delta) {
        latest = delta.after();
        Steps steps = new Steps();
        for (Uuid topic : delta.topics()) {
            delta.after()
                    .topic(topic)
                    .ifPresentOrElse(
                            image -> assign(image, delta.partitionsOf(topic), steps),
                            () -> delta.before().topic(topic).ifPresent(gone -> delete(gone, steps)));
        }
        for (ConfigResource resource : delta.configs()) {
            if (resource.type() == ConfigResource.Type.TOPIC) {
                delta.after().topic(resource.name()).ifPresent(topic -> steps.configured.add(topic.id()));
            } else if (resource.type() == ConfigResource.Type.BROKER) {
                steps.configured.addAll(delta.after().topicsById().keySet());
            }
        }
        if (steps.isEmpty()) return;
        enqueue(() -> carryOut(steps));
    }

    /// One step after the other, on the workers.
    private synchronized void enqueue(Supplier<CompletableFuture<Void>> step) {
        settled = settled.thenComposeAsync(_ -> step.get(), workers);
    }

    /// What an image asks of the disk: for the workers, in the order of the images.
    private static final class Steps {
        final List<Partition> closed = new ArrayList<>();
        final SortedMap<Uuid, List<Integer>> opened = new TreeMap<>();
        final SortedSet<Uuid> configured = new TreeSet<>();

        boolean isEmpty() {
            return closed.isEmpty() && opened.isEmpty() && configured.isEmpty();
        }
    }

    private void assign(TopicImage topic, Collection<Integer> indexes, Steps steps) {
        List<Integer> absent = new ArrayList<>();
        for (int index : indexes) {
            PartitionImage state = topic.partitions().get(index);
            TopicIdPartition id = new TopicIdPartition(topic.id(), index, topic.name());
            boolean here = state.replicas().contains(nodeId);
            Partition partition = here ? partitions.get(id) : partitions.remove(id);
            if (partition != null) tell(partition, state);
            if (partition == null && here) absent.add(index);
            if (partition != null && !here) steps.closed.add(partition);
        }
        if (!absent.isEmpty()) steps.opened.put(topic.id(), absent);
    }

    private void delete(TopicImage topic, Steps steps) {
        formerTopics.add(topic.name());
        for (int index = 0; index < topic.partitions().size(); index++) {
            Partition partition = partitions.remove(new TopicIdPartition(topic.id(), index, topic.name()));
            if (partition == null) continue;
            steps.closed.add(partition);
            tellNotLeading(partition);
        }
    }

    private CompletableFuture<Void> carryOut(Steps steps) {
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        for (Partition partition : steps.closed) closing.add(delete(partition));
        // The same directory may be opened again.
        return allOf(closing).thenComposeAsync(_ -> openAndConfigure(steps), workers);
    }

    private CompletableFuture<Void> openAndConfigure(Steps steps) {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        steps.opened.forEach((topic, indexes) -> {
            // In parts, so that all workers open the logs of one large topic.
            for (int from = 0; from < indexes.size(); from += PARTITIONS_OF_A_STEP) {
                List<Integer> part = indexes.subList(from, Math.min(from + PARTITIONS_OF_A_STEP, indexes.size()));
                running.add(onWorker(() -> open(topic, part)));
            }
        });
        for (Uuid topic : steps.configured) running.add(onWorker(() -> configure(topic)));
        return allOf(running);
    }

    private static CompletableFuture<Void> allOf(List<CompletableFuture<Void>> steps) {
        return CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> onWorker(Runnable step) {
        return CompletableFuture.runAsync(step, workers).exceptionally(failure -> {
            LOG.atError().setCause(failure).log("applying a metadata change to the local replicas failed");
            return null;
        });
    }

    private void open(Uuid topicId, List<Integer> indexes) {
        TopicImage topic = latest.topic(topicId).orElse(null);
        if (topic == null) return;
        Settings topicSettings = settings(topic.name());
        for (int index : indexes) {
            TopicIdPartition id = new TopicIdPartition(topicId, index, topic.name());
            if (partitions.containsKey(id) || !isHere(id)) continue;
            try {
                if (givenUp.staysClosed(id)) continue;
                Optional<Partition> partition = open(id, topicSettings);
                if (partition.isEmpty()) continue;
                partitions.put(id, partition.get());
                givenUp.remove(id);
                afterOpening(partition.get());
            } catch (LogFailure failure) {
                givenUp.addUnreadable(id, failure);
            }
        }
    }

    /// The metadata may have gone on meanwhile, and who told the replicas of it may not have found this one.
    private void afterOpening(Partition partition) {
        Optional<PartitionImage> state = assigned(partition.id());
        if (state.isPresent()) tell(partition, state.get());
        else if (partitions.remove(partition.id(), partition)) delete(partition).join();
    }

    private Optional<PartitionImage> assigned(TopicIdPartition id) {
        return latest.topic(id.topicId())
                .filter(topic -> id.partition() < topic.partitions().size())
                .map(topic -> topic.partitions().get(id.partition()))
                .filter(state -> state.replicas().contains(nodeId));
    }

    private boolean isHere(TopicIdPartition id) {
        return assigned(id).isPresent();
    }

    private Settings settings(String topic) {
        return new Settings(settings.logSettings(latest, topic), settings.minInSyncReplicas(latest, topic));
    }

    private void configure(Uuid topicId) {
        TopicImage topic = latest.topic(topicId).orElse(null);
        if (topic == null) return;
        Settings changed = settings(topic.name());
        for (int index = 0; index < topic.partitions().size(); index++) {
            Partition partition = partitions.get(new TopicIdPartition(topicId, index, topic.name()));
            if (partition == null) continue;
            partition.lane().execute(() -> partition.configure(changed.log(), changed.minInSync()));
        }
    }

    /// Completes when the replica's files are gone, or stay because the disk refuses.
    private CompletableFuture<Void> delete(Partition partition) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        onLane(
                partition,
                "the files of a replica that is not wanted stay behind; the next start sets them aside",
                () -> {
                    partition.delete();
                    store.forgetHighWatermark(partition.id());
                });
        partition.lane().execute(() -> done.complete(null));
        return done;
    }

    private record Settings(LogSettings log, int minInSync) {}

    /// Empty when the replica is lost.
    private Optional<Partition> open(TopicIdPartition id, Settings topicSettings) {
        PartitionLog log = store.openOrCreate(id, topicSettings.log(), wallClock.nowMs());
        if (formerTopics.contains(id.topic())) log.admitFormerProducers();
        ReplicaLoss loss = ReplicaLoss.of(
                log.view(), store.writtenHighWatermark(id), topicSettings.log().durability());
        if (loss != ReplicaLoss.NONE) {
            if (givenUp.isLost(id, loss)) {
                log.close();
                givenUp.add(id, loss);
                return Optional.empty();
            }
            LOG.atError()
                    .addKeyValue("partition", id)
                    .log("the partition's log is damaged; its intact parts are served");
            if (loss == ReplicaLoss.COMMITTED) store.forgetHighWatermark(id);
        }
        return Optional.of(new Partition(
                id,
                nodeId,
                lanes.apply(id.toString()),
                wallClock,
                log,
                store.syncer(),
                peers,
                topicSettings.minInSync(),
                maxLagMs,
                store.highWatermark(log)));
    }

    // ---- Lost replicas ----

    /// From now on lost replicas are told by `report`, as this node's registration is in the image. Completes when the
    /// metadata counts on none of them: then this node may be counted on.
    public CompletableFuture<Void> reportLost(LossReport report) {
        return givenUp.report(report);
    }

    /// Replicas that are assigned here and that nobody is served from.
    public int offlineCount() {
        return givenUp.count();
    }

    /// Looks for replicas whose directory has gone, or in which a read found damage, and tries again to open those
    /// that could not be read; on the calling thread, a background one. Often: followers can not read from such a
    /// leader, and leave the in-sync set when they are behind for too long. The last one in sync goes on, with the
    /// files that it has open.
    public void giveUpLost() {
        givenUp.tryUnreadable();
        givenUp.lookAt(partitions.values());
    }

    /// What is done with a replica's log when it is given up.
    private final class OfThisNode implements GivenUpReplicas.Registry {
        @Override
        public Optional<PartitionImage> assigned(TopicIdPartition id) {
            return PartitionRegistry.this.assigned(id);
        }

        @Override
        public void enqueue(Supplier<CompletableFuture<Void>> step) {
            PartitionRegistry.this.enqueue(step);
        }

        @Override
        public CompletableFuture<Void> open(Collection<TopicIdPartition> ids) {
            Steps steps = new Steps();
            for (TopicIdPartition id : ids) {
                steps.opened
                        .computeIfAbsent(id.topicId(), _ -> new ArrayList<>())
                        .add(id.partition());
            }
            return openAndConfigure(steps);
        }

        @Override
        public void forget(Partition partition) {
            partitions.remove(partition.id(), partition);
            tellNotLeading(partition);
        }

        @Override
        public CompletableFuture<Void> close(Partition partition) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            onLane(partition, "a lost replica's log did not close cleanly", partition::close);
            partition.lane().execute(() -> done.complete(null));
            return done;
        }
    }

    private void tellNotLeading(Partition partition) {
        partition.lane().execute(() -> {
            int endedEpoch = partition.view().leaderEpoch() + 1;
            for (LeadershipListener listener : leadershipListeners) listener.onNotLeading(partition, endedEpoch);
        });
    }

    private void tell(Partition partition, PartitionImage state) {
        Assignment assignment = new Assignment(
                state.replicas(),
                state.isr(),
                state.leader(),
                state.leaderEpoch(),
                state.partitionEpoch(),
                state.uncleanEpoch());
        partition.lane().execute(() -> {
            int epochBefore = partition.view().leaderEpoch();
            partition.assign(assignment);
            if (partition.view().leaderEpoch() == epochBefore) return;
            for (LeadershipListener listener : leadershipListeners) {
                if (partition.view().leading()) listener.onLeading(partition, assignment.leaderEpoch());
                else listener.onNotLeading(partition, assignment.leaderEpoch());
            }
        });
    }

    /// Puts partitions aside that lie on this disk but that the metadata does not know, or has elsewhere.
    private void quarantineStrays(ClusterImage image) {
        for (LogStore.Stored stored : store.stored()) {
            Uuid topicId = stored.topicId();
            boolean known = image.topic(topicId)
                    .filter(topic -> stored.partition() < topic.partitions().size())
                    .filter(topic -> topic.partitions()
                            .get(stored.partition())
                            .replicas()
                            .contains(nodeId))
                    .isPresent();
            if (known) continue;
            LOG.atWarn()
                    .addKeyValue("partition", stored)
                    .log("the metadata has no replica of this partition here; set aside");
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
        closeAll().join();
    }

    /// The same for who can't wait: completes when the logs are closed.
    public CompletableFuture<Void> closeAll() {
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        for (Partition partition : partitions.values()) {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            closing.add(closed);
            workers.execute(() -> partition.lane().execute(() -> {
                try {
                    partition.close();
                    closed.complete(null);
                } catch (RuntimeException failure) {
                    closed.completeExceptionally(failure);
                }
            }));
        }
        writeHighWatermarks();
        return allOf(closing).thenRun(partitions::clear);
    }
}
