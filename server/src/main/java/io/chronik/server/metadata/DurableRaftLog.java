package io.chronik.server.metadata;

import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.raft.Isolation;
import org.apache.kafka.raft.LogAppendInfo;
import org.apache.kafka.raft.LogFetchInfo;
import org.apache.kafka.raft.LogOffsetMetadata;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.raft.SegmentPosition;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.snapshot.RawSnapshotReader;
import org.apache.kafka.snapshot.RawSnapshotWriter;

/// Kafka's Raft log with the durability that we promise, in one fdatasync for each append.
///
/// What the leader appended is on disk when `appendAsLeader` returns. The library itself counts the leader's own
/// entries towards the majority *before* it flushes them: in a quorum of one that would commit, apply and acknowledge
/// entries which a power cut can still take back. And a flush of the stock log syncs its three indexes and their
/// mappings as well, which recovery does not need.
record DurableRaftLog(RaftLog log, SegmentSync segments) implements RaftLog {
    @Override
    public LogAppendInfo appendAsLeader(Records records, int epoch) {
        LogAppendInfo appended = log.appendAsLeader(records, epoch);
        syncNewestSegment();
        return appended;
    }

    /// The library flushes after a follower's append, and after a leader's once more.
    @Override
    public void flush(boolean forceFlushActiveSegment) {
        if (forceFlushActiveSegment) {
            log.flush(true);
        } else {
            syncNewestSegment();
        }
    }

    private void syncNewestSegment() {
        LogOffsetMetadata end = log.endOffset();
        end.metadata().ifPresent(position -> segments.sync(((SegmentPosition) position).baseOffset(), end.offset()));
    }

    @Override
    public LogAppendInfo appendAsFollower(Records records, int epoch) {
        return log.appendAsFollower(records, epoch);
    }

    @Override
    public LogFetchInfo read(long startOffset, Isolation isolation, int maxBytes) {
        return log.read(startOffset, isolation, maxBytes);
    }

    @Override
    public int lastFetchedEpoch() {
        return log.lastFetchedEpoch();
    }

    @Override
    public OffsetAndEpoch endOffsetForEpoch(int epoch) {
        return log.endOffsetForEpoch(epoch);
    }

    @Override
    public LogOffsetMetadata endOffset() {
        return log.endOffset();
    }

    @Override
    public LogOffsetMetadata highWatermark() {
        return log.highWatermark();
    }

    @Override
    public long startOffset() {
        return log.startOffset();
    }

    @Override
    public void initializeLeaderEpoch(int epoch) {
        log.initializeLeaderEpoch(epoch);
    }

    @Override
    public void truncateTo(long offset) {
        segments.forget();
        log.truncateTo(offset);
    }

    @Override
    public boolean truncateToLatestSnapshot() {
        segments.forget();
        return log.truncateToLatestSnapshot();
    }

    @Override
    public void updateHighWatermark(LogOffsetMetadata highWatermark) {
        log.updateHighWatermark(highWatermark);
    }

    @Override
    public boolean deleteBeforeSnapshot(OffsetAndEpoch snapshotId) {
        return log.deleteBeforeSnapshot(snapshotId);
    }

    @Override
    public boolean maybeClean() {
        return log.maybeClean();
    }

    @Override
    public TopicPartition topicPartition() {
        return log.topicPartition();
    }

    @Override
    public Uuid topicId() {
        return log.topicId();
    }

    @Override
    public Optional<RawSnapshotWriter> createNewSnapshot(OffsetAndEpoch snapshotId) {
        return log.createNewSnapshot(snapshotId);
    }

    @Override
    public Optional<RawSnapshotWriter> createNewSnapshotUnchecked(OffsetAndEpoch snapshotId) {
        return log.createNewSnapshotUnchecked(snapshotId);
    }

    @Override
    public Optional<RawSnapshotReader> readSnapshot(OffsetAndEpoch snapshotId) {
        return log.readSnapshot(snapshotId);
    }

    @Override
    public Optional<RawSnapshotReader> latestSnapshot() {
        return log.latestSnapshot();
    }

    @Override
    public Optional<OffsetAndEpoch> latestSnapshotId() {
        return log.latestSnapshotId();
    }

    @Override
    public Optional<OffsetAndEpoch> earliestSnapshotId() {
        return log.earliestSnapshotId();
    }

    @Override
    public void onSnapshotFrozen(OffsetAndEpoch snapshotId) {
        log.onSnapshotFrozen(snapshotId);
    }

    @Override
    public void close() {
        segments.close();
        log.close();
    }
}
