package io.chronik.log;

import java.util.List;
import org.apache.kafka.common.record.internal.RecordBatch;

/// What the log remembers of one producer id: its epoch and its last five batches, the oldest first. Immutable.
/// `updatedMs` is when it last appended, by the log's clock: what its expiry counts from.
record ProducerEntry(long producerId, short epoch, long updatedMs, List<Batch> batches) {
    private static final int BATCHES_KEPT = 5;

    /// A batch that was appended: its sequences and offsets (both inclusive) and its timestamp.
    record Batch(int firstSequence, int lastSequence, long baseOffset, long lastOffset, long timestampMs) {}

    ProducerEntry {
        batches = List.copyOf(batches);
    }

    static ProducerEntry first(long producerId, short epoch, Batch batch, long nowMs) {
        return new ProducerEntry(producerId, epoch, nowMs, List.of(batch));
    }

    /// This entry after `batch`. A newer epoch forgets the batches of the older one.
    ProducerEntry with(short batchEpoch, Batch batch, long nowMs) {
        if (batchEpoch != epoch) return first(producerId, batchEpoch, batch, nowMs);
        int kept = Math.min(batches.size(), BATCHES_KEPT - 1);
        Batch[] next = new Batch[kept + 1];
        for (int i = 0; i < kept; i++) next[i] = batches.get(batches.size() - kept + i);
        next[kept] = batch;
        return new ProducerEntry(producerId, epoch, nowMs, List.of(next));
    }

    int lastSequence() {
        return batches.isEmpty() ? RecordBatch.NO_SEQUENCE : batches.getLast().lastSequence;
    }

    long lastTimestampMs() {
        return batches.isEmpty() ? RecordBatch.NO_TIMESTAMP : batches.getLast().timestampMs;
    }
}
