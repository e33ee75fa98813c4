package io.chronik.server.api;

import io.chronik.base.Lane;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientRequest;
import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;

/// InitProducerId for idempotent producers: gives out the ids of a block that the controller gave this node, and gets
/// the next block when it is used up. Ids of a block that a restart forgot are never used: they are only
/// numbers. A transactional id is refused, because there are no transactions.
public final class InitProducerIdHandler implements ApiHandler {
    private static final int MAX_WAITING = 10_000;

    private final MetadataService metadata;
    private final Lane lane;
    private final Queue<ClientRequest> waiting = new ArrayDeque<>();
    private long nextId;
    private long endId;
    private boolean allocating;

    /// `lane` owns the block.
    public InitProducerIdHandler(MetadataService metadata, Lane lane) {
        this.metadata = metadata;
        this.lane = lane;
    }

    @Override
    public void handle(ClientRequest request) {
        InitProducerIdRequestData data = ((InitProducerIdRequest) request.body()).data();
        boolean hasId = data.producerId() != RecordBatch.NO_PRODUCER_ID;
        boolean hasEpoch = data.producerEpoch() != RecordBatch.NO_PRODUCER_EPOCH;
        if (data.transactionalId() != null) {
            boolean empty = data.transactionalId().isEmpty();
            fail(request, empty ? Errors.INVALID_REQUEST : Errors.UNSUPPORTED_VERSION);
        } else if (hasId != hasEpoch) {
            fail(request, Errors.INVALID_REQUEST);
        } else {
            lane.execute(() -> give(request));
        }
    }

    private void give(ClientRequest request) {
        if (nextId < endId) {
            request.reply(new InitProducerIdResponse(
                    new InitProducerIdResponseData().setProducerId(nextId++).setProducerEpoch((short) 0)));
            return;
        }
        if (waiting.size() >= MAX_WAITING) {
            fail(request, Errors.COORDINATOR_LOAD_IN_PROGRESS);
            return;
        }
        waiting.add(request);
        if (allocating) return;
        allocating = true;
        var _ = metadata.allocateProducerIds()
                .whenComplete((block, failure) -> lane.execute(() -> onAllocated(block, failure)));
    }

    private void onAllocated(
            MetadataService.ProducerIdBlock block, @org.jspecify.annotations.Nullable Throwable failure) {
        allocating = false;
        if (failure != null) {
            // Retriable for every client: the controller will be back.
            for (ClientRequest each = waiting.poll(); each != null; each = waiting.poll()) {
                fail(each, Errors.COORDINATOR_LOAD_IN_PROGRESS);
            }
            return;
        }
        nextId = block.firstId();
        endId = block.firstId() + block.count();
        int count = waiting.size();
        for (int i = 0; i < count; i++) give(waiting.remove());
    }

    private static void fail(ClientRequest request, Errors error) {
        request.reply(new InitProducerIdResponse(new InitProducerIdResponseData()
                .setErrorCode(error.code())
                .setProducerId(RecordBatch.NO_PRODUCER_ID)
                .setProducerEpoch(RecordBatch.NO_PRODUCER_EPOCH)));
    }
}
