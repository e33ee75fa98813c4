package io.chronik.log;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/// One file of a log, `<base offset>.log`, and what is known about its content. Only the last segment of a log
/// grows, and only by the log's owner; a sealed one never changes. Other threads see it through a published
/// [LogState], which carries the end of the last segment itself.
final class Segment {
    private final long baseOffset;
    private final SegmentFile file;
    private final long createdMs;

    private int sizeBytes;
    private long nextOffset;
    private long firstTimestamp = RecordBatch.NO_TIMESTAMP;
    private long maxTimestamp = RecordBatch.NO_TIMESTAMP;

    /// Last offset of the first batch that reached maxTimestamp.
    private long maxTimestampOffset;

    private int bytesSinceIndexed;

    /// In memory while the segment grows; afterwards [IndexCache] finds it.
    private volatile @Nullable SegmentIndex index;

    private volatile SegmentIndex.@Nullable Seal indexSeal;

    /// Whether the directory entry survives a crash.
    private volatile boolean nameDurable;

    private volatile boolean deleted;

    /// So many bytes were synced in the file itself.
    private volatile int fileSyncedTo;

    /// So many bytes were taken from a checkpoint unseen: reads verify them once.
    private int believedBytes;

    private @Nullable VerifiedParts verified;

    /// What a checkpoint tells about a segment up to some batch boundary.
    record Facts(
            long baseOffset,
            int sizeBytes,
            long nextOffset,
            long createdMs,
            long firstTimestamp,
            long maxTimestamp,
            long maxTimestampOffset,
            SegmentIndex.Seal index) {}

    /// An empty one.
    Segment(long baseOffset, SegmentFile file, long createdMs) {
        this.baseOffset = baseOffset;
        this.file = file;
        this.createdMs = createdMs;
        this.nextOffset = baseOffset;
        this.maxTimestampOffset = baseOffset;
    }

    /// One that was there before, as far as `facts` go.
    static Segment of(Facts facts, SegmentFile file) {
        Segment segment = new Segment(facts.baseOffset, file, facts.createdMs);
        segment.sizeBytes = facts.sizeBytes;
        segment.nextOffset = facts.nextOffset;
        segment.firstTimestamp = facts.firstTimestamp;
        segment.maxTimestamp = facts.maxTimestamp;
        segment.maxTimestampOffset = facts.maxTimestampOffset;
        segment.indexSeal = facts.index;
        segment.nameDurable = true;
        segment.fileSyncedTo = facts.sizeBytes;
        segment.believedBytes = facts.sizeBytes;
        segment.verified = new VerifiedParts();
        return segment;
    }

    long baseOffset() {
        return baseOffset;
    }

    SegmentFile file() {
        return file;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    boolean isEmpty() {
        return sizeBytes == 0;
    }

    /// Exclusive: the offset after its last batch.
    long nextOffset() {
        return nextOffset;
    }

    long maxTimestamp() {
        return maxTimestamp;
    }

    long maxTimestampOffset() {
        return maxTimestampOffset;
    }

    /// When its age began: the timestamp of its first batch, or its creation when that has none.
    long bornMs() {
        return firstTimestamp >= 0 ? firstTimestamp : createdMs;
    }

    long createdMs() {
        return createdMs;
    }

    boolean bornByTimestamp() {
        return firstTimestamp >= 0;
    }

    @Nullable
    SegmentIndex index() {
        return index;
    }

    SegmentIndex.@Nullable Seal indexSeal() {
        return indexSeal;
    }

    /// Makes it grow: `known` are the entries of what it holds already.
    void open(SegmentIndex known) {
        index = known;
        indexSeal = null;
    }

    boolean isOpen() {
        return index != null;
    }

    /// Counts the batch at `at` of `buffer`, which is at `position` of the file now.
    void onAppended(ByteBuffer buffer, int at, int position, int indexIntervalBytes) {
        long lastOffset = BatchHeader.lastOffset(buffer, at);
        long timestamp = BatchHeader.maxTimestamp(buffer, at);
        if (position == 0) firstTimestamp = timestamp;
        if (timestamp > maxTimestamp) {
            maxTimestamp = timestamp;
            maxTimestampOffset = lastOffset;
        }
        SegmentIndex growing = index;
        if (growing != null && bytesSinceIndexed > indexIntervalBytes) {
            growing.offsets().append(lastOffset, position);
            growing.times().append(maxTimestamp, maxTimestampOffset);
            bytesSinceIndexed = 0;
        }
        int size = (int) BatchHeader.sizeBytes(buffer, at);
        bytesSinceIndexed += size;
        sizeBytes = position + size;
        nextOffset = lastOffset + 1;
    }

    /// No more appends. Returns the complete index, for its files and the cache.
    SegmentIndex seal() {
        SegmentIndex complete = index;
        if (complete == null) throw new IllegalStateException("sealed twice: " + baseOffset);
        if (maxTimestamp >= 0) complete.times().append(maxTimestamp, maxTimestampOffset);
        indexSeal = complete.seal();
        index = null;
        return complete;
    }

    /// The files of a sealed segment's index hold this now. Any thread.
    void onIndexRebuilt(SegmentIndex.Seal seal) {
        if (!isOpen()) indexSeal = seal;
    }

    /// Bytes that are not batches, up to `position`: damage at the end of a segment that is sealed next.
    void skipTo(int position, long offset) {
        sizeBytes = position;
        nextOffset = offset;
    }

    Facts facts() {
        SegmentIndex growing = index;
        SegmentIndex.Seal seal = growing == null ? indexSeal : growing.seal();
        if (seal == null) throw new IllegalStateException("no index: " + baseOffset);
        return new Facts(
                baseOffset, sizeBytes, nextOffset, createdMs, firstTimestamp, maxTimestamp, maxTimestampOffset, seal);
    }

    /// Whether [from, to) has bytes that nobody in this process has looked at.
    boolean isUnverified(int from, int to) {
        VerifiedParts parts = verified;
        return parts != null && from < believedBytes && !parts.covers(from, Math.min(to, believedBytes));
    }

    void onVerified(int from, int to) {
        VerifiedParts parts = verified;
        if (parts != null) parts.add(from, to, believedBytes);
    }

    boolean isNameDurable() {
        return nameDurable;
    }

    void onNameDurable() {
        nameDurable = true;
    }

    /// Any thread that has synced the file.
    void onFileSynced(int to) {
        fileSyncedTo = to;
    }

    int fileSyncedTo() {
        return fileSyncedTo;
    }

    boolean isDeleted() {
        return deleted;
    }

    void onDeleted() {
        deleted = true;
    }
}
