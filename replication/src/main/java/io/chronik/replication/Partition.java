package io.chronik.replication;

import io.chronik.base.Lane;
import io.chronik.log.AppendResult;
import io.chronik.log.Compaction;
import io.chronik.log.DiskSyncer;
import io.chronik.log.LogFailure;
import io.chronik.log.LogSettings;
import io.chronik.log.LogView;
import io.chronik.log.PartitionLog;
import io.chronik.log.PartitionLog.FollowerAppend;
import io.chronik.log.SyncTask;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One replica of one partition: the only object that changes its log and its role.
///
/// Every method but [#view()], [#lane()] and [#id()] runs on its lane. It acknowledges an append only from
/// [#onSynced] or [#onFollowerFetch], when the promised copies are durable (or from metadata, when the in-sync set
/// changes).
///
/// ```
///   Idle ──assign(leader = self)──▶ Leading        any ──assign(newer leader epoch)──▶ the role of that epoch, anew
///   Idle ──assign(leader = other)─▶ Following      any ──assign(not a replica), close─▶ Idle
/// ```
///
/// A follower syncs what it has, fetches from where that ends, appends, syncs, and so on: its fetch offset is its
/// durable end, and so its acknowledgement.
public final class Partition {
    private static final Logger LOG = LoggerFactory.getLogger(Partition.class);
    private static final int EXPIRY_CHECK_MS = 500;
    private static final long RETRY_FETCH_MS = 100;
    private static final long RETRY_APPEND_MS = 1_000;

    private sealed interface Role {
        /// Waiting for the metadata, or without a leader, or not a replica.
        record Idle() implements Role {}

        record Leader(Leading leading) implements Role {}

        record Follower(Following following) implements Role {}
    }

    private final TopicIdPartition id;
    private final int self;
    private final Lane lane;
    private final WallClock wallClock;
    private final PartitionLog log;
    private final DiskSyncer syncer;
    private final PartitionPeers peers;
    private final long maxLagMs;
    private final DiskSyncer.Client syncClient = new SyncClient();
    private final Set<HighWatermarkListener> listeners = new LinkedHashSet<>();
    private final Set<LogEndListener> endListeners = new LinkedHashSet<>();
    private Assignment assignment = Assignment.NONE;
    private Role role = new Role.Idle();
    private int minInSyncReplicas;
    private long highWatermark;

    /// The leader epoch in which the high watermark was last learnt.
    private int highWatermarkEpoch;

    private long lastFetchId;
    private boolean closed;
    private boolean expiryScheduled;
    private volatile PartitionView view;

    /// `highWatermark`: what this replica knows to be committed; less than the truth does no harm. A follower that has
    /// not had all of the leader's log for `maxLagMs` (`replica.lag.time.max.ms`) is proposed to leave the
    /// in-sync set.
    public Partition(
            TopicIdPartition id,
            int self,
            Lane lane,
            WallClock wallClock,
            PartitionLog log,
            DiskSyncer syncer,
            PartitionPeers peers,
            int minInSyncReplicas,
            long maxLagMs,
            long highWatermark) {
        this.id = id;
        this.self = self;
        this.lane = lane;
        this.wallClock = wallClock;
        this.log = log;
        this.syncer = syncer;
        this.peers = peers;
        this.maxLagMs = maxLagMs;
        this.minInSyncReplicas = minInSyncReplicas;
        this.highWatermark = highWatermark;
        this.highWatermarkEpoch = log.view().epochAt(highWatermark - 1).orElse(-1);
        this.view = state();
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
        Assignment before = assignment;
        assignment = next;
        boolean sameRole = next.leaderEpoch() == before.leaderEpoch()
                && next.leader() == before.leader()
                && next.replicas().contains(self) == before.replicas().contains(self);
        if (!sameRole) takeRole();
        else if (role instanceof Role.Leader(Leading leading)) onInSyncSet(leading);
        publish();
        tellListeners();
    }

