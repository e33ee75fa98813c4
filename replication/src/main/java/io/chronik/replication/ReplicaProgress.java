package io.chronik.replication;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The leader's knowledge of how far each replica has *durably* got, and the high watermark that follows from it.
/// Pure and owned by the partition's lane. Written bytes that are not synced never count.
final class ReplicaProgress {
    private final int minInSync;
    private final Map<Integer, Long> durableEnd = new TreeMap<>();
    private List<Integer> isr;
    private long highWatermark;

    /// `highWatermark`: where this replica knew it to be when it was elected; it never moves back.
    ReplicaProgress(List<Integer> isr, int minInSync, long highWatermark) {
        this.isr = List.copyOf(isr);
        this.minInSync = minInSync;
        this.highWatermark = highWatermark;
    }

    /// `replica` holds everything below `endOffset` durably. Returns whether the high watermark moved.
    boolean advance(int replica, long endOffset) {
        durableEnd.merge(replica, endOffset, Math::max);
        return moveHighWatermark();
    }

    /// The controller committed another in-sync set. Returns whether the high watermark moved.
    boolean commit(List<Integer> newIsr) {
        isr = List.copyOf(newIsr);
        return moveHighWatermark();
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
        if (!hasEnoughInSync()) return false;
        long reached = Long.MAX_VALUE;
        for (int replica : isr) reached = Math.min(reached, durableEnd.getOrDefault(replica, 0L));
        if (isr.isEmpty() || reached <= highWatermark) return false;
        highWatermark = reached;
        return true;
    }
}
