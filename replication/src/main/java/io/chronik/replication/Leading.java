package io.chronik.replication;

import io.chronik.log.LogView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/// What a leader knows in one leader epoch: how far its followers are, who waits for an acknowledgement, and what it
/// has asked the controller for. Pure, owned by the partition's lane.
final class Leading {
    private static final long ASK_AGAIN_MS = 500;

    private final int self;
    private final ReplicaProgress progress;
    private final PendingAcks leaderAcks = new PendingAcks();
    private final PendingAcks allAcks = new PendingAcks();

    /// Where the log ended when this epoch began.
    private final long electedEnd;

    private Assignment assignment;

    /// Proposed, and not answered.
    private Optional<IsrProposal> asked = Optional.empty();

    /// A proposal was committed in this partition epoch, which has not come yet.
    private int awaitedPartitionEpoch;

    private long lastProposalId;

    /// After an answer that committed nothing: what led to it may go on for a while.
    private long askAgainAtMs = Long.MIN_VALUE;

    Leading(int self, Assignment assignment, int minInSync, long highWatermark, long logEnd, long nowMs) {
        this.self = self;
        this.assignment = assignment;
        this.electedEnd = logEnd;
        this.progress = new ReplicaProgress(self, assignment.isr(), minInSync, highWatermark, logEnd, nowMs);
    }

    ReplicaProgress progress() {
        return progress;
    }

    PendingAcks leaderAcks() {
        return leaderAcks;
    }

    PendingAcks allAcks() {
        return allAcks;
    }

    boolean servesLatest() {
        return progress.highWatermark() >= electedEnd;
    }

    /// The same leader epoch goes on with another in-sync set. Returns whether the high watermark moved.
    boolean onAssigned(Assignment next) {
        assignment = next;
        askAgainAtMs = Long.MIN_VALUE;
        return progress.commit(next.isr(), next.partitionEpoch());
    }

    /// A follower has fetched: empty when it is answered from the log at `view`, and then its position counts.
    Optional<FollowerCheck> check(FollowerPosition position, PartitionView view) {
        if (position.leaderEpoch() < assignment.leaderEpoch()) return refused(Errors.FENCED_LEADER_EPOCH);
        if (position.leaderEpoch() > assignment.leaderEpoch()) return refused(Errors.UNKNOWN_LEADER_EPOCH);
        int replica = position.replica();
        if (replica == self || !assignment.replicas().contains(replica)) {
            return refused(Errors.NOT_LEADER_OR_FOLLOWER);
        }
        if (progress.isStale(replica, position.nodeEpoch())) return refused(Errors.STALE_BROKER_EPOCH);
        LogView log = view.log();
        if (position.lastFetchedEpoch() >= 0) {
            LogView.EpochEnd end = log.endOf(position.lastFetchedEpoch());
            if (end.equals(LogView.EpochEnd.UNDEFINED)) return refused(Errors.UNKNOWN_LEADER_EPOCH);
            if (end.epoch() != position.lastFetchedEpoch() || end.endOffset() < position.fetchOffset()) {
                return Optional.of(new FollowerCheck.Diverged(end, view));
            }
        }
        boolean inside = position.fetchOffset() >= log.startOffset() && position.fetchOffset() <= log.endOffset();
        if (!inside) return Optional.of(new FollowerCheck.OutOfRange(log.startOffset(), log.endOffset()));
        return Optional.empty();
    }

    private static Optional<FollowerCheck> refused(Errors error) {
        return Optional.of(new FollowerCheck.Refused(error));
    }

    /// What to ask the controller for now, when the in-sync set should be another one and nothing is under way.
    Optional<IsrProposal> nextProposal(long maxLagMs, long nowMs) {
        if (asked.isPresent() || assignment.partitionEpoch() < awaitedPartitionEpoch) return Optional.empty();
        if (nowMs < askAgainAtMs) return Optional.empty();
        List<Integer> desired = progress.desiredIsr(maxLagMs, nowMs);
        List<Integer> wanted =
                desired.stream().filter(assignment.replicas()::contains).toList();
        if (wanted.equals(assignment.isr().stream().sorted().toList())) return Optional.empty();
        List<IsrProposal.Member> members = new ArrayList<>();
        for (int replica : wanted) members.add(new IsrProposal.Member(replica, progress.nodeEpoch(replica)));
        IsrProposal proposal =
                new IsrProposal(++lastProposalId, assignment.leaderEpoch(), assignment.partitionEpoch(), members);
        progress.propose(proposal);
        asked = Optional.of(proposal);
        return asked;
    }

    /// Returns whether the high watermark moved.
    boolean onAnswer(long proposalId, IsrAnswer answer, long nowMs) {
        if (asked.isEmpty() || asked.get().proposalId() != proposalId) return false;
        asked = Optional.empty();
        if (!(answer instanceof IsrAnswer.Committed)) askAgainAtMs = nowMs + ASK_AGAIN_MS;
        return switch (answer) {
            case IsrAnswer.Committed(int partitionEpoch) -> {
                awaitedPartitionEpoch = partitionEpoch;
                yield false;
            }
            case IsrAnswer.Refused refused -> progress.refuse(proposalId);
            case IsrAnswer.Unknown unknown -> false;
        };
    }

    void failAll(AppendOutcome outcome) {
        leaderAcks.failAll(outcome);
        allAcks.failAll(outcome);
    }
}
