package io.chronik.replication;

import io.chronik.base.Lane;
import io.chronik.log.AppendResult;
import io.chronik.log.Compaction;
import io.chronik.log.DiskSyncer;
import io.chronik.log.LogFailure;
import io.chronik.log.LogSettings;
import io.chronik.log.PartitionLog;
import io.chronik.log.SyncTask;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// One replica of one partition: the only object that changes its log and its role.
///
/// Every method but [#view()], [#lane()] and [#id()] runs on its lane. It acknowledges an append only from
/// [#onSynced], when the log says that the bytes are durable (or from metadata, when the in-sync set changes).
///
/// ```
///          assign(leader = self)            assign(leader != self) or close
///   Idle ───────────────────────▶ Leading ───────────────────────────────▶ Idle
/// ```
public final class Partition {
    private sealed interface Role {
        /// Waiting for the metadata, or not the leader.
        record Idle() implements Role {}

        record Leading(ReplicaProgress progress, PendingAcks leaderAcks, PendingAcks allAcks) implements Role {}
    }

    private final TopicIdPartition id;
    private final int self;
    private final Lane lane;
    private final WallClock wallClock;
    private final PartitionLog log;
    private final DiskSyncer syncer;
    private final DiskSyncer.Client syncClient = new SyncClient();
    private final Set<HighWatermarkListener> listeners = new LinkedHashSet<>();
    private Assignment assignment = Assignment.NONE;
    private Role role = new Role.Idle();
    private int minInSyncReplicas;
    private long highWatermark;
    private boolean closed;
    private boolean expiryScheduled;
    private volatile PartitionView view;

    /// `highWatermark`: what this replica knows to be committed; on a single replica all that recovery found durable.
    public Partition(
            TopicIdPartition id,
            int self,
            Lane lane,
            WallClock wallClock,
            PartitionLog log,
            DiskSyncer syncer,
            int minInSyncReplicas,
            long highWatermark) {
        this.id = id;
        this.self = self;
        this.lane = lane;
        this.wallClock = wallClock;
        this.log = log;
        this.syncer = syncer;
        this.minInSyncReplicas = minInSyncReplicas;
        this.highWatermark = highWatermark;
        this.view = new PartitionView(assignment, false, highWatermark, log.view());
    }

    public TopicIdPartition id() {
        return id;
    }

    public Lane lane() {
        return lane;
    }

    /// The latest published state; any thread.
    public PartitionView view() {
        return view;
    }

    /// The metadata has changed this partition. Older news than what is known is ignored.
    public void assign(Assignment next) {
        if (closed || next.partitionEpoch() <= assignment.partitionEpoch()) return;
        boolean newEpoch = next.leaderEpoch() != assignment.leaderEpoch();
        assignment = next;
        if (newEpoch) takeRole();
        else if (role instanceof Role.Leading leading && leading.progress.commit(next.isr())) onProgress(leading);
        publish();
        tellListeners();
    }

    private void takeRole() {
        stopLeading(new AppendOutcome.NotLeader());
        if (assignment.leader() != self) {
            role = new Role.Idle();
            return;
        }
        log.beginEpoch(assignment.leaderEpoch());
        int required = Math.min(minInSyncReplicas, assignment.replicas().size());
        ReplicaProgress progress = new ReplicaProgress(assignment.isr(), required, highWatermark);
        role = new Role.Leading(progress, new PendingAcks(), new PendingAcks());
        advanceOwnProgress();
        if (log.view().durableEndOffset() < log.view().endOffset()) syncer.requestSync(syncClient);
    }

    /// Applies changed topic settings.
    public void configure(LogSettings settings, int newMinInSyncReplicas) {
        if (closed) return;
        log.configure(settings);
        minInSyncReplicas = newMinInSyncReplicas;
        if (role instanceof Role.Leading(var progress, var leaderAcks, var allAcks)) {
            int required = Math.min(newMinInSyncReplicas, assignment.replicas().size());
            ReplicaProgress changed = new ReplicaProgress(progress.isr(), required, highWatermark);
            role = new Role.Leading(changed, leaderAcks, allAcks);
            advanceOwnProgress();
        }
        publish();
    }

