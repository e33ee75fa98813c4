package io.chronik.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a group has committed of one partition, as those who asked know it.
///
/// - G1: what is shown is not below what was acknowledged, or shown, before it was asked for. A coordinator
///   that another one has followed without its knowledge may show less, as in Kafka: its answers don't count.
/// - G2: what is shown was sent as a commit.
final class CommittedOffset {
    static final long NONE = -1;

    /// One request to commit. It may take effect late: until it is answered, or can't be any more.
    static final class Attempt {
        final long offset;
        private final SimulatedNetwork.Connection over;
        private @Nullable SimulatedProcess process;
        private boolean answered;

        private Attempt(long offset, SimulatedNetwork.Connection over) {
            this.offset = offset;
            this.over = over;
        }

        void onArrived(SimulatedProcess at) {
            process = at;
        }

        private boolean isOver() {
            if (answered) return true;
            return process == null ? over.isClosed() : !process.isAlive();
        }
    }

    private final String group;
    private final TreeSet<Long> sent = new TreeSet<>();
    private List<Attempt> open = new ArrayList<>();
    private long known = NONE;

    CommittedOffset(String group) {
        this.group = group;
    }

    String group() {
        return group;
    }

    Attempt onSent(long offset, SimulatedNetwork.Connection over) {
        Attempt attempt = new Attempt(offset, over);
        sent.add(offset);
        open.add(attempt);
        return attempt;
    }

    /// By the node. Returns what nobody may show less than once the answer is known; a smaller offset that is
    /// still on its way may come behind this one.
    long onAnswered(Attempt attempt) {
        attempt.answered = true;
        return certain(attempt.offset);
    }

    private long certain(long offset) {
        open = new ArrayList<>(
                open.stream().filter(attempt -> !attempt.isOver()).toList());
        long least = offset;
        for (Attempt attempt : open) least = Math.min(least, attempt.offset);
        return least;
    }

    /// The answer is known.
    void onKnown(long certain) {
        known = Math.max(known, certain);
    }

    /// What must be shown at least.
    long known() {
        return known;
    }

    /// Checks what is shown to who asked when `atLeast` was known. Returns what nobody may show less than from then on.
    long onShown(long shown, long atLeast, int node) {
        Oracle.check(
                shown >= atLeast, "G1: node %d shows %d of %s, where %d is committed", node, shown, group, atLeast);
        Oracle.check(
                shown == NONE || sent.contains(shown),
                "G2: node %d shows %d of %s, which nobody has committed",
                node,
                shown,
                group);
        return shown == NONE ? NONE : certain(shown);
    }
}
