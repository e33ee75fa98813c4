package io.chronik.server.metadata;

import io.chronik.server.metadata.MetadataLog.Leader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/// Whose turn it is when the metadata leader's process is gone.
///
/// Each voter comes to the same order by itself, so that they don't begin elections against each other. A voter that
/// has heard the leader in its epoch refuses the first who asks, and not the second: so the first of the order waits
/// nothing and the second a little. When that did not make a leader (the first had the newer log, say), the order is
/// turned by one and tried again, but not at once: two elections at a time split the votes.
final class Succession {
    static final long PAUSE_MS = 200;

    private Leader gone = new Leader(Leader.NONE, -1);
    private int attempts;
    private long notBeforeMs;

    /// Who may succeed `leader`, first of all first; empty when it is not yet time to try again.
    synchronized List<Integer> next(Leader leader, int self, List<Integer> voters, long nowMs) {
        if (leader.equals(gone) && nowMs < notBeforeMs) return List.of();
        attempts = leader.equals(gone) ? attempts + 1 : 0;
        gone = leader;
        notBeforeMs = nowMs + PAUSE_MS;
        TreeSet<Integer> order = new TreeSet<>(voters);
        order.add(self);
        order.remove(leader.nodeId());
        List<Integer> candidates = new ArrayList<>(order);
        Collections.rotate(candidates, -((leader.epoch() + attempts) % candidates.size()));
        return candidates;
    }
}
