package io.chronik.server.api;

import io.chronik.log.LogSettings;
import io.chronik.replication.Partition;
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

/// DeleteRecords: moves the starts of logs. It syncs, so it is done from a worker.
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
                pending.add(delete(topic.name(), partition, slot));
            }
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new));
        var _ = all.whenComplete((_, failure) -> {
            if (failure == null) request.reply(new DeleteRecordsResponse(data));
            else request.reply(body.getErrorResponse(0, failure));
        });
    }

    private CompletableFuture<Void> delete(
            String topic, DeleteRecordsPartition asked, DeleteRecordsPartitionResult slot) {
        if (Topic.isInternal(topic)) return failed(slot, Errors.INVALID_TOPIC_EXCEPTION);
        return switch (lookup.find(topic, Uuid.ZERO_UUID, asked.partitionIndex())) {
            case PartitionLookup.Found.Missing(Errors error) -> failed(slot, error);
            case PartitionLookup.Found.Local(Partition replica) -> {
                LogSettings effective = settings.logSettings(lookup.image(), topic);
                if (!effective.deleteEnabled()) yield failed(slot, Errors.POLICY_VIOLATION);
                CompletableFuture<Void> done = new CompletableFuture<>();
                workers.execute(() -> replica.lane().execute(() -> {
                    fill(slot, replica.deleteRecordsBefore(asked.offset()));
                    done.complete(null);
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

    private static void fill(DeleteRecordsPartitionResult slot, Partition.DeleteRecordsResult result) {
        switch (result) {
            case Partition.DeleteRecordsResult.Deleted(long lowWatermark) -> slot.setLowWatermark(lowWatermark);
            case Partition.DeleteRecordsResult.OutOfRange _ -> fail(slot, Errors.OFFSET_OUT_OF_RANGE);
            case Partition.DeleteRecordsResult.NotLeader _ -> fail(slot, Errors.NOT_LEADER_OR_FOLLOWER);
            case Partition.DeleteRecordsResult.StorageFailed _ -> fail(slot, Errors.KAFKA_STORAGE_ERROR);
        }
    }
}