    /// Appends a client's batch and answers `reply` when it is as durable as `acks` asks, has failed, or `timeoutMs`
    /// are
    /// over. The buffer of `records` is read before this returns and never after.
    public void append(MemoryRecords records, Acks acks, int timeoutMs, AppendReply reply) {
        if (!(role instanceof Role.Leading leading)) {
            reply.on(new AppendOutcome.NotLeader());
            return;
        }
        ReplicaProgress progress = leading.progress;
        if (acks == Acks.ALL && !progress.hasEnoughInSync()) {
            reply.on(new AppendOutcome.NotEnoughReplicas(progress.isr().size(), progress.minInSync()));
            return;
        }
        try {
            onAppended(leading, appendToLog(records, PartitionLog.Origin.CLIENT), acks, timeoutMs, reply);
        } catch (LogFailure failure) {
            reply.on(new AppendOutcome.StorageFailed(String.valueOf(failure.getMessage()), failure.diskFull()));
        }
    }

    /// Appends a coordinator's batches. Returns the log's end offset (exclusive) after them, at once; the caller learns
    /// of
    /// their durability from the high watermark.
    public CoordinatorAppend appendAsCoordinator(MemoryRecords records) {
        if (!(role instanceof Role.Leading leading)) return new CoordinatorAppend.NotLeader();
        if (!leading.progress.hasEnoughInSync()) return new CoordinatorAppend.Failed(Errors.NOT_ENOUGH_REPLICAS, "");
        try {
            return switch (appendToLog(records, PartitionLog.Origin.COORDINATOR)) {
                case AppendResult.Appended appended -> {
                    afterAppend();
                    yield new CoordinatorAppend.Appended(appended.endOffset());
                }
                case AppendResult.Duplicate duplicate -> new CoordinatorAppend.Appended(duplicate.endOffset());
                case AppendResult.Rejected rejected ->
                    new CoordinatorAppend.Failed(rejected.error(), rejected.message());
            };
        } catch (LogFailure failure) {
            return new CoordinatorAppend.Failed(Errors.KAFKA_STORAGE_ERROR, String.valueOf(failure.getMessage()));
        }
    }

    /// What became of a coordinator's append.
    public sealed interface CoordinatorAppend {
        record Appended(long endOffset) implements CoordinatorAppend {}

        record NotLeader() implements CoordinatorAppend {}

        record Failed(Errors error, String message) implements CoordinatorAppend {}
    }

    private AppendResult appendToLog(MemoryRecords records, PartitionLog.Origin origin) {
        return log.appendAsLeader(records, assignment.leaderEpoch(), origin, wallClock.nowMs());
    }

    private void onAppended(Role.Leading leading, AppendResult result, Acks acks, int timeoutMs, AppendReply reply) {
        long logStart = log.view().startOffset();
        switch (result) {
            case AppendResult.Rejected(var error, var message, var recordErrors) ->
                reply.on(new AppendOutcome.Rejected(error, message, recordErrors, logStart));
            case AppendResult.Appended appended -> {
                var outcome = new AppendOutcome.Committed(appended.baseOffset(), appended.logAppendTimeMs(), logStart);
                park(leading, appended.endOffset(), acks, timeoutMs, outcome, reply);
                afterAppend();
            }
            case AppendResult.Duplicate duplicate -> {
                // The original may still be on its way to the disk: a duplicate is not acknowledged before it.
                var outcome =
                        new AppendOutcome.Committed(duplicate.baseOffset(), duplicate.logAppendTimeMs(), logStart);
                park(leading, duplicate.endOffset(), acks, timeoutMs, outcome, reply);
                afterAppend();
            }
        }
    }

    private void park(
            Role.Leading leading,
            long endOffset,
            Acks acks,
            int timeoutMs,
            AppendOutcome.Committed outcome,
            AppendReply reply) {
        switch (acks) {
            case NONE -> reply.on(outcome);
            case LEADER -> leading.leaderAcks.add(endOffset, lane.nowMs() + timeoutMs, outcome, reply);
            case ALL -> leading.allAcks.add(endOffset, lane.nowMs() + timeoutMs, outcome, reply);
        }
        if (acks != Acks.NONE) scheduleExpiry(timeoutMs);
    }

    private void afterAppend() {
        advanceOwnProgress(); // With relaxed durability the written end counts at once.
        publish();
        syncer.requestSync(syncClient);
    }

    /// On a syncer thread: what a round has to make durable.
    private final class SyncClient implements DiskSyncer.Client {
        @Override
        public SyncTask syncTask() {
            return log.syncTask();
        }

        @Override
        public void onSynced(SyncTask task) {
            lane.execute(() -> Partition.this.onSynced(task));
        }
    }

    private void onSynced(SyncTask task) {
        if (closed) return;
        log.onSynced(task);
        advanceOwnProgress();
        publish();
    }

