package io.chronik.coordinators;

import io.chronik.coordinators.CoordinatorLog.Bounds;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a partition's groups into memory by replaying its log from start to end, committed or not: this node
/// leads the partition, so what is at its end will be committed or the node stops leading.
///
/// The state machine keeps a snapshot at every offset at which it may be read (the high watermark and later batch
/// ends), and counts offsets along with the log. So it is told the exact high watermark, also where compaction
/// left no batch that ends there, and the exact log end, also when the last batches are gone.
final class GroupReplay implements CoordinatorLoader<CoordinatorRecord> {
    private static final Logger LOG = LoggerFactory.getLogger(GroupReplay.class);

    /// Below the high watermark a commit now and then lets the state machine forget what it could go back to.
    private static final long COMMIT_INTERVAL_OFFSETS = 16_384;

    private final CoordinatorLog log;
    private final LoadedPartitions loaded;
    private final Deserializer<CoordinatorRecord> deserializer;
    private final int readSizeBytes;
    private final Time time;
    private final ExecutorService thread;
    private volatile boolean closed;

    /// Loads one partition at a time on `thread`, which it shuts down when it closes.
    GroupReplay(
            CoordinatorLog log,
            LoadedPartitions loaded,
            Deserializer<CoordinatorRecord> deserializer,
            int readSizeBytes,
            Time time,
            ExecutorService thread) {
        this.log = log;
        this.loaded = loaded;
        this.deserializer = deserializer;
        this.readSizeBytes = readSizeBytes;
        this.time = time;
        this.thread = thread;
    }

    @Override
    public CompletableFuture<LoadSummary> load(
            TopicPartition partition, CoordinatorPlayback<CoordinatorRecord> coordinator) {
        CompletableFuture<LoadSummary> summary = new CompletableFuture<>();
        long queuedMs = time.milliseconds();
        long ticket = loaded.begin(partition.partition());
        try {
            thread.execute(() -> {
                try {
                    LoadSummary done = new Run(partition, coordinator).replay(queuedMs);
                    loaded.end(partition.partition(), ticket, () -> summary.complete(done));
                } catch (Throwable e) {
                    loaded.end(partition.partition(), ticket, () -> summary.completeExceptionally(e));
                }
            });
        } catch (RejectedExecutionException e) {
            summary.completeExceptionally(e);
        }
        return summary;
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdown();
    }

    /// One load of one partition.
    private final class Run {
        private final TopicPartition partition;
        private final CoordinatorPlayback<CoordinatorRecord> coordinator;
        private long nextOffset;
        private long writtenOffset;
        private long committedOffset;
        private long recordCount;
        private long sizeBytes;

        Run(TopicPartition partition, CoordinatorPlayback<CoordinatorRecord> coordinator) {
            this.partition = partition;
            this.coordinator = coordinator;
        }

        LoadSummary replay(long queuedMs) {
            long startMs = time.milliseconds();
            Bounds bounds = log.bounds(partition);
            nextOffset = bounds.startOffset();
            while (nextOffset < bounds.endOffset()) {
                checkOpen();
                int read = replayRead(bounds);
                bounds = log.bounds(partition);
                if (read == 0) break;
            }
            commit(bounds.highWatermark());
            written(bounds.endOffset());
            return new LoadSummary(startMs, time.milliseconds(), startMs - queuedMs, recordCount, sizeBytes);
        }

        private void checkOpen() {
            if (closed) throw new NotLeaderOrFollowerException("the node is stopping");
        }

        private int replayRead(Bounds bounds) {
            int batchCount = 0;
            for (MutableRecordBatch batch :
                    log.read(partition, nextOffset, readSizeBytes).batches()) {
                batchCount++;
                sizeBytes += batch.sizeInBytes();
                if (batch.nextOffset() <= nextOffset) continue;
                if (batch.baseOffset() >= bounds.highWatermark()) commit(bounds.highWatermark());
                replayBatch(batch, bounds.startOffset());
                nextOffset = batch.nextOffset();
                if (nextOffset > bounds.highWatermark()) written(nextOffset);
                else if (nextOffset - committedOffset >= COMMIT_INTERVAL_OFFSETS) commit(nextOffset);
            }
            return batchCount;
        }

        private void replayBatch(MutableRecordBatch batch, long startOffset) {
            for (Record record : batch) {
                recordCount++;
                if (record.offset() < startOffset) continue;
                if (batch.isControlBatch()) replayMarker(batch, record);
                else replayRecord(batch, record);
            }
        }

        private void replayMarker(MutableRecordBatch batch, Record record) {
            switch (ControlRecordType.parse(record.key())) {
                case COMMIT ->
                    coordinator.replayEndTransactionMarker(
                            batch.producerId(), batch.producerEpoch(), TransactionResult.COMMIT);
                case ABORT ->
                    coordinator.replayEndTransactionMarker(
                            batch.producerId(), batch.producerEpoch(), TransactionResult.ABORT);
                default -> {}
            }
        }

        private void replayRecord(MutableRecordBatch batch, Record record) {
            CoordinatorRecord parsed;
            try {
                parsed = deserializer.deserialize(record.key(), record.value());
            } catch (Deserializer.UnknownRecordTypeException e) {
                LOG.atWarn()
                        .addKeyValue("partition", partition)
                        .addKeyValue("offset", record.offset())
                        .addKeyValue("recordType", e.unknownType())
                        .log("Skipped a group record of a type that this version does not know");
                return;
            } catch (RuntimeException e) {
                throw unreadable(record, e);
            }
            try {
                coordinator.replay(record.offset(), batch.producerId(), batch.producerEpoch(), parsed);
            } catch (RuntimeException e) {
                throw unreadable(record, e);
            }
        }

        private KafkaException unreadable(Record record, RuntimeException cause) {
            return new KafkaException("Record " + record.offset() + " of " + partition + " does not replay", cause);
        }

        private void written(long offset) {
            if (offset <= writtenOffset) return;
            coordinator.updateLastWrittenOffset(offset);
            writtenOffset = offset;
        }

        private void commit(long highWatermark) {
            if (highWatermark <= committedOffset) return;
            written(highWatermark);
            coordinator.updateLastCommittedOffset(highWatermark);
            committedOffset = highWatermark;
        }
    }
}
