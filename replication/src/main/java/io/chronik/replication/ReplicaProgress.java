package io.chronik.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// The leader's knowledge of how far each replica has *durably* got, the high watermark that follows from it, and the
/// in-sync set that the leader would like to have. Written bytes that are not synced never count.
///
/// Pure and owned by the partition's lane; made anew for each leader epoch.
final class ReplicaProgress {
    private static final long NEVER = Long.MIN_VALUE / 2;
    private static final long UNKNOWN_EPOCH = -1;

    private final int self;

    /// A replica that joins the in-sync set has at least what the leader had when its epoch began.
    private final long epochStartOffset;

    private final Map<Integer, Follower> followers = new TreeMap<>();

    /// May have been committed, or may still be.
    private final List<IsrProposal> open = new ArrayList<>();

    private List<Integer> isr;
    private int minInSync;
    private long ownDurableEnd;
    private long highWatermark;

    private static final class Follower {
        private long nodeEpoch = UNKNOWN_EPOCH;
        private long durableEnd;
        private long startOffset;
        private long fetchedMs = NEVER;

        /// Where the leader's log ended at the last fetch.
        private long leaderEnd = Long.MAX_VALUE;

        /// When it last had all that the leader had.
        private long caughtUpMs;

        Follower(long caughtUpMs) {
            this.caughtUpMs = caughtUpMs;
        }
    }

    /// `highWatermark`: where this replica knew it to be when it was elected; it never moves back. The in-sync replicas
    /// count as caught up at `nowMs`; of nobody it is known how far they are.
    ReplicaProgress(int self, List<Integer> isr, int minInSync, long highWatermark, long epochStartOffset, long nowMs) {
        this.self = self;
        this.isr = List.copyOf(isr);
        this.minInSync = minInSync;
        this.highWatermark = highWatermark;
        this.epochStartOffset = epochStartOffset;
        for (int replica : isr) if (replica != self) followers.put(replica, new Follower(nowMs));
    }

    /// This node holds everything below `endOffset` durably. Returns whether the high watermark moved.
    boolean advanceSelf(long endOffset) {
        ownDurableEnd = Math.max(ownDurableEnd, endOffset);
        return moveHighWatermark();
    }

    /// A newer process of `replica` has asked before.
    boolean isStale(int replica, long nodeEpoch) {
        Follower known = followers.get(replica);
        return known != null && nodeEpoch < known.nodeEpoch;
    }

    /// `replica` asked for what follows `endOffset`: it holds everything below durably. The leader's log ends at
    /// `leaderEnd`. Returns whether the high watermark moved.
    boolean advance(int replica, long nodeEpoch, long endOffset, long leaderEnd, long nowMs) {
        Follower follower = followers.computeIfAbsent(replica, _ -> new Follower(NEVER));
        if (nodeEpoch > follower.nodeEpoch) {
            // Another process, with perhaps another disk: what the one before has said does not count for it.
            follower.nodeEpoch = nodeEpoch;
            follower.durableEnd = 0;
            follower.startOffset = 0;
            follower.leaderEnd = Long.MAX_VALUE;
        }
        if (endOffset >= leaderEnd) follower.caughtUpMs = nowMs;
        else if (endOffset >= follower.leaderEnd)
            follower.caughtUpMs = Math.max(follower.caughtUpMs, follower.fetchedMs);
        follower.durableEnd = Math.max(follower.durableEnd, endOffset);
        follower.leaderEnd = leaderEnd;
        follower.fetchedMs = nowMs;
        return moveHighWatermark();
    }

    /// `replica`, which has just advanced, keeps what begins at `startOffset`.
    void keepsFrom(int replica, long startOffset) {
        Follower follower = followers.get(replica);
        if (follower != null) follower.startOffset = startOffset;
    }

    /// What begins below is gone from every in-sync replica; `ownStartOffset` is where this one's log begins.
    long lowWatermark(long ownStartOffset) {
        long lowest = ownStartOffset;
        for (int replica : isr) {
            if (replica == self) continue;
            Follower follower = followers.get(replica);
            lowest = Math.min(lowest, follower == null ? 0 : follower.startOffset);
        }
        return lowest;
    }

    /// Until it is known what became of it, both the committed and the proposed set must hold a record (KIP-497).
    void propose(IsrProposal proposal) {
        open.add(proposal);
    }

    /// The proposal will never be committed. Returns whether the high watermark moved.
    boolean refuse(long proposalId) {
        open.removeIf(proposal -> proposal.proposalId() == proposalId);
        return moveHighWatermark();
    }

    /// The controller committed another in-sync set, in `partitionEpoch`: what was proposed on an earlier basis is
    /// decided. Returns whether the high watermark moved.
    boolean commit(List<Integer> newIsr, int partitionEpoch) {
        for (int replica : newIsr) {
            Follower follower = followers.get(replica);
            // Whoever has just joined has as long as the others to catch up.
            if (follower != null && !isr.contains(replica)) {
                follower.caughtUpMs = Math.max(follower.caughtUpMs, follower.fetchedMs);
            }
        }
        isr = List.copyOf(newIsr);
        open.removeIf(proposal -> proposal.partitionEpoch() < partitionEpoch);
        return moveHighWatermark();
    }

    /// Returns whether the high watermark moved.
    boolean setMinInSync(int changed) {
        minInSync = changed;
        return moveHighWatermark();
    }

    /// The in-sync set that the leader would like to have now, ascending: who has been caught up within `maxLagMs`, and
    /// who has all that may be committed, and all that the leader began with, and still fetches.
    List<Integer> desiredIsr(long maxLagMs, long nowMs) {
        TreeSet<Integer> desired = new TreeSet<>();
        desired.add(self);
        followers.forEach((replica, follower) -> {
            boolean member = isr.contains(replica);
            boolean inTime = nowMs - follower.caughtUpMs <= maxLagMs;
            if (member ? inTime : mayJoin(follower) && nowMs - follower.fetchedMs <= maxLagMs) desired.add(replica);
        });
        return List.copyOf(desired);
    }

    private boolean mayJoin(Follower follower) {
        return follower.durableEnd >= highWatermark && follower.durableEnd >= epochStartOffset;
    }

    /// -1 when it has not fetched in this epoch.
    long nodeEpoch(int replica) {
        Follower follower = followers.get(replica);
        return follower == null ? UNKNOWN_EPOCH : follower.nodeEpoch;
    }

    List<Integer> isr() {
        return isr;
    }

    boolean hasEnoughInSync() {
        return isr.size() >= minInSync;
    }

    int minInSync() {
        return minInSync;
    }

    long highWatermark() {
        return highWatermark;
    }

    private boolean moveHighWatermark() {
        if (!hasEnoughInSync() || isr.isEmpty()) return false;
        long reached = smallestDurableEnd(isr);
        for (IsrProposal proposal : open) reached = Math.min(reached, smallestDurableEnd(proposal.replicas()));
        if (reached <= highWatermark) return false;
        highWatermark = reached;
        return true;
    }

    private long smallestDurableEnd(List<Integer> replicas) {
        long smallest = Long.MAX_VALUE;
        for (int replica : replicas) smallest = Math.min(smallest, durableEnd(replica));
        return smallest;
    }

    private long durableEnd(int replica) {
        if (replica == self) return ownDurableEnd;
        Follower follower = followers.get(replica);
        return follower == null ? 0 : follower.durableEnd;
    }
}
