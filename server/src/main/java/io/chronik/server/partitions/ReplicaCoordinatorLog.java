package io.chronik.server.partitions;

import io.chronik.coordinators.CoordinatorLog;
import io.chronik.log.LogSlice;
import io.chronik.log.LogView;
import io.chronik.metadata.ClusterImage;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionView;
import io.chronik.server.metadata.MetadataService;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// The log of the coordinators: internal topics, on this node's replicas. Coordinator threads wait in [#append] for
/// their turn on the partition's lane, which is short: nothing on a lane waits for a sync.
public final class ReplicaCoordinatorLog implements CoordinatorLog {
    private record WatchKey(TopicPartition partition, HighWatermarkListener listener) {}

    private final MetadataService metadata;
    private final PartitionRegistry registry;
    private final TopicSettingsSource settings;
    private final Executor workers;
    private final Map<WatchKey, Watch> watches = new ConcurrentHashMap<>();

    public ReplicaCoordinatorLog(
            MetadataService metadata, PartitionRegistry registry, TopicSettingsSource settings, Executor workers) {
        this.metadata = metadata;
        this.registry = registry;
        this.settings = settings;
        this.workers = workers;
    }

    @Override
    public long append(TopicPartition id, MemoryRecords records) {
        Partition partition = leading(id);
        CompletableFuture<Partition.CoordinatorAppend> appended = new CompletableFuture<>();
        partition.lane().execute(() -> {
            try {
                appended.complete(partition.appendAsCoordinator(records));
            } catch (RuntimeException failure) {
                appended.completeExceptionally(failure);
                throw failure;
            }
        });
        return switch (appended.join()) {
            case Partition.CoordinatorAppend.Appended(long endOffset) -> endOffset;
            case Partition.CoordinatorAppend.NotLeader _ -> throw notLeader(id);
            case Partition.CoordinatorAppend.Failed(var error, var message) -> throw error.exception(message);
        };
    }

    @Override
    public void watch(TopicPartition id, HighWatermarkListener listener) {
        Partition partition = leading(id);
        Watch watch = new Watch(partition, partition.view().leaderEpoch(), listener);
        watches.put(new WatchKey(id, listener), watch);
        partition.lane().execute(() -> partition.addListener(watch));
    }

    @Override
    public void unwatch(TopicPartition id, HighWatermarkListener listener) {
        Watch watch = watches.remove(new WatchKey(id, listener));
        if (watch != null) watch.partition.lane().execute(() -> watch.partition.removeListener(watch));
    }

    /// Passes on the high watermarks of one leader epoch.
    private record Watch(Partition partition, int leaderEpoch, HighWatermarkListener listener)
            implements io.chronik.replication.HighWatermarkListener {
        @Override
        public void onChange(PartitionView view) {
            if (view.leading() && view.leaderEpoch() == leaderEpoch) listener.onHighWatermark(view.highWatermark());
        }
    }

    @Override
    public Bounds bounds(TopicPartition id) {
        PartitionView view = leading(id).view();
        LogView log = view.log();
        return new Bounds(log.startOffset(), view.highWatermark(), log.endOffset());
    }

    @Override
    public MemoryRecords read(TopicPartition id, long fromOffset, int maxBytes) {
        LogView log = leading(id).view().log();
        try (LogSlice slice = log.read(fromOffset, log.endOffset(), maxBytes, true)) {
            return MemoryRecords.readableRecords(slice.copy());
        } catch (IOException failure) {
            throw new KafkaStorageException("cannot read " + id + " at " + fromOffset, failure);
        }
    }

    @Override
    public int maxMessageSizeBytes(TopicPartition id) {
        return settings.logSettings(metadata.image(), id.topic()).maxMessageBytes();
    }

    @Override
    public CompletableFuture<Void> deleteRecords(TopicPartition id, long offset) {
        Partition partition = leading(id);
        CompletableFuture<Void> done = new CompletableFuture<>();
        workers.execute(() -> partition.lane().execute(() -> {
            switch (partition.deleteRecordsBefore(offset)) {
                case Partition.DeleteRecordsResult.Deleted _ -> done.complete(null);
                case Partition.DeleteRecordsResult.NotLeader _ -> done.completeExceptionally(notLeader(id));
                case Partition.DeleteRecordsResult.OutOfRange _ ->
                    done.completeExceptionally(new OffsetOutOfRangeException("offset " + offset + " of " + id));
                case Partition.DeleteRecordsResult.StorageFailed(var message) ->
                    done.completeExceptionally(new KafkaStorageException(message));
            }
        }));
        return done;
    }

    private Partition leading(TopicPartition id) {
        ClusterImage image = metadata.image();
        Optional<Partition> partition = image.topic(id.topic())
                .flatMap(topic -> registry.find(new TopicIdPartition(topic.id(), id.partition(), topic.name())))
                .filter(replica -> replica.view().leading());
        return partition.orElseThrow(() -> notLeader(id));
    }

    private static NotLeaderOrFollowerException notLeader(TopicPartition id) {
        return new NotLeaderOrFollowerException("this node does not lead " + id);
    }
}
