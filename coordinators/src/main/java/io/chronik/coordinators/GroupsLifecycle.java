package io.chronik.coordinators;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.ImageDelta;
import io.chronik.metadata.TopicImage;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// When Kafka's coordinator exists: from the first image with `__consumer_offsets` on, whose partition count it
/// must know, and anew when that topic is deleted and created again.
///
///     waiting --topic appears--> running --topic has another id--> running (new) --close--> closed
///
/// Images are worked out on a thread of its own, because the library blocks there while it deletes the offsets of
/// deleted topics; those that come meanwhile are worked out as one, but for a topic that would come and go unseen, as
/// the library forgets offsets only of what it has seen. Elections may come before the image that they belong to, and
/// are kept for it.
final class GroupsLifecycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupsLifecycle.class);
    private static final long CLOSE_TIMEOUT_S = 10;

    private final Function<LoadedPartitions, GroupCoordinator> builder;
    private final ExecutorService metadataThread;
    private final AtomicBoolean imageWaits = new AtomicBoolean();
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private volatile ClusterImage latest = ClusterImage.EMPTY;

    /// What the metadata thread has worked out.
    private volatile ClusterImage seen = ClusterImage.EMPTY;

    /// Images that are not to be left out, the oldest first.
    private final Queue<ClusterImage> beforeDeletions = new ConcurrentLinkedQueue<>();

    private volatile @Nullable GroupCoordinator coordinator;
    private volatile LoadedPartitions loaded = new LoadedPartitions();

    // Guarded by this.
    private final SortedMap<Integer, Integer> leaderEpochs = new TreeMap<>();
    private boolean closed;

    // Of the metadata thread.
    private Uuid offsetsTopicId = Uuid.ZERO_UUID;
    private TopicMetadata topics = new TopicMetadata();
    private GroupConfigs configs = new GroupConfigs();

    /// Works out images on `metadataThread`, which it shuts down when it closes.
    GroupsLifecycle(Function<LoadedPartitions, GroupCoordinator> builder, ExecutorService metadataThread) {
        this.builder = builder;
        this.metadataThread = metadataThread;
    }

    /// Null while the topic does not exist.
    @Nullable
    GroupCoordinator coordinator() {
        return coordinator;
    }

    CompletableFuture<Void> whenStarted() {
        return started.copy();
    }

    CompletableFuture<Void> whenLoaded(int partition) {
        return loaded.whenLoaded(partition).copy();
    }

    void onImage(ImageDelta delta) {
        boolean waiting = coordinator == null && offsetsTopic(delta.after()).isEmpty();
        if (!waiting && hidesATopic(delta)) beforeDeletions.add(delta.before());
        latest = delta.after();
        if (waiting) return;
        if (imageWaits.compareAndSet(false, true)) schedule();
    }

    private boolean hidesATopic(ImageDelta delta) {
        ClusterImage known = seen;
        return delta.topics().stream()
                .anyMatch(id -> known.topic(id).isEmpty()
                        && delta.before().topic(id).isPresent()
                        && delta.after().topic(id).isEmpty());
    }

    synchronized void onElection(int partition, int leaderEpoch) {
        boolean ledBefore = leaderEpochs.put(partition, leaderEpoch) != null;
        GroupCoordinator running = coordinator;
        if (running == null || closed) return;
        if (ledBefore) unload(running, partition);
        load(running, loaded, partition, leaderEpoch);
    }

    private static void load(GroupCoordinator running, LoadedPartitions partitions, int partition, int leaderEpoch) {
        partitions.ask(partition, () -> running.onElection(partition, leaderEpoch));
    }

    /// In whatever epoch the library has it.
    private void unload(GroupCoordinator running, int partition) {
        loaded.giveUp(partition, () -> running.onResignation(partition, OptionalInt.empty()));
    }

    /// Late news of an epoch before the one that it was elected in change nothing.
    synchronized void onResignation(int partition, OptionalInt leaderEpoch) {
        Integer elected = leaderEpochs.get(partition);
        if (elected == null || (leaderEpoch.isPresent() && leaderEpoch.getAsInt() <= elected)) return;
        leaderEpochs.remove(partition);
        GroupCoordinator running = coordinator;
        if (running != null && !closed) unload(running, partition);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) return;
            closed = true;
        }
        metadataThread.shutdown();
        GroupCoordinator running = coordinator;
        if (running != null) running.shutdown();
        try {
            if (!metadataThread.awaitTermination(CLOSE_TIMEOUT_S, TimeUnit.SECONDS)) {
                LOG.atWarn().log("Group metadata was still being worked out when the groups closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void schedule() {
        if (!closed) metadataThread.execute(this::catchUp);
    }

    private void catchUp() {
        imageWaits.set(false);
        ClusterImage image = latest;
        // A newer one came after `image` was taken: it has its turn next time.
        while (isNotBehind(image, beforeDeletions.peek())) follow(beforeDeletions.remove());
        follow(image);
    }

    private static boolean isNotBehind(ClusterImage image, @Nullable ClusterImage next) {
        return next != null && next.appliedIndex() <= image.appliedIndex();
    }

    private void follow(ClusterImage image) {
        try {
            offsetsTopic(image)
                    .filter(topic -> !topic.id().equals(offsetsTopicId))
                    .ifPresent(topic -> start(topic, image));
            GroupCoordinator running = coordinator;
            if (running != null) tell(running, image);
            seen = image;
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("appliedIndex", image.appliedIndex())
                    .setCause(e)
                    .log("Groups could not follow a metadata change");
        }
    }

    private void start(TopicImage topic, ClusterImage image) {
        GroupCoordinator outdated = coordinator;
        if (outdated != null) outdated.shutdown();
        LoadedPartitions partitions = outdated == null ? loaded : new LoadedPartitions();
        GroupCoordinator fresh = builder.apply(partitions);
        fresh.startup(() -> topic.partitions().size());
        topics = new TopicMetadata();
        configs = new GroupConfigs();
        tell(fresh, image);
        offsetsTopicId = topic.id();
        publish(fresh, partitions);
        LOG.atInfo().addKeyValue("partitionCount", topic.partitions().size()).log("Group coordinator is up");
    }

    private void publish(GroupCoordinator fresh, LoadedPartitions partitions) {
        synchronized (this) {
            loaded = partitions;
            coordinator = fresh;
            if (closed) fresh.shutdown();
            else leaderEpochs.forEach((partition, epoch) -> load(fresh, partitions, partition, epoch));
        }
        started.complete(null);
    }

    private void tell(GroupCoordinator running, ClusterImage image) {
        configs.advanceTo(image, running);
        topics.advanceTo(image).ifPresent(step -> running.onMetadataUpdate(step.delta(), step.image()));
    }

    private static Optional<TopicImage> offsetsTopic(ClusterImage image) {
        return image.topic(Topic.GROUP_METADATA_TOPIC_NAME);
    }
}