    private void takeRole() {
        leaveRole(new AppendOutcome.NotLeader());
        boolean replica = assignment.replicas().contains(self);
        if (!replica || assignment.leader() == Assignment.NO_LEADER) role = new Role.Idle();
        else if (assignment.leader() == self) lead();
        else follow();
    }

    private void lead() {
        log.beginEpoch(assignment.leaderEpoch());
        Leading leading = new Leading(
                self, assignment, requiredInSync(), highWatermark, log.view().endOffset(), lane.nowMs());
        role = new Role.Leader(leading);
        if (assignment.uncleanEpoch() == assignment.leaderEpoch()) tellUnclean();
        advanceOwnProgress();
        syncWhatIsNot();
    }

    /// How far the others were is not known here: each tells it when it comes back.
    private void tellUnclean() {
        LOG.atError()
                .addKeyValue("partition", id)
                .addKeyValue("leaderEpoch", assignment.leaderEpoch())
                .addKeyValue("fromOffset", log.view().endOffset())
                .addKeyValue("highWatermark", highWatermark)
                .log("leads without having been in sync: what was committed from this offset on is lost");
    }

    private int requiredInSync() {
        return Math.min(minInSyncReplicas, assignment.replicas().size());
    }

    private void follow() {
        Following following = new Following();
        role = new Role.Follower(following);
        syncThenFetch(following);
    }

    private void onInSyncSet(Leading leading) {
        boolean moved = leading.onAssigned(assignment);
        if (moved) onProgress(leading);
        ReplicaProgress progress = leading.progress();
        if (!progress.hasEnoughInSync()) {
            leading.allAcks()
                    .failAll(new AppendOutcome.NotEnoughReplicasAfterAppend(
                            progress.isr().size(), progress.minInSync()));
        }
        proposeIsr(leading);
    }

    /// Applies changed topic settings.
    public void configure(LogSettings settings, int newMinInSyncReplicas) {
        if (closed) return;
        log.configure(settings);
        minInSyncReplicas = newMinInSyncReplicas;
        if (role instanceof Role.Leader(Leading leading)) {
            if (leading.progress().setMinInSync(requiredInSync())) onProgress(leading);
            advanceOwnProgress();
        }
        publish();
    }

