package io.chronik.log;

import java.util.Map;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Which records survive: the newest of each key; a tombstone until its delete horizon, which is set when it is
/// first compacted (KIP-534); everything in control batches. The last batch of a producer, and of a segment, stays
/// even when it is empty, so that sequences and offsets go on from there.
final class CompactionFilter extends RecordFilter {
    private final KeyOffsets newest;
    private final Map<Long, Long> lastOffsetOfProducer;
    private long segmentLastOffset = -1;

    CompactionFilter(KeyOffsets newest, Map<Long, Long> lastOffsetOfProducer, long nowMs, long deleteRetentionMs) {
        super(nowMs, deleteRetentionMs);
        this.newest = newest;
        this.lastOffsetOfProducer = lastOffsetOfProducer;
    }

    /// The batch that ends here is the last one of the segment that is being written.
    void keepBatchEndingAt(long lastOffset) {
        segmentLastOffset = lastOffset;
    }

    @Override
    protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
        boolean producersLast = batch.hasProducerId()
                && lastOffsetOfProducer.getOrDefault(batch.producerId(), -1L) == batch.lastOffset();
        boolean kept = producersLast || batch.lastOffset() == segmentLastOffset;
        return new BatchRetentionResult(kept ? BatchRetention.RETAIN_EMPTY : BatchRetention.DELETE_EMPTY, false);
    }

    @Override
    protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
        if (batch.isControlBatch()) return true;
        if (!record.hasKey() || newest.newest(record.key()) > record.offset()) return false;
        return record.hasValue()
                || batch.deleteHorizonMs().isEmpty()
                || currentTime < batch.deleteHorizonMs().getAsLong();
    }
}
