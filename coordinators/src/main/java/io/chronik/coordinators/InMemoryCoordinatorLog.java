package io.chronik.coordinators;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;

/// A [CoordinatorLog] without disk or peers, for tests and simulations. Led partitions are those that [#lead]
/// named. The high watermark follows each append, or stands still until [#releaseHighWatermarks] when it is held:
/// then it plays a node whose fsync takes its time. Any thread.
public final class InMemoryCoordinatorLog implements CoordinatorLog {
    private static final int MAX_MESSAGE_SIZE_BYTES = 1 << 20;

    private final Map<TopicPartition, Partition> partitions = new HashMap<>();
    private boolean held;
    private long appendCount;

    private static final class Partition {
        final List<StoredBatch> batches = new ArrayList<>();
        final List<HighWatermarkListener> listeners = new ArrayList<>();
        boolean led;
        int leaderEpoch;
        long startOffset;
        long highWatermark;
        long endOffset;
    }

    private record StoredBatch(ByteBuffer bytes, long nextOffset) {}

    /// This node leads `partition` from `leaderEpoch` on, with all that was appended before.
    public synchronized void lead(TopicPartition partition, int leaderEpoch) {
        Partition state = partitions.computeIfAbsent(partition, p -> new Partition());
        state.led = true;
        state.leaderEpoch = leaderEpoch;
        state.listeners.clear();
    }

    /// Another node leads `partition` now: its listeners hear no more.
    public synchronized void resign(TopicPartition partition) {
        Partition state = led(partition);
        state.led = false;
        state.listeners.clear();
    }

    /// From now on appends do not move high watermarks.
    public synchronized void holdHighWatermarks() {
        held = true;
    }

    /// Everything appended is committed, now and from now on.
    public void releaseHighWatermarks() {
        List<Runnable> news = new ArrayList<>();
        synchronized (this) {
            held = false;
            partitions.values().forEach(partition -> commit(partition, news));
        }
        news.forEach(Runnable::run);
    }

    /// Drops what was not committed, as a crash or an election elsewhere would.
    public synchronized void loseUncommitted() {
        partitions.values().forEach(partition -> {
            partition.batches.removeIf(batch -> batch.nextOffset() > partition.highWatermark);
            partition.endOffset = partition.highWatermark;
        });
    }

    /// Calls of [#append] that were taken.
    public synchronized long appendCount() {
        return appendCount;
    }

    @Override
    public long append(TopicPartition partition, MemoryRecords records) {
        List<Runnable> news = new ArrayList<>();
        long endOffset;
        synchronized (this) {
            Partition state = led(partition);
            appendCount++;
            for (MutableRecordBatch batch : copyOf(records).batches()) store(state, batch);
            if (!held) commit(state, news);
            endOffset = state.endOffset;
        }
        news.forEach(Runnable::run);
        return endOffset;
    }

    private static MemoryRecords copyOf(MemoryRecords records) {
        ByteBuffer copy = ByteBuffer.allocate(records.sizeInBytes());
        copy.put(records.buffer().duplicate());
        return MemoryRecords.readableRecords(copy.flip());
    }

    private static void store(Partition partition, MutableRecordBatch batch) {
        long lastOffset = partition.endOffset + batch.lastOffset() - batch.baseOffset();
        batch.setLastOffset(lastOffset);
        batch.setPartitionLeaderEpoch(partition.leaderEpoch);
        ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes());
        batch.writeTo(bytes);
        partition.endOffset = lastOffset + 1;
        partition.batches.add(new StoredBatch(bytes.flip(), partition.endOffset));
    }

    private static void commit(Partition partition, List<Runnable> news) {
        long highWatermark = partition.endOffset;
        partition.highWatermark = highWatermark;
        partition.listeners.forEach(listener -> news.add(() -> listener.onHighWatermark(highWatermark)));
    }

    @Override
    public void watch(TopicPartition partition, HighWatermarkListener listener) {
        long highWatermark;
        synchronized (this) {
            Partition state = led(partition);
            state.listeners.add(listener);
            highWatermark = state.highWatermark;
        }
        listener.onHighWatermark(highWatermark);
    }

    @Override
    public synchronized void unwatch(TopicPartition partition, HighWatermarkListener listener) {
        Partition state = partitions.get(partition);
        if (state != null) state.listeners.remove(listener);
    }

    @Override
    public synchronized Bounds bounds(TopicPartition partition) {
        Partition state = led(partition);
        return new Bounds(state.startOffset, state.highWatermark, state.endOffset);
    }

    @Override
    public synchronized MemoryRecords read(TopicPartition partition, long fromOffset, int maxBytes) {
        List<StoredBatch> found = new ArrayList<>();
        int sizeBytes = 0;
        for (StoredBatch batch : led(partition).batches) {
            if (batch.nextOffset() <= fromOffset) continue;
            if (!found.isEmpty() && sizeBytes + batch.bytes().remaining() > maxBytes) break;
            found.add(batch);
            sizeBytes += batch.bytes().remaining();
        }
        ByteBuffer read = ByteBuffer.allocate(sizeBytes);
        for (StoredBatch batch : found) read.put(batch.bytes().duplicate());
        return MemoryRecords.readableRecords(read.flip());
    }

    @Override
    public int maxMessageSizeBytes(TopicPartition partition) {
        return MAX_MESSAGE_SIZE_BYTES;
    }

    /// Drops whole batches too, so that a log without records but with offsets can be had.
    @Override
    public synchronized CompletableFuture<Void> deleteRecords(TopicPartition partition, long offset) {
        Partition state = led(partition);
        state.startOffset = Math.max(state.startOffset, offset);
        state.batches.removeIf(batch -> batch.nextOffset() <= offset);
        return CompletableFuture.completedFuture(null);
    }

    private Partition led(TopicPartition partition) {
        Partition state = partitions.get(partition);
        if (state == null || !state.led) {
            throw new NotLeaderOrFollowerException("not the leader of " + partition);
        }
        return state;
    }
}