    /// Appends a client's batch and answers `reply` when it is as durable as `acks` asks, has failed, or `timeoutMs`
    /// are over. The buffer of `records` is read before this returns and never after.
    public void append(MemoryRecords records, Acks acks, int timeoutMs, AppendReply reply) {
        if (!(role instanceof Role.Leader(Leading leading))) {
            reply.on(new AppendOutcome.NotLeader());
            return;
        }
        ReplicaProgress progress = leading.progress();
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
    /// of their durability from the high watermark.
    public CoordinatorAppend appendAsCoordinator(MemoryRecords records) {
        if (!(role instanceof Role.Leader(Leading leading))) return new CoordinatorAppend.NotLeader();
        if (!leading.progress().hasEnoughInSync()) return new CoordinatorAppend.Failed(Errors.NOT_ENOUGH_REPLICAS, "");
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

    private void onAppended(Leading leading, AppendResult result, Acks acks, int timeoutMs, AppendReply reply) {
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
            Leading leading,
            long endOffset,
            Acks acks,
            int timeoutMs,
            AppendOutcome.Committed outcome,
            AppendReply reply) {
        switch (acks) {
            case NONE -> reply.on(outcome);
            case LEADER -> leading.leaderAcks().add(endOffset, lane.nowMs() + timeoutMs, outcome, reply);
            case ALL -> leading.allAcks().add(endOffset, lane.nowMs() + timeoutMs, outcome, reply);
        }
        if (acks != Acks.NONE) scheduleExpiry(timeoutMs);
    }

    private void afterAppend() {
        advanceOwnProgress(); // With relaxed durability the written end counts at once.
        publish();
        syncer.requestSync(syncClient);
        tellEndListeners();
    }

    private void syncWhatIsNot() {
        if (log.view().durableEndOffset() < log.view().endOffset()) syncer.requestSync(syncClient);
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
        if (role instanceof Role.Follower(Following following) && following.state() == Following.State.SYNCING) {
            syncThenFetch(following);
        }
    }

    private void advanceOwnProgress() {
        if (!(role instanceof Role.Leader(Leading leading))) return;
        long durableEnd = log.view().durableEndOffset();
        boolean moved = leading.progress().advanceSelf(durableEnd);
        leading.leaderAcks().completeUpTo(durableEnd);
        if (moved) onProgress(leading);
        else leading.allAcks().completeUpTo(highWatermark);
    }

    /// The high watermark moved: change, publish, then tell.
    private void onProgress(Leading leading) {
        highWatermark = leading.progress().highWatermark();
        highWatermarkEpoch = assignment.leaderEpoch();
        publish();
        leading.allAcks().completeUpTo(highWatermark);
        tellListeners();
    }

    // ---- A leader and its followers ----

    /// A follower asks for what follows its position, which counts from now on unless it is refused. The records are
    /// read from the view in the answer.
    public FollowerCheck onFollowerFetch(FollowerPosition position) {
        if (!(role instanceof Role.Leader(Leading leading))) {
            return new FollowerCheck.Refused(Errors.NOT_LEADER_OR_FOLLOWER);
        }
        Optional<FollowerCheck> other = leading.check(position, view);
        if (other.isPresent()) return other.get();
        boolean moved = leading.progress()
                .advance(
                        position.replica(),
                        position.nodeEpoch(),
                        position.fetchOffset(),
                        log.view().endOffset(),
                        lane.nowMs());
        long lowest = lowWatermark(leading);
        leading.progress().keepsFrom(position.replica(), position.logStartOffset());
        if (moved) onProgress(leading);
        else if (lowWatermark(leading) > lowest) tellListeners();
        if (!assignment.isr().contains(position.replica())) proposeIsr(leading);
        return new FollowerCheck.Serve(view);
    }

    /// Where the log begins on that in-sync replica where it begins first, as far as this leader knows; here, when it
    /// does not lead. Listeners are told when it moves.
    public long lowWatermark() {
        return role instanceof Role.Leader(Leading leading)
                ? lowWatermark(leading)
                : log.view().startOffset();
    }

    private long lowWatermark(Leading leading) {
        return leading.progress().lowWatermark(log.view().startOffset());
    }

    /// Time has passed: asks for another in-sync set when a follower has been behind for too long, or may join.
    public void checkIsr() {
        if (role instanceof Role.Leader(Leading leading)) proposeIsr(leading);
    }

    private void proposeIsr(Leading leading) {
        leading.nextProposal(maxLagMs, lane.nowMs()).ifPresent(proposal -> peers.proposeIsr(this, proposal));
    }

    /// What became of a proposal of this leader epoch; of an earlier one it is ignored.
    public void onIsrAnswer(IsrProposal proposal, IsrAnswer answer) {
        if (proposal.leaderEpoch() != assignment.leaderEpoch()) return;
        if (!(role instanceof Role.Leader(Leading leading))) return;
        if (leading.onAnswer(proposal.proposalId(), answer, lane.nowMs())) onProgress(leading);
    }

    // ---- A follower and its leader ----

    private void syncThenFetch(Following following) {
        following.become(Following.State.SYNCING);
        LogView durable = log.view();
        if (durable.durableEndOffset() < durable.endOffset()) {
            syncer.requestSync(syncClient);
            return;
        }
        learnHighWatermark(following.highWatermark(durable));
        following.onAsked(++lastFetchId);
        peers.fetchNext(
                this,
                new FetchPoint(
                        lastFetchId,
                        assignment.leader(),
                        assignment.leaderEpoch(),
                        durable.endOffset(),
                        Following.lastFetchedEpoch(durable),
                        durable.startOffset(),
                        highWatermark));
    }

    private void learnHighWatermark(long committed) {
        if (committed <= highWatermark) return;
        highWatermark = committed;
        highWatermarkEpoch = assignment.leaderEpoch();
        publish();
        tellListeners();
    }

    /// The leader's answer. Blocks on the disk where the log has to be cut, which is rare.
    public void onFetched(Fetched fetched) {
        if (!(role instanceof Role.Follower(Following following)) || !following.isAnswer(fetched)) return;
        try {
            switch (fetched) {
                case Fetched.Records records -> onRecords(following, records);
                case Fetched.Diverged(long id, int epoch, long end) ->
                    cut(following, Following.cutFor(epoch, end, log.view()));
                case Fetched.OutOfRange(long id, long leaderStart, long leaderEnd) ->
                    onOutOfRange(following, leaderStart, leaderEnd);
                case Fetched.Failed failed -> fetchLater(following, RETRY_FETCH_MS);
            }
        } catch (LogFailure failure) {
            LOG.atWarn()
                    .addKeyValue("partition", id)
                    .setCause(failure)
                    .log("a follower's log did not take what was fetched");
            fetchLater(following, RETRY_APPEND_MS);
        }
        publish();
    }

    private void onRecords(Following following, Fetched.Records fetched) {
        dropWhatIsGoneAtTheLeader(fetched);
        switch (log.appendAsFollower(fetched.records(), wallClock.nowMs())) {
            case FollowerAppend.Appended appended -> {
                following.onLeaderHighWatermark(fetched.leaderHighWatermark());
                followStart(fetched.leaderStartOffset());
                syncThenFetch(following);
            }
            case FollowerAppend.Refused(String why) -> {
                LOG.atError()
                        .addKeyValue("partition", id)
                        .addKeyValue("leader", assignment.leader())
                        .addKeyValue("endOffset", log.view().endOffset())
                        .addKeyValue("cause", why)
                        .log("fetched records refused");
                fetchLater(following, RETRY_APPEND_MS);
            }
        }
    }

    /// The leader's log begins inside of a batch, and where this one ends: whether this one had that batch can't be
    /// asked any more, and what it has instead ends inside of it, too.
    private void dropWhatIsGoneAtTheLeader(Fetched.Records fetched) {
        LogView own = log.view();
        if (fetched.leaderStartOffset() < own.endOffset() || own.startOffset() == own.endOffset()) return;
        for (var batch : fetched.records().batches()) {
            if (batch.baseOffset() >= own.endOffset()) return;
            log.restartAt(own.endOffset());
            highWatermark = Math.max(highWatermark, own.endOffset());
            return;
        }
    }

    private void followStart(long leaderStartOffset) {
        LogView own = log.view();
        if (leaderStartOffset > own.startOffset() && leaderStartOffset <= own.endOffset()) {
            log.advanceStartOffset(leaderStartOffset);
        }
    }

    private void onOutOfRange(Following following, long leaderStart, long leaderEnd) {
        if (log.view().endOffset() < leaderStart) {
            log.restartAt(leaderStart);
            highWatermark = Math.max(highWatermark, leaderStart);
            syncThenFetch(following);
        } else {
            cut(following, Math.min(leaderEnd, log.view().endOffset()));
        }
    }

    private void cut(Following following, long endOffset) {
        if (endOffset < highWatermark) {
            if (assignment.uncleanEpoch() <= highWatermarkEpoch) {
                stayStuck(following, endOffset);
                return;
            }
            LOG.atError()
                    .addKeyValue("partition", id)
                    .addKeyValue("fromOffset", endOffset)
                    .addKeyValue("toOffset", highWatermark)
                    .addKeyValue("uncleanEpoch", assignment.uncleanEpoch())
                    .log("committed records are lost: an unclean leader does not have them");
            peers.onCommittedLost(id, endOffset, highWatermark);
            highWatermark = endOffset;
        }
        long before = log.view().endOffset();
        if (endOffset < before && assignment.uncleanEpoch() > log.view().lastEpoch()) {
            // The high watermark that this replica knew may be some seconds old.
            LOG.atWarn()
                    .addKeyValue("partition", id)
                    .addKeyValue("fromOffset", endOffset)
                    .addKeyValue("toOffset", before)
                    .addKeyValue("uncleanEpoch", assignment.uncleanEpoch())
                    .log("records are lost, committed or not: an unclean leader does not have them");
        }
        log.truncateTo(endOffset);
        highWatermark = Math.min(highWatermark, log.view().endOffset());
        if (log.view().endOffset() < before) syncThenFetch(following);
        else fetchLater(following, RETRY_FETCH_MS);
    }

    private void stayStuck(Following following, long endOffset) {
        following.become(Following.State.STUCK);
        LOG.atError()
                .addKeyValue("partition", id)
                .addKeyValue("leader", assignment.leader())
                .addKeyValue("leaderEpoch", assignment.leaderEpoch())
                .addKeyValue("commonEndOffset", endOffset)
                .addKeyValue("highWatermark", highWatermark)
                .log("the leader does not have what was committed here: this replica stays as it is");
    }

    private void fetchLater(Following following, long delayMs) {
        following.become(Following.State.WAITING);
        lane.after(delayMs, () -> {
            boolean still = !closed && role instanceof Role.Follower(Following present) && present == following;
            if (still && following.state() == Following.State.WAITING) syncThenFetch(following);
        });
    }

    private void publish() {
        view = state();
    }

    private PartitionView state() {
        PartitionView.Role seen = switch (role) {
            case Role.Idle idle -> PartitionView.Role.IDLE;
            case Role.Leader leader -> PartitionView.Role.LEADING;
            case Role.Follower follower -> PartitionView.Role.FOLLOWING;
        };
        boolean servesLatest = role instanceof Role.Leader(Leading leading) && leading.servesLatest();
        return new PartitionView(assignment, seen, highWatermark, servesLatest, log.view());
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

    /// `listener` is told of every append of this leader from now on.
    public void addEndListener(LogEndListener listener) {
        endListeners.add(listener);
    }

    public void removeEndListener(LogEndListener listener) {
        endListeners.remove(listener);
    }

    private void tellEndListeners() {
        if (endListeners.isEmpty()) return;
        for (LogEndListener listener : List.copyOf(endListeners)) listener.onLogEnd(view);
    }

    private void scheduleExpiry(int timeoutMs) {
        if (expiryScheduled) return;
        expiryScheduled = true;
        lane.after(timeoutMs, this::expire);
    }

    private void expire() {
        expiryScheduled = false;
        if (!(role instanceof Role.Leader(Leading leading))) return;
        long nowMs = lane.nowMs();
        ReplicaProgress progress = leading.progress();
        leading.leaderAcks().expire(nowMs, new AppendOutcome.TimedOut());
        leading.allAcks()
                .expire(
                        nowMs,
                        progress.hasEnoughInSync()
                                ? new AppendOutcome.TimedOut()
                                : new AppendOutcome.NotEnoughReplicasAfterAppend(
                                        progress.isr().size(), progress.minInSync()));
        if (!leading.leaderAcks().isEmpty() || !leading.allAcks().isEmpty()) scheduleExpiry(EXPIRY_CHECK_MS);
    }

    /// DeleteRecords: everything below `offset` may go; -1 stands for the high watermark.
    public DeleteRecordsResult deleteRecordsBefore(long offset) {
        if (!(role instanceof Role.Leader)) return new DeleteRecordsResult.NotLeader();
        long target = offset == -1 ? highWatermark : offset;
        if (target < 0 || target > highWatermark) return new DeleteRecordsResult.OutOfRange(highWatermark);
        try {
            log.advanceStartOffset(target);
            log.deleteOldSegments(highWatermark, wallClock.nowMs());
        } catch (LogFailure failure) {
            return new DeleteRecordsResult.StorageFailed(String.valueOf(failure.getMessage()));
        }
        publish();
        tellListeners(); // Followers wait to hear where the log begins.
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
        leaveRole(new AppendOutcome.NotLeader());
        closed = true;
        role = new Role.Idle();
        publish();
        tellListeners();
        listeners.clear();
        endListeners.clear();
    }

    private void leaveRole(AppendOutcome outcome) {
        switch (role) {
            case Role.Leader(Leading leading) -> leading.failAll(outcome);
            case Role.Follower follower -> peers.stopFetching(id);
            case Role.Idle idle -> {}
        }
    }
}