    private void advanceOwnProgress() {
        if (!(role instanceof Role.Leading leading)) return;
        long durableEnd = log.view().durableEndOffset();
        boolean moved = leading.progress.advance(self, durableEnd);
        leading.leaderAcks.completeUpTo(durableEnd);
        if (moved) onProgress(leading);
        else leading.allAcks.completeUpTo(highWatermark);
    }

    /// The high watermark moved: change, publish, then tell.
    private void onProgress(Role.Leading leading) {
        highWatermark = leading.progress.highWatermark();
        publish();
        leading.allAcks.completeUpTo(highWatermark);
        tellListeners();
    }

    private void publish() {
        view = new PartitionView(assignment, role instanceof Role.Leading, highWatermark, log.view());
    }

    private void tellListeners() {
        if (listeners.isEmpty()) return;
        for (HighWatermarkListener listener : List.copyOf(listeners)) listener.onChange(view);
    }

    /// `listener` is told of every change from now on, and once of the present state.
    public void addListener(HighWatermarkListener listener) {
        listeners.add(listener);
        listener.onChange(view);
    }

    public void removeListener(HighWatermarkListener listener) {
        listeners.remove(listener);
    }

    private void scheduleExpiry(int timeoutMs) {
        if (expiryScheduled) return;
        expiryScheduled = true;
        lane.after(timeoutMs, this::expire);
    }

    private void expire() {
        expiryScheduled = false;
        if (!(role instanceof Role.Leading leading)) return;
        long nowMs = lane.nowMs();
        ReplicaProgress progress = leading.progress;
        leading.leaderAcks.expire(nowMs, new AppendOutcome.TimedOut());
        leading.allAcks.expire(
                nowMs,
                progress.hasEnoughInSync()
                        ? new AppendOutcome.TimedOut()
                        : new AppendOutcome.NotEnoughReplicasAfterAppend(
                                progress.isr().size(), progress.minInSync()));
        if (!leading.leaderAcks.isEmpty() || !leading.allAcks.isEmpty()) scheduleExpiry(EXPIRY_CHECK_MS);
    }

    private static final int EXPIRY_CHECK_MS = 500;

    /// DeleteRecords: everything below `offset` may go; -1 stands for the high watermark.
    public DeleteRecordsResult deleteRecordsBefore(long offset) {
        if (!(role instanceof Role.Leading)) return new DeleteRecordsResult.NotLeader();
        long target = offset == -1 ? highWatermark : offset;
        if (target < 0 || target > highWatermark) return new DeleteRecordsResult.OutOfRange(highWatermark);
        try {
            log.advanceStartOffset(target);
            log.deleteOldSegments(highWatermark, wallClock.nowMs());
        } catch (LogFailure failure) {
            return new DeleteRecordsResult.StorageFailed(String.valueOf(failure.getMessage()));
        }
        publish();
        return new DeleteRecordsResult.Deleted(log.view().startOffset());
    }

    /// What became of a DeleteRecords.
    public sealed interface DeleteRecordsResult {
        record Deleted(long lowWatermark) implements DeleteRecordsResult {}

        record OutOfRange(long highWatermark) implements DeleteRecordsResult {}

        record NotLeader() implements DeleteRecordsResult {}

        record StorageFailed(String message) implements DeleteRecordsResult {}
    }

    /// Retention: drops what the settings no longer keep. Returns the bytes freed.
    public long deleteOldSegments() {
        if (closed) return 0;
        long freed = log.deleteOldSegments(highWatermark, wallClock.nowMs());
        publish();
        return freed;
    }

    /// Compaction, if one is due: to be run on a background thread and brought back to [#completeCompaction].
    public Optional<Compaction> prepareCompaction() {
        return closed ? Optional.empty() : log.prepareCompaction(highWatermark, wallClock.nowMs());
    }

    /// Takes what a compaction has made. Returns the bytes saved.
    public long completeCompaction(Compaction compaction) {
        if (closed) return 0;
        long savedBytes = log.completeCompaction(compaction);
        publish();
        return savedBytes;
    }

    /// Stops leading and closes the log. What still waits is told that this node does not lead.
    public void close() {
        if (closed) return;
        stop();
        log.close();
    }

    /// As [#close()], and deletes the files.
    public void delete() {
        if (closed) return;
        stop();
        log.delete();
    }

    private void stop() {
        stopLeading(new AppendOutcome.NotLeader());
        closed = true;
        role = new Role.Idle();
        publish();
        tellListeners();
        listeners.clear();
    }

    private void stopLeading(AppendOutcome outcome) {
        if (!(role instanceof Role.Leading leading)) return;
        leading.leaderAcks.failAll(outcome);
        leading.allAcks.failAll(outcome);
    }
}
