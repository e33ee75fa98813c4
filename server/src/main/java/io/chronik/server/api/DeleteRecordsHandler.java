package io.chronik.server.api;

import io.chronik.base.Lane;
import io.chronik.log.LogSettings;
import io.chronik.replication.HighWatermarkListener;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionView;
import io.chronik.server.net.ClientRequest;
import io.chronik.server.partitions.TopicSettingsSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.jspecify.annotations.Nullable;

/// DeleteRecords: moves the starts of logs, and answers when all in-sync replicas have: what is deleted must not come
/// back with another leader. It syncs, so it is done from a worker.
public final class DeleteRecordsHandler implements ApiHandler {
    private final PartitionLookup lookup;
    private final TopicSettingsSource settings;
    private final Executor workers;

    public DeleteRecordsHandler(PartitionLookup lookup, TopicSettingsSource settings, Executor workers) {
        this.lookup = lookup;
        this.settings = settings;
        this.workers = workers;
    }

    @Override
    public void handle(ClientRequest request) {
        DeleteRecordsRequest body = (DeleteRecordsRequest) request.body();
        DeleteRecordsResponseData data = new DeleteRecordsResponseData();
        List<CompletableFuture<Void>> pending = new ArrayList<>();
        for (DeleteRecordsTopic topic : body.data().topics()) {
            DeleteRecordsTopicResult result = new DeleteRecordsTopicResult().setName(topic.name());
            data.topics().add(result);
            for (DeleteRecordsPartition partition : topic.partitions()) {
                DeleteRecordsPartitionResult slot =
                        new DeleteRecordsPartitionResult().setPartitionIndex(partition.partitionIndex());
                result.partitions().add(slot);
                pending.add(delete(topic.name(), partition, body.data().timeoutMs(), slot));
            }
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new));
        var _ = all.whenComplete((_, failure) -> {
            if (failure == null) request.reply(new DeleteRecordsResponse(data));
            else request.reply(body.getErrorResponse(0, failure));
        });
    }

    private CompletableFuture<Void> delete(
            String topic, DeleteRecordsPartition asked, int timeoutMs, DeleteRecordsPartitionResult slot) {
        if (Topic.isInternal(topic)) return failed(slot, Errors.INVALID_TOPIC_EXCEPTION);
        return switch (lookup.find(topic, Uuid.ZERO_UUID, asked.partitionIndex())) {
            case PartitionLookup.Found.Missing(Errors error) -> failed(slot, error);
            case PartitionLookup.Found.Local(Partition replica) -> {
                LogSettings effective = settings.logSettings(lookup.image(), topic);
                if (!effective.deleteEnabled()) yield failed(slot, Errors.POLICY_VIOLATION);
                CompletableFuture<Void> done = new CompletableFuture<>();
                workers.execute(() -> replica.lane().execute(() -> {
                    switch (replica.deleteRecordsBefore(asked.offset())) {
                        case Partition.DeleteRecordsResult.Deleted(long startOffset) ->
                            new Waiting(replica, startOffset, slot, done).start(timeoutMs);
                        case Partition.DeleteRecordsResult result -> {
                            fail(slot, errorOf(result));
                            done.complete(null);
                        }
                    }
                }));
                yield done;
            }
        };
    }

    private static CompletableFuture<Void> failed(DeleteRecordsPartitionResult slot, Errors error) {
        fail(slot, error);
        return CompletableFuture.completedFuture(null);
    }

    private static void fail(DeleteRecordsPartitionResult slot, Errors error) {
        slot.setErrorCode(error.code()).setLowWatermark(DeleteRecordsResponse.INVALID_LOW_WATERMARK);
    }

    private static Errors errorOf(Partition.DeleteRecordsResult result) {
        return switch (result) {
            case Partition.DeleteRecordsResult.Deleted _ -> Errors.NONE;
            case Partition.DeleteRecordsResult.OutOfRange _ -> Errors.OFFSET_OUT_OF_RANGE;
            case Partition.DeleteRecordsResult.NotLeader _ -> Errors.NOT_LEADER_OR_FOLLOWER;
            case Partition.DeleteRecordsResult.StorageFailed _ -> Errors.KAFKA_STORAGE_ERROR;
        };
    }

    /// One partition whose followers have not deleted yet. On the partition's lane.
    private static final class Waiting implements HighWatermarkListener {
        private final Partition partition;
        private final long startOffset;
        private final DeleteRecordsPartitionResult slot;
        private final CompletableFuture<Void> done;
        private Lane.@Nullable Timer timer;

        Waiting(
                Partition partition,
                long startOffset,
                DeleteRecordsPartitionResult slot,
                CompletableFuture<Void> done) {
            this.partition = partition;
            this.startOffset = startOffset;
            this.slot = slot;
            this.done = done;
        }

        void start(int timeoutMs) {
            partition.addListener(this);
            if (done.isDone()) return;
            timer = partition.lane().after(timeoutMs, () -> {
                if (done.isDone()) return;
                fail(slot, Errors.REQUEST_TIMED_OUT);
                finish();
            });
        }

        @Override
        public void onChange(PartitionView view) {
            if (done.isDone()) return;
            long lowWatermark = partition.lowWatermark();
            if (!view.leading()) fail(slot, Errors.NOT_LEADER_OR_FOLLOWER);
            else if (lowWatermark < startOffset) return;
            else slot.setLowWatermark(lowWatermark);
            finish();
        }

        private void finish() {
            if (timer != null) timer.cancel();
            partition.removeListener(this);
            done.complete(null);
        }
    }
}
